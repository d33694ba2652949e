"""Thresholds from labelled text, and how far scores can be trusted.

The threshold of a language is the least t such that of the texts whose best label is that language
with a score of t or more, the target share is right. Only texts that are kept but for their score
count: those in another script, or without letters, are rejected anyhow. A threshold is a multiple
of 0.0001, and not less than a bound: where all labels are right, nothing speaks for one, but text
of other kinds has lower scores, and below one half the other labels together are likelier.

A language falls back where that cannot be had. If no threshold reaches the target, or only one that
rejects too many of its texts, it gets the threshold of the best F1 among those that keep enough, or
the lowest if none does. Where lower thresholds come to the same, within `SAME_F1`, it is the lowest
of them: what is rejected has to be worth it. If there are too few texts in it to measure anything,
or none is labelled as it, it gets the default.

Precision depends on how much text of other languages is about. The file's own mix is taken, unless
the share of text in none of the 24 is given: texts are then weighted to have that share.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np
import polars as pl

from eurosift.filters.arrays import Float64s, Int64s
from eurosift.langid.errors import LabelledTextError
from eurosift.langid.languages import EU24

STEPS = 10_000
"""Steps of a threshold between 0 and 1."""
BINS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)
"""Edges of the bins of scores; the last holds a score of 1, too."""

SAME_F1 = 0.015
"""Thresholds whose F1 differ by less are equally good: that is the standard error of an F1 of 0.7
on a thousand texts."""

ROUNDING = 1e-9
"""Weighted shares may be so much too small."""

Outcome = Literal["reached", "best_f1", "default"]
"""How a threshold came about: by the target, or by which fall-back."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What thresholds have to reach.

    Attributes
    ----------
    precision
        Share of the texts labelled as a language that has to be right.
    recall
        Share of the texts in a language that a threshold has to keep.
    lowest
        No threshold is less.
    default
        Threshold of a language with too few texts.
    min_texts
        So many texts in a language are enough.
    other_share
        Share of text in none of the 24 that is assumed; None for that of the file.
    """

    precision: float = 0.99
    recall: float = 0.5
    lowest: float = 0.5
    default: float = 0.5
    min_texts: int = 50
    other_share: float | None = None


class Threshold(NamedTuple):
    """Threshold of a language, and what it does to the text that it was calibrated on.

    Attributes
    ----------
    language
        One of the 24.
    n, n_labelled
        Texts in it, and texts that are labelled as it, right or wrong, whatever their score.
    untouched
        Precision without a threshold. None where nothing is divided by nothing, as below.
    threshold
        Least score at which a text is kept.
    precision, recall
        Of the texts that are kept.
    outcome
        Whether the target is reached, or how the threshold was chosen instead.
    """

    language: str
    n: int
    n_labelled: int
    untouched: float | None
    threshold: float
    precision: float | None
    recall: float | None
    outcome: Outcome


class Bin(NamedTuple):
    """Texts whose scores are alike.

    Attributes
    ----------
    language
        One of the 24; None for all of them together.
    low, high
        Edges of their scores.
    n
        Number of texts.
    mean_score, right
        Their mean score, and the share of right labels, weighted as said above.
    """

    language: str | None
    low: float
    high: float
    n: int
    mean_score: float
    right: float


def judged(labels: pl.Series, found: pl.DataFrame, goal: Goal) -> pl.DataFrame:
    """What thresholds are computed from.

    Parameters
    ----------
    labels
        True labels: canonical codes, or ``other``.
    found
        What `eurosift.langid.evaluate.best_labels` gives without thresholds.
    goal
        What is to be reached.

    Returns
    -------
    pl.DataFrame
        Columns ``label``; ``language``, the best label; ``score``; ``kept``, whether the text is
        kept but for its score; ``right``; ``weight``, on average 1.

    Raises
    ------
    LabelledTextError
        If a share of text in none of the 24 is given, and there is no such text or no other.
    """
    frame = found.with_columns(
        labels.alias("label"),
        pl.col("reason").is_null().alias("kept"),
        (pl.col("language") == labels).alias("right"),
    )
    if goal.other_share is None:
        return frame.with_columns(pl.lit(1.0).alias("weight"))
    other = ~frame["label"].is_in(EU24)
    share = len(frame.filter(other)) / len(frame)
    if not 0 < share < 1:
        missing = "in none of the 24 languages" if share == 0 else "in any of the 24 languages"
        raise LabelledTextError(f"there is no text {missing}, so it cannot be given a share")
    weights = (goal.other_share / share, (1 - goal.other_share) / (1 - share))
    return frame.with_columns(
        pl.when(other).then(pl.lit(weights[0])).otherwise(pl.lit(weights[1])).alias("weight")
    )


def thresholds(frame: pl.DataFrame, goal: Goal) -> Iterator[Threshold]:
    """Yield the threshold of each of the 24, computed from `judged` text."""
    for code in EU24:
        said = frame.filter(pl.col("kept"), language=code)
        in_it = frame.filter(label=code)
        yield _threshold(
            code,
            len(in_it),
            float(in_it["weight"].sum()),
            said["score"].to_numpy(),
            np.where(said["right"], said["weight"], 0.0),
            said["weight"].to_numpy(),
            goal,
        )


def _threshold(
    code: str,
    n: int,
    weight: float,
    scores: Float64s,
    right: Float64s,
    weights: Float64s,
    goal: Goal,
) -> Threshold:
    """Threshold of one language.

    Parameters
    ----------
    code
        The language.
    n, weight
        Number of texts in it, and their weight.
    scores, right, weights
        Of each text labelled as it: its score, its weight if the label is right or else 0, its
        weight.
    goal
        What is to be reached.
    """
    # A score counts for the step below it, so that the written threshold keeps it.
    steps = np.floor(np.minimum(scores, 1.0) * STEPS).astype(np.int64)
    true, all_ = _from_step_on(steps, right), _from_step_on(steps, weights)
    precision = np.divide(true, all_, out=np.zeros_like(true), where=all_ > 0)
    recall = true / weight if weight else np.zeros_like(true)
    keeps = (recall >= goal.recall) & (all_ > 0)
    lowest = round(goal.lowest * STEPS)
    reached = lowest + np.flatnonzero((keeps & (precision >= goal.precision - ROUNDING))[lowest:])
    outcome: Outcome
    if n < goal.min_texts or not all_[lowest]:
        step, outcome = max(round(goal.default * STEPS), lowest), "default"
    elif len(reached):
        step, outcome = int(reached[0]), "reached"
    else:
        f1 = np.where(keeps, 2 * true / (all_ + weight), 0.0)
        as_good = f1[lowest:] > f1[lowest:].max() - SAME_F1
        step, outcome = lowest + int(as_good.argmax()), "best_f1"
    return Threshold(
        code,
        n,
        len(scores),
        float(right.sum() / weights.sum()) if len(scores) else None,
        step / STEPS,
        float(precision[step]) if all_[step] else None,
        float(recall[step]) if weight else None,
        outcome,
    )


def _from_step_on(steps: Int64s, weights: Float64s) -> Float64s:
    """For each step the sum of the weights at it and above."""
    sums = np.bincount(steps, weights, minlength=STEPS + 1)
    # Counted without any step, sums are integers.
    return sums[::-1].cumsum()[::-1].astype(np.float64)


def reliability(frame: pl.DataFrame) -> Iterator[Bin]:
    """Yield bins of the scores of `judged` text that is kept: of all languages, then of each."""
    kept = frame.filter(pl.col("kept"))
    for code in (None, *EU24):
        rows = kept if code is None else kept.filter(language=code)
        for low, high in pairwise(BINS):
            below = pl.col("score") < (high if high < 1 else np.inf)
            part = rows.filter(pl.col("score") >= low, below)
            if len(part):
                weights = part["weight"].to_numpy()
                yield Bin(
                    code,
                    low,
                    high,
                    len(part),
                    float(np.average(part["score"], weights=weights)),
                    float(np.average(part["right"], weights=weights)),
                )
