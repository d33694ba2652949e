"""How far runs go, and what they may be."""

from __future__ import annotations

import numpy as np
import pytest

from eurosift.stages.pii import runs
from eurosift.stages.pii.shapes import byte_classes

CLASSES = byte_classes()


def data(text):
    return np.frombuffer(text.encode(), np.uint8)


@pytest.mark.parametrize(
    ("text", "run"),
    [
        ("12 34-56 x", (8, 6, 0)),
        ("8.8.8.8.", (7, 4, 3)),
        ("640823+3234", (11, 10, 0)),
        ("1\u00a02\u20133", (8, 3, 0)),
        ("1     2", (1, 1, 0)),
        ("7", (1, 1, 0)),
    ],
)
def test_digits_go_on_over_separators(text, run):
    assert runs.digits_at(data(text), 0, len(data(text)), CLASSES) == run


@pytest.mark.parametrize(
    ("text", "digits", "enough"),
    [("1234567", 7, True), ("AB 123456", 6, True), ("ab 123456", 6, False), ("nr 123456", 6, True)],
)
def test_six_digits_need_a_capital_before_them(text, digits, enough):
    bytes_ = data(text)
    begin = len(bytes_) - digits
    assert runs.is_number(bytes_, begin, len(bytes_), 0, digits, CLASSES) is enough


def test_the_birthday_of_a_codice_fiscale_has_letters_around():
    for text, fiscal in (("AB 85T10 A", True), ("AB 85 T 10", True), ("12 85T10", False)):
        assert runs.is_fiscal(data(text), 3, 0, len(text), CLASSES) is fiscal


@pytest.mark.parametrize(
    ("text", "pos", "begin"),
    [("DE12 ", 2, 0), ("DE 12 ", 3, 0), ("de 12 ", 3, -1), ("XDE12 ", 3, -1)],
)
def test_an_account_begins_with_two_letters(text, pos, begin):
    assert runs.account_at(data(text), pos, 0, len(text), CLASSES) == begin


def test_words_and_keys_are_read_around_a_digit():
    text = data("x ab12CD3456-k_7 y")
    assert runs.word_around(text, 4, 0, len(text), CLASSES) == (2, 12, True)
    assert runs.word_around(text, 15, 0, len(text), CLASSES) == (15, 16, False)
    assert runs.key_around(text, 4, 0, len(text), CLASSES) == (2, 16)
