"""Spreading work over elements: everything once, in balance, the same for everybody."""

import random

from hypothesis import given
from hypothesis import strategies as st

from eurosift.pipeline.packing import share, shares

WEIGHTS = st.dictionaries(st.text("abc", min_size=1), st.integers(0, 1000), max_size=40)


@given(WEIGHTS, st.integers(1, 9))
def test_every_item_is_in_one_share(weights, n):
    found = shares(weights, n)
    assert len(found) == n
    assert sorted(key for keys in found for key in keys) == sorted(weights)


@given(WEIGHTS, st.integers(1, 9))
def test_no_element_has_more_than_the_mean_and_one_item(weights, n):
    loads = [sum(max(weights[key], 1) for key in keys) for keys in shares(weights, n)]
    heaviest = max([1, *weights.values()])
    assert max(loads) <= sum(loads) / n + heaviest


@given(WEIGHTS, st.integers(1, 9), st.randoms(use_true_random=False))
def test_shares_do_not_depend_on_the_order(weights, n, rng: random.Random):
    keys = list(weights)
    rng.shuffle(keys)
    assert shares({key: weights[key] for key in keys}, n) == shares(weights, n)


def test_the_heaviest_start_first_and_are_apart():
    weights = {"a": 1, "b": 9, "c": 5, "d": 5}
    assert shares(weights, 2) == [["b", "a"], ["c", "d"]]


@given(WEIGHTS, st.integers(1, 9), st.sets(st.text("abc", min_size=1)))
def test_whatever_was_known_beforehand_every_item_is_done_by_one_element(weights, n, first):
    keys = sorted(weights)
    for known in (None, first):
        found = [key for rank in range(n) for key in share(keys, weights, rank, n, known)]
        assert sorted(found) == keys


def test_only_what_was_to_be_done_is_balanced():
    """Else an element could be left with all that is left."""
    keys = ["0", "1", "2", "3"]
    assert share(keys, {}, 0, 2, first=["1", "3"]) == ["1", "0", "2"]
    assert share(keys, {}, 1, 2, first=["1", "3"]) == ["3"]
