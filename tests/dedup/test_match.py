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


@pytest.mark.parametrize("low", [0, 5, 2**63])
@pytest.mark.parametrize("span", [1, 1_000, 2**40, 2**62])
def test_large_arrays_are_sorted_and_stay_stable(low, span):
    rng = np.random.default_rng(5)
    keys = (rng.integers(0, span, 70_000, dtype=np.uint64) + np.uint64(low)).astype(np.uint64)
    found, order = module.sort_keys(keys)
    expected = np.argsort(keys, kind="stable")
    assert (order == expected).all()
    assert (found == keys[expected]).all()


ENTRIES = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2)), max_size=60)


@given(ENTRIES, st.integers(1, 40), st.integers(1, 2))
def test_a_matcher_finds_the_groups_whatever_its_capacity(entries, capacity, parts):
    edges = []
    matcher = module.Matcher(
        capacity, lambda *edge: edges.extend(np.stack(edge, 1).tolist()), parts
    )
    keys = [key[:parts] for key in entries]
    for start in range(0, len(keys), 7):
        part = keys[start : start + 7]
        columns = np.array(part, np.uint64).reshape(-1, parts).T.copy()
        matcher.add(columns, np.arange(start, start + len(part), dtype=np.uint64))
    matcher.finish()
    assert sorted(map(tuple, edges)) == reference(keys)


def test_a_matcher_holds_one_entry_of_a_group():
    matcher = module.Matcher(100, lambda *_: None)
    for start in range(0, 10_000, 50):
        documents = np.arange(start, start + 50, dtype=np.uint64)
        matcher.add(np.zeros(50, np.uint64), documents)
    assert len(matcher._documents) == 100


PAIRS = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=40)


@given(PAIRS, st.sampled_from([None, 21]))
def test_spanning_edges_join_the_same_and_no_more(pairs, n_documents):
    a, b = np.array(pairs, np.uint64).reshape(-1, 2).T.copy()
    joined = module.spanning(a, b, n_documents)
    forest, whole = (module.Forest(21) for _ in range(2))
    whole.link(a.astype(np.uint32), b.astype(np.uint32))
    useful = forest.link(a[joined].astype(np.uint32), b[joined].astype(np.uint32))
    assert useful.all()
    assert (forest.roots() == whole.roots()).all()


def test_more_documents_than_numbers_are_refused(monkeypatch):
    monkeypatch.setattr(module, "MAX_DOCUMENTS", 2)
    with pytest.raises(ValueError, match="cannot match 3 documents at once"):
        match(np.zeros(3, np.uint64))
