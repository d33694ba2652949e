"""The scan for words for the at sign: all of them, and hardly anything else."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.filters.buffers import string_buffers
from eurosift.stages.pii import at_words
from eurosift.stages.pii.shapes import byte_classes
from eurosift.stages.pii.spoken_scan import spoken_rows, tables


def places(*texts):
    buffers = string_buffers(pa.array(texts, pa.string()))
    found = spoken_rows(*buffers, byte_classes(), *tables())
    return [(row, texts[row][start:end]) for row, _, start, end in found.tolist()]


@pytest.mark.parametrize("word", at_words.UNMISTAKABLE)
def test_unmistakable_words_are_noticed_in_every_case(word):
    for form in (word, word.upper(), word.capitalize()):
        for gap in (" ", "\u00a0", "_"):
            for name in ("ä anna", "anna"):  # at even places, and at odd ones
                text = gap.join((name, form, "firma.eu"))
                assert set(places("x" * 100, text)) == {(1, form)}


@pytest.mark.parametrize("point", at_words.DOTS)
def test_words_for_the_point_lead_to_the_word_for_the_sign(point):
    for form in (point, point.upper(), point.capitalize()):
        for gap in (" ", "\u00a0", "_"):
            for name in ("ä anna", "anna"):
                text = gap.join((name, "at", "mail.firma", form, "eu"))
                assert set(places(text)) == {(0, "at")}
    assert places(f"anna firma {point} eu") == []
    assert places(f"anna at firma {point}") == places(f"anna at firma {point}.") == []


def test_anchors_are_looked_for_in_words_that_have_them():
    words = " ".join((*at_words.UNMISTAKABLE, *at_words.DOTS))
    for anchor in at_words.ANCHORS:
        assert anchor.strip() in words, anchor
        assert len(anchor.encode()) >= 5


def test_few_of_all_digests_are_those_of_words():
    assert np.bitwise_count(tables().bits).sum() < 300


@given(
    st.lists(st.text(st.sampled_from("kukacpont dot@ä.😀"), max_size=150), max_size=4), st.data()
)
def test_places_do_not_depend_on_the_texts_around(texts, data):
    word = data.draw(st.sampled_from(at_words.UNMISTAKABLE))
    at = data.draw(st.integers(0, len(texts)))
    alone = places(f"x {word} y")
    rows = [*texts[:at], f"x {word} y", *texts[at:]]
    assert [(0, found) for row, found in places(*rows) if row == at] == alone


def test_missing_rows_and_the_ends_of_buffers_are_no_trouble():
    buffers = string_buffers(pa.array([None, "", "dot", "anna kukac", "abc"], pa.string()))
    found = spoken_rows(*buffers, byte_classes(), *tables())
    assert found[:, 0].tolist() == [3]
    assert found.dtype == np.int64


def test_many_places_fit():
    assert len(places("a kukac b " * 1000)) == 1000
