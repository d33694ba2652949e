from __future__ import annotations

import pytest
from stdnum import iban

from eurosift.stages.pii.ibans import is_valid, lengths

EU = [
    "AT",
    "BE",
    "BG",
    "HR",
    "CY",
    "CZ",
    "DK",
    "EE",
    "FI",
    "FR",
    "DE",
    "GR",
    "HU",
    "IE",
    "IT",
    "LV",
    "LT",
    "LU",
    "MT",
    "NL",
    "PL",
    "PT",
    "RO",
    "SK",
    "SI",
    "ES",
    "SE",
]


@pytest.fixture
def ibans(found):
    return lambda text: [(text[m.start : m.end], m.value) for m in found(text) if m.type == "iban"]


def test_lengths_are_those_of_the_register():
    table = lengths()
    assert set(EU) <= set(table)
    assert (table["DE"], table["MT"], table["NO"]) == (22, 31, 15)
    assert min(table.values()) == 15


@pytest.mark.parametrize("country", EU)
def test_every_member_state_is_found_however_it_is_grouped(ibans, country, iban_of):
    number = iban_of(country, 9_876_543_210_123_456_789_012_345)
    for written in (number, iban.format(number), iban.format(number, "\u00a0"), number.lower()):
        assert ibans(f"IBAN:{written}, 5 Tage") == [(written, number)]
        assert ibans(f"{written} and more") == [(written, number)]


@pytest.mark.parametrize("gap", ["  ", " - ", ".", "\u2007", "\u2009", "\u202f", "\u2013"])
def test_groups_may_be_set_off_by_anything_usual(ibans, gap, iban_of):
    number = iban_of("MT", 9_876_543_210_123_456_789_012_345)
    written = iban.format(number).replace(" ", gap)
    assert ibans(f"IBAN: {written}, ok") == [(written, number)]
    apart = f"{number[:2]} {number[2:]}"
    assert ibans(f"IBAN: {apart}") == [(apart, number)]
    assert ibans(f"IBAN: {apart.lower()}") == []


def test_wrong_check_digits_lengths_and_boundaries_are_left(ibans, iban_of):
    number = iban_of("DE", 123_456_789)
    wrong = number[:2] + f"{(int(number[2:4]) + 1) % 100:02}" + number[4:]
    assert not is_valid(wrong)
    for text in (wrong, number[:-1], number + "0", "X" + number, number[:4] + " " * 4 + number[4:]):
        assert ibans(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "ISBN 978-3-16-148410-0",
        "GB12 and so on, for a very long sentence",
        "at 20 2024 1000 2000 3000 4000",
        "SE35 ",
        "order DE2024000000000000000000",
        "XX82 3704 0044 0532 0130 00",
    ],
)
def test_other_numbers_are_left(ibans, text):
    assert ibans(text) == []
