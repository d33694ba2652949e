"""Clusters do not depend on the order of edges, nor keepers on anything but their merits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.dedup.cluster import Forest, assign

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


def chosen(roots, priority, n_chars, id_rank):
    return assign(
        np.array(roots, np.uint32),
        priority=np.array(priority, np.float64),
        n_chars=np.array(n_chars),
        id_rank=np.array(id_rank),
    )


def test_the_highest_priority_is_kept_then_the_longest_then_the_smallest_id():
    roots = [0, 0, 0, 3, 3, 3, 6, 6]
    found = chosen(
        roots, [1, 9, 2, 5, 5, 5, 7, 7], [9, 1, 9, 3, 8, 8, 4, 4], [0, 1, 2, 3, 5, 4, 7, 6]
    )
    assert found.keeper.tolist() == [1, 1, 1, 5, 5, 5, 7, 7]
    assert found.name.tolist() == [0, 0, 0, 3, 3, 3, 7, 7]
    assert found.size.tolist() == [3, 3, 3, 3, 3, 3, 2, 2]


@given(st.permutations(range(6)))
def test_the_keeper_does_not_depend_on_the_order_of_documents(order):
    roots = np.array([0, 0, 0, 3, 3, 3])
    priority = np.array([1.0, 1, -np.inf, 2, 2, 2])
    n_chars = np.array([5, 5, 9, 1, 1, 1])
    ids = np.array([3, 1, 0, 5, 4, 2])
    moved = np.array(order)
    found = chosen(roots[moved], priority[moved], n_chars[moved], ids[moved])
    assert ids[moved][found.keeper].tolist() == [1 if root == 0 else 2 for root in roots[moved]]


def test_documents_without_a_priority_must_say_so():
    with pytest.raises(ValueError, match="must not be NaN"):
        chosen([0, 0], [1, float("nan")], [1, 1], [0, 1])


def test_no_documents_give_no_clusters():
    assert Forest(0).roots().size == 0
    assert chosen([], [], np.zeros(0, np.int64), np.zeros(0, np.int64)).keeper.size == 0
