from __future__ import annotations

import pytest

PASSPORT = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
)
CARD = (
    "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"
)


@pytest.mark.parametrize("zone", [PASSPORT, CARD])
def test_the_examples_of_the_standard_are_found_whole(found, zone):
    """ICAO 9303, parts 4 and 5."""
    text = f"Scan:\n{zone}\nEnd"
    (match,) = [m for m in found(text) if m.type == "mrz"]
    assert text[match.start : match.end] == zone


@pytest.mark.parametrize("zone", [PASSPORT, CARD])
def test_wrong_check_digits_are_left(found, zone):
    wrong = zone.replace("7408122", "7408123")
    assert [m for m in found(wrong) if m.type == "mrz"] == []


def test_angle_brackets_alone_are_nothing(found):
    assert found("<<<<<<<<<< next <<<<<<<<<<") == []
