"""Matching gives a star of edges for every group of equal keys."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.dedup import match as module
from eurosift.dedup.match import match

KEYS = st.integers(0, 3) | st.integers(0, 2**64 - 1)


def reference(keys):
    smallest = {}
    edges = []
    for document, key in enumerate(keys):
        if smallest.setdefault(key, document) != document:
            edges.append((smallest[key], document))
    return sorted(edges)


@given(st.lists(KEYS, max_size=50))
def test_every_document_is_joined_to_the_smallest_with_its_key(keys):
    edges = match(np.array(keys, np.uint64))
    assert sorted(zip(edges.a.tolist(), edges.b.tolist(), strict=True)) == reference(keys)


@given(st.lists(st.tuples(KEYS, KEYS), max_size=50))
def test_wide_keys_must_agree_in_all_parts(keys):
    edges = match(np.array(keys, np.uint64).reshape(-1, 2).T)
    assert sorted(zip(edges.a.tolist(), edges.b.tolist(), strict=True)) == reference(keys)


def test_keys_are_not_changed():
    keys = np.array([3, 1, 3], np.uint64)
    match(keys)
    assert keys.tolist() == [3, 1, 3]


def test_many_keys_are_sorted_in_every_digit():
    rng = np.random.default_rng(3)
    keys = rng.integers(0, 2**64, 5000, dtype=np.uint64)
    keys = keys[rng.integers(0, keys.size, 9000)]
    edges = match(keys)
    assert sorted(zip(edges.a.tolist(), edges.b.tolist(), strict=True)) == reference(keys.tolist())


def test_more_documents_than_numbers_are_refused(monkeypatch):
    monkeypatch.setattr(module, "MAX_DOCUMENTS", 2)
    with pytest.raises(ValueError, match="cannot match 3 documents at once"):
        match(np.zeros(3, np.uint64))
