"""Short texts, of which models are too sure: what is asked of their scores beyond thresholds.

A pair of words may be of many languages, and a model that has to name one is wrong about text that
is in none of those wanted far more often than with a sentence. So a text of few characters needs
the score of its class of lengths, whatever its language; but for languages whose scores are shared
with close ones, which no score makes sure (see `eurosift.langid.short_scores`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from eurosift.filters.arrays import Bools, Float64s, Int32s, Int64s, UInt8s
from eurosift.filters.buffers import StringBuffers
from eurosift.filters.kernel import kernel
from eurosift.langid.points import count_characters


class Short(NamedTuple):
    """What is asked of short texts.

    Attributes
    ----------
    lengths
        Ends of the classes of lengths, ascending: a text of fewer characters is in the class.
    scores
        Least score in each class.
    but
        Canonical codes of the languages of which it is not asked.
    """

    lengths: tuple[int, ...] = ()
    scores: tuple[float, ...] = ()
    but: frozenset[str] = frozenset()

    def least(self, characters: Int32s) -> Float64s:
        """Least score of texts of so many characters: shape (n,), 0 for those that are not short.

        Examples
        --------
        >>> Short((20, 50), (0.8, 0.6)).least(np.array([5, 20, 50])).tolist()
        [0.8, 0.6, 0.0]
        """
        scores: Float64s = np.array([*self.scores, 0.0])
        return scores[np.searchsorted(np.array(self.lengths, np.int64), characters, side="right")]


def characters_of(read: StringBuffers) -> Int32s:
    """Characters of each line that a model sees, 0 if it sees nothing: shape (n,)."""
    return count_rows(read.data, read.offsets, read.valid)


@kernel
def count_rows(data: UInt8s, offsets: Int64s, valid: Bools) -> Int32s:
    """See `characters_of`."""
    counts = np.zeros(valid.size, np.int32)
    for row in range(valid.size):
        if valid[row]:
            counts[row] = count_characters(data, offsets[row], offsets[row + 1])
    return counts
