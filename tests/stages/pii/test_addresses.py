from __future__ import annotations

import pytest

from eurosift.stages.pii.addresses import (
    domain_at,
    is_acceptable,
    is_composed,
    local_start,
    visible,
)


@pytest.mark.parametrize(
    ("text", "end", "value", "is_plain", "is_spoken"),
    [
        ("firma.eu rest", 8, "firma.eu", True, False),
        ("bücher.de", 9, "xn--bcher-kva.de", True, False),
        ("mail.firma.eu.Dann", 13, "mail.firma.eu", True, False),
        ("firma [dot] eu", 14, "firma.eu", False, False),
        ("firma<punkt>eu", 14, "firma.eu", False, False),
        ("firma&#46;eu", 12, "firma.eu", False, False),
        ("firma%2Eeu", 10, "firma.eu", False, False),
        ("firma punkt de", 14, "firma.de", False, True),
        ("mail.firma . de", 15, "mail.firma.de", False, True),
        ("firma_dot_eu", 12, "firma.eu", False, True),
        ("fir\u00adma.d\u200be", 10, "firma.de", True, False),
    ],
)
def test_a_domain_ends_where_it_must(text, end, value, is_plain, is_spoken):
    assert domain_at(text, 0) == (end, value, is_plain, is_spoken)


def test_a_spoken_point_needs_a_usual_domain_behind_it():
    assert domain_at("firma punkt hin", 0) is None
    assert domain_at("firma.eu . de facto", 0).value == "firma.eu"
    assert not domain_at("firma.versicherung", 0).is_common


def test_what_nobody_can_have_is_told_by_its_end():
    assert is_acceptable("firma.eu")
    for domain in ("mail.example.com", "host.invalid", "2x.png"):
        assert not is_acceptable(domain)


def test_a_local_part_has_limits():
    assert local_start("see...anna.b", 12) == 6
    assert local_start("\u200banna", 5) == 1
    assert local_start("@anna", 5) is None
    assert local_start("z" * 65, 65) is None


def test_invisible_characters_do_not_count():
    assert visible("an\u200bna\u00ad") == "anna"


@pytest.mark.parametrize(
    ("text", "composed"),
    [("anna.b", True), ("anna_b", True), ("anna", False), ("z.B.", False), ("Art.", False)],
)
def test_a_name_of_two_parts_is_no_word(text, composed):
    assert is_composed(text, 0, len(text)) is composed
