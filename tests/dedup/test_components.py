"""Clusters are the same however few documents are in memory at once."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.dedup.cluster import Forest
from eurosift.dedup.components import Components

N = 23
EDGES = st.lists(st.tuples(st.integers(0, N - 1), st.integers(0, N - 1)), max_size=40)


def ascending(edges):
    pairs = np.array([sorted(edge) for edge in edges if edge[0] != edge[1]], np.uint64)
    return pairs.reshape(-1, 2).T.copy()


def members_of(edges, n, block, opened=None):
    def temporary():
        file = BytesIO()
        if opened is not None:
            opened.append(file)
        return file

    components = Components(n, block, temporary)
    components.add(*edges)
    components.finish()
    found = list(components.members())
    again = list(components.members())
    components.close()
    assert all((x.roots == y.roots).all() for x, y in zip(found, again, strict=True))
    documents = np.concatenate([part.documents for part in found])
    return documents.tolist(), np.concatenate([part.roots for part in found]).tolist()


def reference(edges, n):
    forest = Forest(n)
    forest.link(*(side.astype(np.uint32) for side in edges))
    roots = forest.roots()
    sizes = np.bincount(roots, minlength=n)
    documents = np.flatnonzero(sizes[roots] > 1)
    return documents.tolist(), roots[documents].tolist()


@given(EDGES, st.integers(1, N))
def test_members_and_roots_do_not_depend_on_the_size_of_blocks(edges, block):
    pairs = ascending(edges)
    assert members_of(pairs, N, block) == reference(pairs, N)


@given(EDGES, st.randoms(use_true_random=False), st.integers(1, N))
def test_the_order_of_edges_does_not_matter(edges, random, block):
    shuffled = list(edges)
    random.shuffle(shuffled)
    assert members_of(ascending(shuffled), N, block) == members_of(ascending(edges), N, block)


def test_a_long_chain_over_many_blocks_is_one_cluster():
    n = 5_000
    a = np.arange(n - 1, dtype=np.uint64)
    documents, roots = members_of((a, a + np.uint64(1)), n, 700)
    assert documents == list(range(n))
    assert not any(roots)


def test_one_block_needs_no_files_and_others_one_each_and_one_more():
    opened = []
    edges = ascending([(0, 1)])
    members_of(edges, N, N, opened)
    assert not opened
    members_of(edges, N, 6, opened)
    assert len(opened) == 4
    assert all(file.closed for file in opened)


@pytest.mark.parametrize("n", [0, 1])
def test_no_edges_give_no_members(n):
    assert members_of(ascending([]), n, 10) == ([], [])
