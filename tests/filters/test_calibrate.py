"""Thresholds come from the values of a language, by one of four methods."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.filters.calibrate import Reference, find_threshold, rejected_share
from eurosift.filters.rules import Rule

HIGH = Rule(name="high", reject_if="upper_ratio > 0.5")
LOW = Rule(name="low", reject_if="word_count < 50")
VALUES = np.arange(1, 101, dtype=float)


def test_the_tail_is_on_the_side_that_is_rejected():
    assert find_threshold(HIGH, VALUES, "tail", share=0.1) == pytest.approx(90.1)
    assert find_threshold(LOW, VALUES, "tail", share=0.1) == pytest.approx(10.9)
    assert find_threshold(LOW, VALUES, "tail", share=0.1, is_count=True) == 11


@given(
    st.lists(st.floats(0.01, 1), min_size=1, max_size=60),
    st.sampled_from([0.01, 0.1, 0.25]),
    st.sampled_from([HIGH, LOW]),
)
def test_the_tail_rejects_its_share_and_a_value_at_most(values, share, rule):
    found = find_threshold(rule, np.array(values), "tail", share=share)
    if found is not None:
        near = np.isclose(values, found, rtol=1e-6)  # thresholds are compared in float32
        rejected = rule.condition.rejects(np.array(values), np.full(len(values), found))
        assert (rejected & ~near).sum() <= share * len(values) + 1


def test_a_tail_of_equal_values_is_not_rejected():
    values = np.array([0.003] * 8 + [0.012349] * 4, np.float32).astype(float)
    found = find_threshold(HIGH, values, "tail", share=0.1)
    assert found == 0.012349
    assert rejected_share(HIGH, values, found) == 0


def test_a_quantile_rejects_the_same_share_as_of_the_reference():
    reference = Reference(VALUES, 80.0)
    found = find_threshold(HIGH, VALUES / 100, "quantile", reference=reference)
    assert rejected_share(HIGH, VALUES / 100, found) == pytest.approx(0.2)


def test_mean_and_deviation_are_those_of_the_language():
    reference = Reference(np.array([1.0, 3.0]), 4.0)  # mean 2, deviation 1: two deviations away
    assert find_threshold(HIGH, np.array([10.0, 20.0]), "mean_std", reference=reference) == 25


def test_the_ratio_to_the_median_is_that_of_the_reference():
    reference = Reference(np.array([1.0, 2.0, 9.0]), 5.0)
    assert find_threshold(HIGH, np.array([4.0, np.nan]), "median_ratio", reference=reference) == 10


@pytest.mark.parametrize(
    ("values", "method", "reference"),
    [
        ([], "tail", None),
        ([np.nan], "tail", None),
        ([0.0, 0.0], "tail", None),
        ([1.0], "quantile", None),
        ([1.0], "quantile", Reference(VALUES, math.nan)),
        ([1.0], "quantile", Reference(np.array([np.nan]), 1.0)),
        ([1.0], "mean_std", Reference(np.array([2.0, 2.0]), 1.0)),
        ([1.0], "median_ratio", Reference(np.array([0.0]), 1.0)),
    ],
)
def test_what_gives_no_threshold_that_can_be_used_gives_none(values, method, reference):
    assert find_threshold(HIGH, np.array(values, float), method, reference=reference) is None


def test_the_share_of_no_values_is_unknown():
    assert math.isnan(rejected_share(HIGH, np.array([np.nan]), 1.0))
    assert math.isnan(rejected_share(HIGH, VALUES, math.nan))
