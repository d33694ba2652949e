"""Clusters do not depend on the order of edges."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from eurosift.dedup.cluster import Forest

N = 12
EDGES = st.lists(st.tuples(st.integers(0, N - 1), st.integers(0, N - 1)), max_size=30)


def arrays(edges):
    pairs = np.array(edges, np.uint32).reshape(-1, 2)
    return pairs[:, 0].copy(), pairs[:, 1].copy()


def roots_of(edges):
    forest = Forest(N)
    forest.link(*arrays(edges))
    return forest.roots().tolist()


def reference(edges):
    """Smallest document that can be reached, found by spreading it until nothing changes."""
    roots = list(range(N))
    while True:
        before = list(roots)
        for a, b in edges:
            roots[a] = roots[b] = min(roots[a], roots[b])
        if roots == before:
            return roots


@given(EDGES)
def test_roots_are_the_smallest_connected_documents(edges):
    assert roots_of(edges) == reference(edges)


@given(EDGES, st.randoms(use_true_random=False))
def test_the_order_and_direction_of_edges_do_not_matter(edges, random):
    shuffled = [(b, a) if random.random() < 0.5 else (a, b) for a, b in edges]
    random.shuffle(shuffled)
    assert roots_of(shuffled) == roots_of(edges)


@given(EDGES, st.integers(0, 30))
def test_the_edges_that_joined_are_a_spanning_forest(edges, cut):
    forest = Forest(N)
    joined = [forest.link(*arrays(part)).tolist() for part in (edges[:cut], edges[cut:])]
    kept = [edge for edge, joins in zip(edges, joined[0] + joined[1], strict=True) if joins]
    assert roots_of(kept) == roots_of(edges)
    assert len(kept) == N - len(set(roots_of(edges)))


def test_a_long_chain_is_one_cluster():
    n = 50_000
    forest = Forest(n)
    chain = np.arange(n, dtype=np.uint32)
    forest.link(chain[:-1][::-1].copy(), chain[1:][::-1].copy())
    assert not forest.roots().any()


def test_no_documents_give_no_clusters():
    assert Forest(0).roots().size == 0
