from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberType

from eurosift.stages.pii.plans import MAX_NATIONAL, is_valid, longest, parse, possible, value_of
from eurosift.stages.pii.regions import STATES

KINDS = [kind for kind in PhoneNumberType.values() if kind != PhoneNumberType.UNKNOWN]


def known(digits, region):
    number = parse(digits, region)
    return number is not None and is_valid(number)


@pytest.mark.parametrize("region", STATES)
def test_every_number_of_a_plan_is_possible_however_it_is_dialled(region):
    prefix = phonenumbers.ndd_prefix_for_region(region, strip_non_digits=True) or ""
    code = str(phonenumbers.country_code_for_region(region))
    for kind in KINDS:
        number = phonenumbers.example_number_for_type(region, kind)
        if number is None:
            continue
        national = phonenumbers.national_significant_number(number)
        for digits in (national, prefix + national, code + national, f"00{code}{national}"):
            if known(digits, region):
                assert possible((region,)).match(digits), digits
                assert possible(STATES).match(digits), digits
        if len(prefix + national) <= MAX_NATIONAL:
            assert len(prefix + national) <= longest((region,))


@given(st.sampled_from(STATES), st.text("0123456789", min_size=7, max_size=13))
def test_what_is_not_possible_is_no_number(region, digits):
    assert possible((region,)).match(digits) or not known(digits, region)


def test_most_digits_that_no_plan_has_are_not_possible():
    for digits in ("122272120011", "18008001504", "7276221"):
        assert not possible(("IE", "MT")).match(digits)


def test_a_number_has_one_value_and_none_begins_with_three_zeros():
    assert value_of(parse("030 901820", "DE")) == value_of(parse("+49 30 901820")) == "+4930901820"
    assert parse("x", "DE") is None
    assert not known("0003090182", "DE")
