"""Short texts, of which models are too sure: what is asked of their scores beyond thresholds.

A pair of words may be of many languages, and a model that has to name one is wrong about text that
is in none of those wanted far more often than with a sentence. So a text of few characters needs a
score of a class of lengths, whatever its language; but for languages whose scores are shared with
close ones, which no score makes sure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import polars as pl

from eurosift.filters.arrays import Bools, Float64s, Int32s, Int64s, UInt8s
from eurosift.filters.buffers import StringBuffers
from eurosift.filters.kernel import kernel
from eurosift.langid.corpus import digest
from eurosift.langid.languages import EU24
from eurosift.langid.points import count_characters

SHORTEST = 8
"""Least characters of a span that is cut: of less, people cannot tell the language either."""
STEPS = 10_000
"""Steps of a score between 0 and 1."""


class Short(NamedTuple):
    """What is asked of short texts.

    Attributes
    ----------
    lengths
        Ends of the classes of lengths, ascending: the first is of fewer characters than the first.
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


def cut(text: str, lengths: Sequence[int]) -> Iterator[str]:
    """Yield consecutive words of a text, a span of each class of lengths that it can give.

    Which words and how many characters is a hash of the text.

    Examples
    --------
    >>> [len(span) for span in cut("one two three four five six seven eight nine ten", (20, 40))]
    [15]
    """
    words = text.split()
    for low, high in pairwise((SHORTEST, *lengths)):
        key = digest(text, f"short {high}")
        wanted = low + key // 1000 % (high - low)
        start = key % 1000 * len(words) // 1000
        span = ""
        for word in words[start:]:
            longer = f"{span} {word}" if span else word
            if len(span) >= wanted or len(longer) >= high:
                break
            span = longer
        if len(span) >= low:
            yield span


class ShortScore(NamedTuple):
    """Least score of a class of lengths, and what it does to the spans that it was measured on.

    Attributes
    ----------
    below
        Fewer characters than that, and not of a class before.
    n, n_other
        Spans in one of the 24, and in none.
    untouched
        Share of the other spans that thresholds alone keep as one of the 24. None if there are no
        such spans.
    score
        Least score.
    false_positive_rate, recall
        What is left of that share; and the share of spans in one of the 24 that are rightly kept.
    """

    below: int
    n: int
    n_other: int
    untouched: float | None
    score: float
    false_positive_rate: float | None
    recall: float | None


def short_scores(
    frame: pl.DataFrame,
    thresholds: Mapping[str, float],
    lengths: Sequence[int],
    most: float,
    but: frozenset[str],
) -> Iterator[ShortScore]:
    """Yield the least score of each class: that which keeps false positives down to a share.

    Parameters
    ----------
    frame
        `eurosift.langid.calibrate.judged` spans, and their ``characters``.
    thresholds
        By language; they hold for short texts, too.
    lengths
        Ends of the classes, ascending.
    most
        Most of the spans in none of the 24 that may be kept as one of them.
    but
        Languages of which nothing is asked, and whose false positives do not count.
    """
    asked = pl.col("language").replace_strict(thresholds, default=1.0, return_dtype=pl.Float64)
    kept = pl.col("kept") & pl.col("language").is_in(EU24) & (pl.col("score") >= asked)
    eased = pl.col("language").is_in(list(but))
    for low, high in pairwise((0, *lengths)):
        rows = frame.filter(pl.col("characters") >= low, pl.col("characters") < high)
        other = rows.filter(~pl.col("label").is_in(EU24))
        own = rows.filter(pl.col("label").is_in(EU24))
        false = other.filter(kept, ~eased)["score"].sort(descending=True)
        allowed = int(most * len(other))
        step = 0 if len(false) <= allowed else int(false[allowed] * STEPS) + 1
        score = min(step / STEPS, 1.0)
        left = pl.col("score") >= score
        yield ShortScore(
            high,
            len(own),
            len(other),
            len(false) / len(other) if len(other) else None,
            score,
            len(false.filter(false >= score)) / len(other) if len(other) else None,
            len(own.filter(kept, pl.col("right"), left | eased)) / len(own) if len(own) else None,
        )
