"""Thresholds of rules from the values that documents of a language have.

Four methods, those by which FineWeb-2 took English thresholds to other languages (Penedo et al.
2025, arXiv:2506.20920, section 3.4): ``tail`` rejects the worst share of each language;
``quantile`` rejects of each language the share that the rule rejects of a reference language;
``mean_std`` is as many standard deviations from the mean as in the reference language;
``median_ratio`` has the same ratio to the median as there.
"""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

import numpy as np

from eurosift.filters.arrays import Float64s
from eurosift.filters.rules import Rule

Method = Literal["tail", "quantile", "mean_std", "median_ratio"]


class Reference(NamedTuple):
    """What a rule makes of the reference language.

    Attributes
    ----------
    values
        float64, shape (n,): what the rule compares; NaN where unknown.
    threshold
        The rule's threshold for it.
    """

    values: Float64s
    threshold: float


def rejected_share(rule: Rule, values: Float64s, threshold: float) -> float:
    """Share of known values that a rule would reject; NaN if there are none."""
    known = values[~np.isnan(values)]
    if known.size == 0 or math.isnan(threshold):
        return math.nan
    return float(rule.condition.rejects(known, np.full(len(known), threshold)).mean())


def find_threshold(
    rule: Rule,
    values: Float64s,
    method: Method,
    *,
    share: float = 0.1,
    reference: Reference | None = None,
    is_count: bool = False,
) -> float | None:
    """Find a threshold for a language.

    Parameters
    ----------
    rule
        The rule, which says on which side of the threshold the worse values are.
    values
        float64, shape (n,): what the rule compares in the language; NaN where unknown.
    method
        How.
    share
        For ``tail``: share of documents to reject.
    reference
        For the other methods.
    is_count
        Whether values are whole numbers, so that the threshold is one.

    Returns
    -------
    None if there is no threshold that can be used: no value is known, the method divides by
    nothing, or it comes to 0 or less, which would disable the rule.
    """
    known = values[~np.isnan(values)]
    if known.size == 0:
        return None
    if method == "tail":
        found = _quantile(rule, known, share)
    elif reference is None or math.isnan(reference.threshold):
        return None
    else:
        found = _transferred(rule, known, method, reference)
    if not math.isfinite(found):
        return None
    # The shortest number that compares as it does, in float32: rounding could move a whole tie.
    rounded = float(round(found)) if is_count else float(str(np.float32(found)))
    return rounded if rounded > 0 else None


def _transferred(rule: Rule, known: Float64s, method: Method, reference: Reference) -> float:
    there = reference.values[~np.isnan(reference.values)]
    if there.size == 0:
        return math.nan
    if method == "quantile":
        return _quantile(rule, known, rejected_share(rule, there, reference.threshold))
    if method == "mean_std":
        spread = float(there.std())
        if spread == 0:
            return math.nan
        away = (reference.threshold - float(there.mean())) / spread
        return float(known.mean()) + away * float(known.std())
    median = float(np.median(there))
    return float(np.median(known)) * reference.threshold / median if median else math.nan


def _quantile(rule: Rule, known: Float64s, share: float) -> float:
    """The value beyond which that share is."""
    return float(np.quantile(known, share if rule.condition.least else 1 - share))
