"""Texts are ordered by their hashes, held out by them, and never of both kinds."""

import math

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from eurosift.stages.classifier_train import area, held_out_table, lines, make_texts


def test_texts_are_lines_with_the_label_of_their_kind():
    texts = make_texts(pa.array(["good\ntext", None, " "]), pa.array(["bad text"]))
    assert sorted(lines(texts, 6)) == ["__label__hq good t\n", "__label__lq bad te\n"]


def test_the_order_does_not_depend_on_the_order_of_the_files():
    good, bad = [f"good {i}" for i in range(50)], [f"bad {i}" for i in range(50)]
    first = make_texts(pa.array(good), pa.array(bad))
    second = make_texts(pa.array(good[::-1]), pa.array(bad[::-1]))
    assert first == second
    kinds = [text.is_good for text in first]
    assert kinds != sorted(kinds)


def test_equal_texts_are_taken_once_and_those_of_both_kinds_not_at_all():
    texts = make_texts(pa.array(["a", "a", "both", "both"]), pa.array(["b", "both"]))
    assert sorted((text.line, text.is_good) for text in texts) == [("a", True), ("b", False)]


def test_one_text_of_twenty_is_held_out():
    texts = make_texts(pa.array([f"good {i}" for i in range(2000)]), pa.array(["bad"]))
    held = held_out_table(texts)
    assert 60 < len(held) < 140
    assert set(held.column("label").to_pylist()) <= {"hq", "lq"}


@given(st.lists(st.tuples(st.integers(0, 5).map(float), st.booleans()), max_size=20))
def test_the_area_is_the_share_of_pairs_in_the_right_order(pairs):
    scores = np.array([score for score, _ in pairs])
    is_good = np.array([good for _, good in pairs], bool)
    wins = [
        1.0 if good > bad else 0.5 if good == bad else 0.0
        for good in scores[is_good]
        for bad in scores[~is_good]
    ]
    found = area(scores, is_good)
    assert math.isnan(found) if not wins else math.isclose(found, sum(wins) / len(wins))
