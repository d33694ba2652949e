from __future__ import annotations

import pytest

from eurosift.stages.pii.context import Surroundings, fold


def around(text):
    start = text.index("#")
    return Surroundings(text, start, start + 1)


def test_folding_takes_away_case_accents_and_strokes():
    assert fold("ΤΗΛΈΦΩΝΟ Łódź Rodné číslo Straße") == "τηλεφωνο lodz rodne cislo strasse"


@pytest.mark.parametrize(
    ("text", "speaks"),
    [
        ("Tel.: #", True),
        ("ΤΗΛ. #", True),
        ("Zavolejte nám prosím na #", True),
        ("# (telefon)", True),
        ("hotel #", False),
        ("#, tel.: 5", False),
        ("telefon " + "x " * 40 + "#", False),
        ("Tel. 601 234 567\n#", False),
        ("Telefon\n#", True),
        ("Tel. see order #", False),
        ("Order 5\nTel. #", True),
    ],
)
def test_a_word_speaks_of_the_number_it_is_near(text, speaks):
    assert around(text).speaks_of(("phone",)) is speaks


def test_a_label_stands_right_before_its_number():
    assert around("Tel.: #").is_labelled(("phone",))
    assert not around("Tel. 12, #").is_labelled(("phone",))
