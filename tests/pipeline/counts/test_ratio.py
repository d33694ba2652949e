"""The ratio estimator: unbiased, with intervals that hold what they promise."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.pipeline.counts import ratio

# Student's t, two-sided 95 %: tables of Abramowitz and Stegun, 26.10.
TABLE = {10: 2.228, 20: 2.086, 30: 2.042, 60: 2.000, 120: 1.980}


@pytest.mark.parametrize(("degrees", "quantile"), TABLE.items())
def test_quantiles_are_those_of_the_tables(degrees, quantile):
    assert ratio.student(degrees) == pytest.approx(quantile, abs=1e-3)


def test_draws_go_on_where_they_ended_and_every_label_has_its_own():
    all_at_once = ratio.positions(7, "mlt_Latn", 10**12, 0, 300)
    assert ratio.positions(7, "mlt_Latn", 10**12, 128, 300) == all_at_once[128:]
    assert ratio.positions(7, "gle_Latn", 10**12, 0, 300) != all_at_once
    assert ratio.positions(8, "mlt_Latn", 10**12, 0, 300) != all_at_once


@given(st.integers(1, 2**53 - 1), st.integers(0, 5))
def test_draws_are_characters_that_there_are(characters, seed):
    assert all(0 <= p < characters for p in ratio.positions(seed, "x", characters, 0, 50))


def test_equal_ratios_leave_no_doubt():
    found = ratio.estimate([1, 2, 3], [4, 8, 12], 4_000)
    assert (found.total, found.margin) == (1_000, 0)
    assert ratio.draws_for(found, 0.001) == 3


def test_draws_grow_with_the_square_of_the_target():
    pilot = ratio.estimate([1, 2, 1, 2], [4, 4, 4, 4], 100)
    once, half = ratio.draws_for(pilot, 0.1), ratio.draws_for(pilot, 0.05)
    assert half == pytest.approx(4 * once, abs=4)


@pytest.mark.parametrize("draws", [60, 128])
def test_intervals_hold_the_total_about_as_often_as_they_say(draws):
    """Documents with heavy-tailed lengths whose tokens per character vary by language mix."""
    random = np.random.default_rng(3)
    characters = np.maximum(1, random.lognormal(6, 1.3, 20_000)).astype(np.int64)
    rates = random.choice([0.22, 0.30, 0.45], 20_000, p=[0.6, 0.3, 0.1])
    tokens = np.maximum(1, (characters * rates * random.lognormal(0, 0.1, 20_000))).astype(np.int64)
    ends = np.cumsum(characters)
    total, truth = int(ends[-1]), int(tokens.sum())
    held, estimates = 0, []
    for seed in range(1_000):
        places = ratio.positions(seed, "x", total, 0, draws)
        rows = np.searchsorted(ends, places, side="right")
        found = ratio.estimate(tokens[rows], characters[rows], total)
        held += abs(found.total - truth) <= found.margin
        estimates.append(found.total)
    assert 0.93 <= held / 1_000 <= 0.97
    spread = float(np.std(estimates)) / math.sqrt(1_000)
    assert abs(float(np.mean(estimates)) - truth) < 4 * spread
