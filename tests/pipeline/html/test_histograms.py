"""Histograms count every value once, whenever the bins are settled."""

import doctest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.pipeline.html import histograms
from eurosift.pipeline.html.histograms import BINS, Histogram, Scale, Values, settle

LABELS = ("mlt_Latn", "gle_Latn")
ROWS = st.lists(st.tuples(st.sampled_from(LABELS), st.floats(-1e6, 1e6), st.booleans()), min_size=1)


def values(rows, threshold=0.5):
    limits = None if threshold is None else np.full(len(rows), threshold)
    return Values(
        [label for label, *_ in rows],
        np.array([value for _, value, _ in rows]),
        limits,
        np.array([gone for *_, gone in rows]),
    )


def counts(histogram):
    return {k: (s.passed.tolist(), s.gone.tolist()) for k, s in histogram.shapes.items()}


def test_examples():
    assert doctest.testmod(histograms).failed == 0


@given(ROWS, st.integers(1, 50))
def test_every_value_is_in_one_bin_of_its_language_and_kind(rows, first):
    histogram = Histogram(first)
    for row in rows:
        histogram.add(values([row]))
    for label in LABELS:
        own = [gone for name, _, gone in rows if name == label]
        if not own:
            assert label not in histogram.shapes
            continue
        shape = histogram.shapes[label]
        assert (shape.passed.sum(), shape.gone.sum()) == (own.count(False), own.count(True))
        assert shape.documents == len(own)
        assert shape.thresholds == {0.5}


@given(ROWS)
def test_how_the_rows_come_in_makes_no_difference(rows):
    whole, single = Histogram(), Histogram()
    whole.add(values(rows))
    for row in rows:
        single.add(values([row]))
    assert counts(whole) == counts(single)


def test_values_that_are_not_compared_are_left_out():
    histogram = Histogram()
    histogram.add(
        Values(
            ["a", "a", "a"],
            np.array([1.0, np.nan, 3.0]),
            np.array([2.0, 2.0, np.nan]),
            np.array([True, False, False]),
        )
    )
    assert histogram.shapes["a"].documents == 1
    assert Histogram().scale is None
    assert Histogram().shapes == {}


def test_scores_have_no_threshold():
    histogram = Histogram()
    histogram.add(values([("a", 0.25, False), ("a", 0.75, True)], threshold=None))
    assert histogram.shapes["a"].documents == 2
    assert histogram.shapes["a"].thresholds == set()


def test_the_scale_reaches_to_every_threshold():
    scale = settle(np.linspace(0, 1, 100), np.array([-3.25, 7.5]))
    assert scale.low <= -3.25
    assert scale.high >= 7.5


def test_a_long_tail_is_drawn_by_logarithm_and_rare_ends_fall_into_the_last_bins():
    many = np.concatenate([np.full(10_000, 40.0), np.geomspace(50, 1e5, 1_000), [1e12]])
    scale = settle(many, np.array([50.0]))
    assert scale.is_log
    assert scale.high < 1e12
    assert scale.bin(np.array([1e12, 0.0])).tolist() == [BINS - 1, 0]


@pytest.mark.parametrize("value", [0.0, 0.3, -7.5])
def test_one_and_the_same_value_has_a_scale(value):
    scale = settle(np.full(9, value), np.array([]))
    assert scale.low < value < scale.high


def test_shares_of_whole_numbers_and_a_threshold_between_them_are_no_counts():
    assert settle(np.zeros(5), np.array([0.3])).bins == BINS


def test_places_are_within_the_scale():
    for scale in (Scale(0, 10, 5, is_log=False), Scale(0, 1000, 5, is_log=True)):
        assert scale.place(np.array([scale.low, scale.high])).tolist() == [0, 1]
