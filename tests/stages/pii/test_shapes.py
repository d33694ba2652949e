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


@pytest.mark.parametrize(
    ("text", "width"),
    [("A ", 1), ("A-", 1), ("A\u00a0", 2), ("A\u2013", 3), ("A\u202f", 3), ("A.", 0)],
)
def test_separators_before_a_number_have_a_width(text, width):
    bytes_ = data(text)
    assert shapes.separator_before(bytes_, len(bytes_), 0) == width
    assert shapes.separator_before(bytes_, 0, 0) == 0


@pytest.mark.parametrize("text", ["@", "%40", "&#64;", "&commat;", "&amp;#64;", "\uff20", "\ufe6b"])
def test_at_signs_are_known_however_they_are_written(text):
    bytes_ = data(text)
    assert shapes.is_at(bytes_, 0, len(bytes_))
    assert not shapes.is_at(bytes_, 0, 1) or text == "@"


def test_words_in_brackets_are_told_by_their_digest():
    words = shapes.word_digests(["kukac", "ät"])
    for text in ("[kukac]", "( KUKAC )", "{ät}", "<ät>"):
        assert shapes.is_bracketed(data(text), 0, len(data(text)), words)
    assert not shapes.is_bracketed(data("[kuka]"), 0, 6, words)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (": anna at firma.eu", "at"),
        (":anna et firma.eu", "et"),
        (": anna at firma", None),
        (": anna at firma. Eu", None),
        (": anna-at firma.eu", None),
        (": anna schreibt firma.eu", None),
        (":", None),
        (": anna at", None),
    ],
)
def test_a_short_word_may_stand_between_a_labelled_name_and_a_domain(text, word):
    begin, stop = shapes.labelled_sign(data(text), 0, len(text), CLASSES)
    assert (text[begin:stop] if begin >= 0 else None) == word


def test_marks_may_set_off_the_word_at():
    for text, is_one in (("_at_", True), ("*AT*", True), ("_at-", False), ("_ab_", False)):
        assert shapes.is_marked_at(data(text), 0, 4) == is_one
    assert not shapes.is_marked_at(data("_at"), 0, 3)


def test_the_prefix_of_a_key_has_nothing_before_it():
    words = shapes.word_digests(["ghp", "xoxb"])
    for text, at, is_one in (
        ("x ghp_aBcDeFgH", 5, True),
        ("GHP_aBcDeFgH", 3, True),
        ("xghp_aBcDeFgH", 4, False),
        ("a-xoxb-aBcDeFgH", 6, False),
        ("_aBcDeFgH", 0, False),
        ("x" * 20 + "_aBcDeFgH", 20, False),
        ("ghp_aBc", 3, False),
    ):
        assert shapes.is_prefix(data(text), at, 0, len(text), CLASSES, words) == is_one


def test_the_dashes_before_begin():
    text = data("-----BEGIN X-----")
    assert [at for at in range(len(text)) if shapes.is_begin(text, at, len(text))] == [0]


def test_code_points_are_counted_where_they_begin():
    text = data("aä😀")
    assert shapes.code_points(text, 0, len(text)) == 3
