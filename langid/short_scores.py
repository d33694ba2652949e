"""Scores of short texts, from words that are cut from labelled ones.

The score of a class of lengths is the least at which, of the spans in none of the 24 languages, no
more than a given share is kept as one of them; or, if that would reject too much of what thresholds
alone keep rightly, the greatest that does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import polars as pl

from eurosift.langid.calibrate import ROUNDING, STEPS
from eurosift.langid.corpus import digest
from eurosift.langid.languages import EU24

SHORTEST = 8
"""Least characters of a span that is cut: of less, people cannot tell the language either."""


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
    enough: float,
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
    enough
        Least share to keep of those in one of the 24 that thresholds alone keep rightly; it goes
        before `most`.
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
        true = own.filter(kept, pl.col("right"))
        lowest = true.filter(~eased)["score"].sort()
        allowed, dispensable = int(most * len(other)), int((1 - enough) * len(true) + ROUNDING)
        step = 0 if len(false) <= allowed else int(false[allowed] * STEPS) + 1
        if dispensable < len(lowest):
            step = min(step, int(lowest[dispensable] * STEPS))
        score = min(step / STEPS, 1.0)
        left = pl.col("score") >= score
        yield ShortScore(
            high,
            len(own),
            len(other),
            len(false) / len(other) if len(other) else None,
            score,
            len(false.filter(false >= score)) / len(other) if len(other) else None,
            len(true.filter(left | eased)) / len(own) if len(own) else None,
        )


def asked(classes: Sequence[ShortScore]) -> Iterator[tuple[int, float]]:
    """Yield length and score that are asked of each class, no less than of longer ones.

    The last classes are left out if nothing is asked of them.
    """
    for place, row in enumerate(classes):
        most = max(longer.score for longer in classes[place:])
        if most:
            yield row.below, most
