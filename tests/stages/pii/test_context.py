from __future__ import annotations

import pytest

from eurosift.stages.pii.context import Surroundings, fold, heading


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
        ("Tel. 601 234 567. See #", True),
    ],
)
def test_a_word_speaks_of_the_number_it_is_near(text, speaks):
    assert around(text).speaks_of(("phone",)) is speaks


def test_a_label_stands_right_before_its_number():
    assert around("Tel.: #").is_labelled(("phone",))
    assert not around("Tel. 12, #").is_labelled(("phone",))
    assert around("Tel.:\n#").is_labelled(("phone",))
    assert not around("Tel. below\n#").is_labelled(("phone",))
    assert not around("Tel.:\n\n#").is_labelled(("phone",))


@pytest.mark.parametrize("text", ["ЕГН #", "Е.Г.Н. #", "е. г. н.: #"])
def test_abbreviations_may_have_full_stops(text):
    assert around(text).speaks_of(("bg.egn",))
    assert not around("е г н #").speaks_of(("bg.egn",))


def test_a_name_wins_over_a_word_for_things_that_is_part_of_it():
    assert around("N° fiscal de référence #").speaks_of(("fr.spi",))
    assert not around("N° fiscal, référence #").speaks_of(("fr.spi",))


def test_the_nearer_label_counts():
    assert around("personnummer, mobil: #").is_nearer(("phone",), ("person",))
    assert not around("mobil, personnummer: #").is_nearer(("phone",), ("person",))
    assert not around("personnummer #").is_nearer(("phone",), ("person",))


def test_a_word_that_has_its_number_does_not_speak_of_that_of_another_sentence_or_thing():
    assert around("Tel. 601 234 567, inzerát #").is_of_next(("phone",))
    assert not around("Tel. 601 234 567 (biuro), eller #").is_of_next(("phone",))
    assert around("Tel. 601 234 567. The case #").is_of_next(("phone",))
    assert not around("Tel. 601 234 567, #").is_of_next(("phone",))
    assert not around("The case. Tel. #").is_of_next(("phone",))
    assert not around("#").is_of_next(("phone",))


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("Name | Telefon | PESEL\nJan | 12 | #", "pesel"),
        ("| Name | Telefon |\n|---|---|\n| Jan | #", "telefon"),
        ("Name\tTelefon\nEva\t5\nJan\t#", "telefon"),
        ("Name;Telefon\nJan;#", "telefon"),
        ("Name,Telefon\nJan,#", "telefon"),
        ("Name     Telefon\nJan      #", "telefon"),
        ("Name | Ort | Telefon\nJan | #", None),
        ("Name, Telefon\nJan, #", None),
        ("Telefon | #", None),
        ("Telefon\nJan | #", None),
        ("Telefon 5 | Fax 6\nJan | #", None),
        ("x | Telefon\n" + "y" * 500 + " | #", None),
    ],
)
def test_a_heading_is_above_in_the_same_column(text, head):
    assert heading(text, text.index("#")) == head


def test_a_heading_counts_for_more_than_what_is_beside():
    assert around("Telefon | PESEL\n1 | #").speaks_of(("pl.pesel",))
    assert not around("Telefon | PESEL\nTel. | #").mentions(("phone",))
    assert not around("PESEL | Auftrag\n1 | #, PESEL").speaks_of(("phone",))


def test_common_words_for_things_count_right_before_a_number():
    assert around("In case of fire call us: tel. #").speaks_of(("phone",))
    assert not around("Tel. 5\nCase #").speaks_of(("phone",))
    assert around("Call us in case of fire: #").speaks_of(("phone",))
    assert around("Call about case #").is_of_other()
