"""The script of most letters."""

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from eurosift.langid.scripts import dominant_script, is_written_in

LONG_NAMES = {"Latn": "Latin", "Grek": "Greek", "Cyrl": "Cyrillic", "Arab": "Arabic"}


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("Zażółć gęślą jaźń", "Latn"),
        ("Ελλάδα EU", "Grek"),
        ("Дома, www", "Cyrl"),
        ("東京の天気", "Jpan"),
        ("北京的天气", "Hani"),
        ("서울", "Hang"),
        ("مرحبا", "Arab"),
        ("שלום abc", "Hebr"),
        ("", None),
        ("🙂🙂 12:30 €", None),
        ("\0\ufffd", None),
    ],
)
def test_the_script_of_most_letters_wins(text, script):
    assert dominant_script(text) == script


@given(st.characters(categories=["Lu", "Ll", "Lo", "Lm"]))
def test_the_table_agrees_with_another_reading_of_the_unicode_database(character):
    found = dominant_script(character)
    for code, long_name in LONG_NAMES.items():
        assert (found == code) == bool(regex.match(rf"\p{{Script={long_name}}}", character))


@given(st.text(), st.text())
def test_text_without_letters_changes_nothing(letters, other):
    rest = "".join(c for c in other if not c.isalpha() and regex.match(r"[^\p{L}\p{Cn}]", c))
    assert dominant_script(letters + rest) == dominant_script(letters)


@pytest.mark.parametrize(
    ("language", "script", "fits"),
    [
        ("bul_Cyrl", "Cyrl", True),
        ("bul_Cyrl", "Latn", False),
        ("jpn_Jpan", "Hani", True),
        ("cmn_Hani", "Jpan", False),
        ("xyz_Zzzz", "Latn", True),
        ("zxx", "Latn", True),
    ],
)
def test_a_language_is_written_in_its_script(language, script, fits):
    assert is_written_in(language, script) is fits
