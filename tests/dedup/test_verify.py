"""Similarities are those of sets."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.dedup.verify import jaccard

SETS = st.lists(st.sets(st.integers(0, 20)), min_size=1, max_size=6)


@given(SETS, st.data())
def test_similarities_are_those_of_sets(sets, data):
    pairs = st.tuples(*2 * [st.integers(0, len(sets) - 1)])
    chosen = data.draw(st.lists(pairs, max_size=8))
    values = np.array([value for one in sets for value in sorted(one)], np.uint32)
    offsets = np.cumsum([0, *map(len, sets)])
    left, right = np.array(chosen, np.int64).reshape(-1, 2).T
    expected = [len(sets[a] & sets[b]) / max(len(sets[a] | sets[b]), 1) for a, b in chosen]
    found = jaccard(values, offsets, np.ascontiguousarray(left), np.ascontiguousarray(right))
    assert found.tolist() == pytest.approx(expected)
    others = (np.insert(values, 0, 99), np.insert(offsets + 1, 0, 0))
    found = jaccard(values, offsets, np.ascontiguousarray(left), right + 1, others)
    assert found.tolist() == pytest.approx(expected)
