"""What stands at a place, by the bytes there."""

from __future__ import annotations

import numpy as np
import pytest

from eurosift.stages.pii import shapes

CLASSES = shapes.byte_classes()


def data(text):
    return np.frombuffer(text.encode(), np.uint8)


def test_the_table_of_classes_is_not_to_be_written():
    assert not CLASSES.flags.writeable
    assert CLASSES[ord("7")] & shapes.DIGIT
    assert CLASSES[ord("q")] & shapes.LETTER
    assert not CLASSES[ord("_")] & shapes.ALNUM


@pytest.mark.parametrize(
    ("text", "width"),
    [("1", 0), (" ", 1), ("/", 1), ("\u00a0", 2), ("\u202f", 3), ("\u2013", 3), ("\u2212", 3)],
)
def test_separators_of_numbers_have_a_width(text, width):
    bytes_ = data(text)
    assert shapes.separator_width(bytes_, 0, len(bytes_), CLASSES) == width


@pytest.mark.parametrize("text", ["@", "%40", "&#64;", "&commat;", "\uff20", "\ufe6b"])
def test_at_signs_are_known_however_they_are_written(text):
    bytes_ = data(text)
    assert shapes.is_at(bytes_, 0, len(bytes_))
    assert not shapes.is_at(bytes_, 0, 1) or text == "@"


def test_words_in_brackets_are_told_by_their_digest():
    words = shapes.at_words(["kukac", "ät"])
    for text in ("[kukac]", "( KUKAC )", "{ät}"):
        assert shapes.is_bracketed(data(text), 0, len(data(text)), words)
    assert not shapes.is_bracketed(data("[kuka]"), 0, 6, words)


def test_the_dashes_before_begin():
    text = data("-----BEGIN X-----")
    assert [at for at in range(len(text)) if shapes.is_begin(text, at, len(text))] == [0]


def test_code_points_are_counted_where_they_begin():
    text = data("aä😀")
    assert shapes.code_points(text, 0, len(text)) == 3
