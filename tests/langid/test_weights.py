"""Matrices as kernels read them, and the tree of a hierarchical softmax."""

import numpy as np
import pytest

from eurosift.langid.model_file import read_model
from eurosift.langid.weights import add_rows, build_tree, build_weights


def test_the_tree_is_huffmans():
    # b + d = 3, then c + 3 = 6, then a + 6.
    left, right = build_tree(np.array([8, 3, 2, 1]))
    assert left.tolist() == [3, 4, 5]
    assert right.tolist() == [2, 1, 0]


def test_a_single_label_needs_no_tree():
    assert [len(side) for side in build_tree(np.array([8]))] == [0, 0]


@pytest.mark.parametrize("n", range(2, 40))
def test_each_node_but_the_root_has_one_parent_with_a_greater_number(n):
    left, right = build_tree(np.random.default_rng(n).integers(1, 99, n))
    assert sorted([*left, *right]) == list(range(2 * n - 2))
    assert all(child < n + i for side in (left, right) for i, child in enumerate(side))


@pytest.mark.parametrize("dsub", [1, 2, 3, 9])
@pytest.mark.parametrize("norms", [False, True])
def test_rows_of_a_quantised_matrix_are_those_of_its_centroids(make_model, dsub, norms):
    model = read_model(make_model(dsub=dsub, norms=norms, dim=7))
    weights = build_weights(model, range(4))
    _, codes, factors, centroids = model.input
    parts = len(centroids)
    total = np.zeros(len(weights.output), np.float32)
    rows = np.array([3, 0, 3])
    add_rows(weights, rows, 3, total)
    expected = sum(
        factors[row] * np.concatenate([centroids[p, codes[row, p]] for p in range(parts)])
        for row in rows
    )
    even = total.reshape(parts, -1)[:, : centroids.shape[2]].reshape(-1)
    assert even == pytest.approx(expected, abs=1e-5)
    # What the output matrix sees of it is the product of the plain vectors.
    assert total @ weights.output == pytest.approx(expected[:7] @ model.output.dense.T, abs=1e-4)
