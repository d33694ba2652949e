"""How good the labels of texts are: macro-F1, false positives, and what is taken for what.

Macro-F1 is the mean of F1 over those of the 24 languages that occur. The false-positive rate is
the share of text in none of the 24 that is taken for one of them. A text that is rejected counts
as one in none of the 24.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise, starmap
from typing import NamedTuple

import numpy as np
import polars as pl

from eurosift.langid.decide import UNDETERMINED, Decider
from eurosift.langid.languages import EU24

LENGTHS = (0, 50, 100, 200, 500)
"""Least number of characters of each class of lengths."""
BATCH = 10_000
"""So many texts are decided on at once, to bound memory."""

Counted = tuple[tuple[str, int], ...]
"""Labels with the number of their texts, most first."""


class Confusion(NamedTuple):
    """A label, what its text is taken for (perhaps rightly), and the number of such texts."""

    label: str
    said: str
    n: int


class LanguageScore(NamedTuple):
    """How good one label is.

    Attributes
    ----------
    language
        One of the 24.
    n
        Texts in it.
    f1, precision, recall
        None where nothing is divided by nothing.
    missed
        What texts in it are taken for: a code, or why they are rejected.
    mistaken
        Which texts are taken for it.
    """

    language: str
    n: int
    f1: float | None
    precision: float | None
    recall: float | None
    missed: Counted
    mistaken: Counted


class Score(NamedTuple):
    """How good labels are.

    Attributes
    ----------
    n, n_other
        Texts, and texts in none of the 24.
    macro_f1, false_positive_rate
        None where there is no text to measure it on.
    languages
        By language, for those that occur or are given as an answer.
    """

    n: int
    n_other: int
    macro_f1: float | None
    false_positive_rate: float | None
    languages: tuple[LanguageScore, ...]

    @property
    def worst(self) -> LanguageScore | None:
        """The language of the least F1 among those that occur."""
        there = [language for language in self.languages if language.n]
        return min(there, key=lambda language: language.f1 or 0.0, default=None)


def best_labels(texts: pl.Series, decide: Decider) -> pl.DataFrame:
    """Label texts.

    Returns
    -------
    pl.DataFrame
        Columns ``language``, the best label; ``score``; ``reason``, the first reason to reject the
        text, null if it is kept.
    """
    parts = []
    for part in texts.to_frame("text").iter_slices(BATCH):
        found = decide.decide(part["text"].to_arrow())
        parts.append(
            pl.DataFrame(
                {
                    "language": pl.Series(found.language, dtype=pl.String),
                    "score": pl.Series(found.score, dtype=pl.Float64),
                    "reason": pl.Series(found.reasons, dtype=pl.List(pl.String)).list.first(),
                }
            )
        )
    return pl.concat(parts)


def said(found: pl.DataFrame) -> pl.Series:
    """What `best_labels` come to: a code, or the reason if it is rejected that is one of the 24."""
    own = ~pl.col("language").is_in([*EU24, UNDETERMINED]) | pl.col("reason").is_null()
    return found.select(pl.when(own).then("language").otherwise("reason").alias("said"))["said"]


def confusions(labels: pl.Series, answers: pl.Series) -> list[Confusion]:
    """Count each pair of a label and what the text is taken for, right or wrong; most first."""
    pairs = pl.DataFrame({"label": labels, "said": answers})
    counts = pairs.group_by("label", "said").agg(pl.len())
    counts = counts.sort("len", "label", "said", descending=[True, False, False])
    return list(starmap(Confusion, counts.iter_rows()))


def score(counts: Sequence[Confusion]) -> Score:
    """Scores, from the counts of `confusions`."""
    languages = []
    for code in EU24:
        there = [pair for pair in counts if pair.label == code]
        answered = [pair for pair in counts if pair.said == code]
        n, n_answered = _texts(there), _texts(answered)
        right = _texts(pair for pair in there if pair.said == code)
        if n or n_answered:
            languages.append(
                LanguageScore(
                    code,
                    n,
                    2 * right / (n + n_answered) if n else None,
                    right / n_answered if n_answered else None,
                    right / n if n else None,
                    tuple((pair.said, pair.n) for pair in there if pair.said != code),
                    tuple((pair.label, pair.n) for pair in answered if pair.label != code),
                )
            )
    f1 = [language.f1 for language in languages if language.f1 is not None]
    others = [pair for pair in counts if pair.label not in EU24]
    n_other = _texts(others)
    false = _texts(pair for pair in others if pair.said in EU24)
    return Score(
        _texts(counts),
        n_other,
        sum(f1) / len(f1) if f1 else None,
        false / n_other if n_other else None,
        tuple(languages),
    )


def mistakes(counts: Iterable[Confusion]) -> list[Confusion]:
    """Those that are wrong; text in none of the 24 may be taken for anything in none of the 24."""
    return [
        pair
        for pair in counts
        if pair.label != pair.said and (pair.label in EU24 or pair.said in EU24)
    ]


def _texts(counts: Iterable[Confusion]) -> int:
    return sum(pair.n for pair in counts)


def length_classes(texts: pl.Series) -> pl.Series:
    """Class of lengths of each text, in characters; classes sort by length.

    Examples
    --------
    >>> length_classes(pl.Series(["a" * 1000, "a", "a" * 50])).sort().to_list()
    ['under 50', '50 to 99', '500 or more']
    """
    names = [f"{low} to {high - 1}" for low, high in pairwise(LENGTHS)]
    names = [f"under {LENGTHS[1]}", *names[1:], f"{LENGTHS[-1]} or more"]
    lengths = texts.str.len_chars().to_numpy()
    places = np.searchsorted(LENGTHS, lengths, side="right") - 1
    return pl.Series(names, dtype=pl.Enum(names)).gather(places)
