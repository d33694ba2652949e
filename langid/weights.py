"""The matrices of a fastText model as kernels read them, and sums of rows of the input matrix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from eurosift.filters.arrays import Float32s, Int32s, Int64s, UInt8s
from eurosift.filters.buffers import read_only
from eurosift.filters.kernel import kernel
from eurosift.langid.model_file import HIERARCHICAL, MANY, ModelFile

STEPS: Final = 512
EDGE: Final = 8.0
"""fastText's table of the sigmoid: so many steps between -8 and 8."""


class Weights(NamedTuple):
    """What kernels read of a model.

    Attributes
    ----------
    dense, codes, norms, centroids
        The input matrix, see `eurosift.langid.model_file.Matrix`.
    output
        float32, shape (width, n_labels): the output matrix, transposed, no longer quantised; width
        is the length of the vectors, or a little more.
    loss
        As in the file.
    left, right
        int32, shape (n_labels - 1,): children of the inner nodes of the tree, whose leaves are the
        labels; empty unless the softmax is hierarchical.
    sigmoid
        float32, shape (513,).
    groups
        int32, shape (n_labels,): labels of one number are added up.
    n_groups
        Number of groups.
    end_of_line, label_prefix
        uint8: ``</s>``, ``__label__``.
    """

    dense: Float32s
    codes: UInt8s
    norms: Float32s
    centroids: Float32s
    output: Float32s
    loss: int
    left: Int32s
    right: Int32s
    sigmoid: Float32s
    groups: Int32s
    n_groups: int
    end_of_line: UInt8s
    label_prefix: UInt8s


def build_weights(model: ModelFile, groups: Sequence[int]) -> Weights:
    """Bring the matrices of a model into the form that kernels read."""
    output = model.output.dense
    if not len(output):
        codes, norms, centroids = model.output[1:]
        parts = [centroids[part, codes[:, part]] for part in range(len(centroids))]
        output = np.concatenate(parts, axis=1)[:, : model.dim] * norms[:, None]
    dense, codes, norms, centroids = model.input
    product = output.T
    if len(codes):
        # Kernels add pairs of columns, so each part has an even number: zeros on both sides.
        n_parts, _, part = centroids.shape
        flat = np.zeros((n_parts * part, len(output)), np.float32)
        flat[: model.dim] = product
        product = np.pad(flat.reshape(n_parts, part, -1), ((0, 0), (0, part % 2), (0, 0)))
        product = product.reshape(-1, len(output))
        centroids = np.pad(centroids, ((0, 0), (0, 0), (0, part % 2)))
    # Only a hierarchical softmax has a tree, and counts from which one can be made.
    tree = model.label_counts if model.loss == HIERARCHICAL else np.zeros(1, np.int64)
    left, right = build_tree(tree)
    steps = np.arange(STEPS + 1, dtype=np.float32) * np.float32(2 * EDGE) / STEPS - EDGE
    return Weights(
        dense,
        codes,
        norms,
        centroids,
        output=np.ascontiguousarray(product),
        loss=model.loss,
        left=left,
        right=right,
        sigmoid=(1 / (1 + np.exp(-steps.astype(np.float64)))).astype(np.float32),
        groups=np.array(groups, np.int32),
        n_groups=max(groups) + 1,
        end_of_line=_constant(b"</s>"),
        label_prefix=_constant(b"__label__"),
    )


def _constant(value: bytes) -> UInt8s:
    data = np.frombuffer(value, np.uint8)
    return read_only(data, np.zeros(1, np.int64), np.zeros(0, np.bool_)).data


def build_tree(counts: Int64s) -> tuple[Int32s, Int32s]:
    """Huffman tree over labels as fastText builds it: children of node ``len(counts) + i``.

    Children always have smaller numbers than their parent; the last node is the root.
    """
    n = len(counts)
    sizes = [*counts.tolist(), *[MANY] * (n - 1)]
    children = np.zeros((2, n - 1), np.int32)
    leaf, node = n - 1, n
    for i in range(n, 2 * n - 1):
        size = 0
        for side in range(2):
            if leaf >= 0 and sizes[leaf] < sizes[node]:
                child, leaf = leaf, leaf - 1
            else:
                child, node = node, node + 1
            children[side, i - n] = child
            size += sizes[child]
        sizes[i] = size
    return children[0].copy(), children[1].copy()


@kernel
def add_rows(weights: Weights, rows: Int64s, n: int, total: Float32s) -> None:
    """Add the first `n` of some rows of the input matrix, in their order."""
    if weights.dense.shape[0] > 0:
        for i in range(n):
            vector = weights.dense[rows[i]]
            for j in range(vector.size):
                total[j] += vector[j]
        return
    # Part by part: its centroids stay in the innermost cache, its sums in registers.
    size = weights.centroids.shape[2]
    for part in range(weights.codes.shape[1]):
        for j in range(0, size, 2):
            at = part * size + j
            even, odd = total[at], total[at + 1]
            for i in range(n):
                row = np.uint64(rows[i])  # an unsigned index is never counted from the end
                norm = weights.norms[row]
                code = np.uint64(weights.codes[row, np.uint64(part)])
                even += norm * weights.centroids[np.uint64(part), code, np.uint64(j)]
                odd += norm * weights.centroids[np.uint64(part), code, np.uint64(j + 1)]
            total[at], total[at + 1] = even, odd
