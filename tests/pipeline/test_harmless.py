"""Text of the web, for terminals and spreadsheets."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.pipeline.harmless import escaped_json, is_harmful, printable, spreadsheet_cell


@given(st.text())
def test_what_is_printable_keeps_its_length_and_its_letters(text):
    text = text.replace("\r\n", "\n")
    shown = printable(text)
    assert len(shown) == len(text)
    assert [a for a, b in zip(text, shown, strict=True) if a != b and a.isprintable()] == []


@given(st.text())
def test_what_is_printable_steers_nothing(text):
    assert not [c for c in printable(text) if c not in "\n\t" and is_harmful(c)]


@given(st.text())
def test_escaped_json_has_the_same_value_and_steers_nothing(text):
    shown = escaped_json(json.dumps(text, ensure_ascii=False))
    assert json.loads(shown) == text
    assert not [c for c in shown if is_harmful(c)]


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+cmd()", "-2+3", "\t=1", "-", "=A1%"])
def test_no_text_is_a_formula(text):
    assert spreadsheet_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-1,234.5", "+7", "-22.0%", "", "mlt_Latn", "a=b"])
def test_numbers_and_other_text_stay(text):
    assert spreadsheet_cell(text) == text
