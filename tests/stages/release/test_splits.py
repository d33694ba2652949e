"""A document's split follows from its id and the key alone."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.stages.release import splits
from eurosift.stages.release.splits import splits_of

IDS = [f"{i:032x}" for i in range(20_000)]


def test_shares_are_reached():
    found = splits_of(IDS, {"validation": 0.01, "test": 0.05}, "eurosift")
    assert found.count("validation") == pytest.approx(200, rel=0.25)
    assert found.count("test") == pytest.approx(1000, rel=0.1)


def test_a_larger_share_takes_documents_from_train_alone():
    small = splits_of(IDS, {"test": 0.01}, "eurosift")
    large = splits_of(IDS, {"test": 0.02}, "eurosift")
    assert {s for s, n in zip(small, large, strict=True) if n == "train"} == {"train"}


def test_another_key_gives_other_splits():
    one, other = (splits_of(IDS, {"test": 0.5}, key) for key in ("a", "b"))
    assert sum(x == y for x, y in zip(one, other, strict=True)) == pytest.approx(10_000, rel=0.05)


@given(st.lists(st.text(), max_size=20))
def test_neighbours_do_not_matter(ids):
    shares = {"validation": 0.2, "test": 0.3}
    together = splits_of(ids, shares, "k")
    assert together == [splits_of([name], shares, "k")[0] for name in ids]
    assert splits_of(ids, {}, "k") == ["train"] * len(ids)


def test_examples_hold():
    assert doctest.testmod(splits) == (0, 1)
