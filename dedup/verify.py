"""Verify: the true Jaccard similarity of pairs of documents, by all of their shingles."""

from __future__ import annotations

import numpy as np

from eurosift.filters.arrays import Float64s, Int64s, UInt32s
from eurosift.filters.kernel import kernel

Sets = tuple[UInt32s, Int64s]
"""Values and offsets: set *i* is ``values[offsets[i]:offsets[i + 1]]``, ascending, each once."""


@kernel
def compare(
    values: UInt32s,
    offsets: Int64s,
    left: Int64s,
    other_values: UInt32s,
    other_offsets: Int64s,
    right: Int64s,
    similarity: Float64s,
) -> None:
    """Write the similarity of each pair; `right` numbers the other sets."""
    for pair in range(left.size):
        i, end_i = offsets[left[pair]], offsets[left[pair] + 1]
        j, end_j = other_offsets[right[pair]], other_offsets[right[pair] + 1]
        total = end_i - i + end_j - j
        common = 0
        while i < end_i and j < end_j:
            a = values[i]
            b = other_values[j]
            common += int(a == b)
            i += int(a <= b)
            j += int(b <= a)
        similarity[pair] = common / (total - common) if total > common else 0.0


def jaccard(
    values: UInt32s, offsets: Int64s, left: Int64s, right: Int64s, others: Sets | None = None
) -> Float64s:
    """Jaccard similarities of pairs of sets: float64, shape (n_pairs,).

    Parameters
    ----------
    values, offsets
        The sets, see `Sets`.
    left, right
        Numbers of the sets of each pair. Two empty sets have nothing in common.
    others
        The sets that `right` numbers, if they are others.
    """
    similarity = np.empty(len(left), np.float64)
    compare(values, offsets, left, *(others or (values, offsets)), right, similarity)
    return similarity
