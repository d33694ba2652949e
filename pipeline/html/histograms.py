"""Histograms whose bins are settled by the first values, so that memory does not grow with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np

from eurosift.filters.arrays import Bools, Float64s, Int64s

BINS: Final = 40
FIRST: Final = 32_768
"""So many values are kept before the bins are settled."""
_TAIL: Final = 0.005
"""Share of the values at either end that may lie beyond the scale, in its first and last bin."""
_STRETCH: Final = 25
"""Where the largest value is so many medians, the scale is logarithmic."""


class Values(NamedTuple):
    """Some rows, as a rule sees them, or with a score.

    Attributes
    ----------
    labels
        Language of each.
    values
        float64; NaN where there is none.
    thresholds
        float64: what each is compared with, NaN where it is not compared; None without a rule.
    gone
        Whether the row is rejected.
    """

    labels: Sequence[str]
    values: Float64s
    thresholds: Float64s | None
    gone: Bools

    def known(self) -> Values:
        """Those that have a value, and a threshold if there is a rule."""
        there = np.isfinite(self.values)
        if self.thresholds is not None:
            there &= np.isfinite(self.thresholds)
        return Values(
            [label for label, use in zip(self.labels, there, strict=True) if use],
            self.values[there],
            None if self.thresholds is None else self.thresholds[there],
            self.gone[there],
        )


class Scale(NamedTuple):
    """Bins of equal width between two values, or between their logarithms.

    Attributes
    ----------
    low, high
        Of all bins; values beyond are in the first and in the last one.
    bins
        How many.
    is_log
        Whether log(1 + x) is divided evenly.
    """

    low: float
    high: float
    bins: int
    is_log: bool

    @property
    def ends(self) -> tuple[float, float]:
        """The smallest and the largest value of the scale, as people read it.

        Examples
        --------
        >>> Scale(-0.5, 3.5, 4, is_log=False).ends, Scale(0.0, 0.5, 40, is_log=False).ends
        ((0.0, 3.0), (0.0, 0.5))
        """
        is_whole = self.high - self.low == self.bins  # a bin around each whole number
        half = 0.5 if is_whole and self.low % 1 else 0.0
        return self.low + half, self.high - half

    def place(self, values: Float64s) -> Float64s:
        """Where values are: 0 at the left, 1 at the right."""
        at = np.concatenate([[self.low, self.high], values])
        if self.is_log:
            at = np.log1p(np.maximum(at, 0.0))
        found: Float64s = (at[2:] - at[0]) / (at[1] - at[0])
        return found

    def bin(self, values: Float64s) -> Int64s:
        """Number of the bin of each value."""
        found: Int64s = np.clip(self.place(values) * self.bins, 0, self.bins - 1).astype(np.int64)
        return found


def settle(values: Float64s, thresholds: Float64s) -> Scale:
    """Bins for values of which these are some, and for all thresholds.

    Examples
    --------
    >>> settle(np.array([0.0, 0.5, 1.0]), np.array([0.3]))
    Scale(low=0.0, high=1.0, bins=40, is_log=False)
    >>> settle(np.array([1.0, 2.0, 3.0]), np.array([2.0]))  # a bin for each number
    Scale(low=0.5, high=3.5, bins=3, is_log=False)
    """
    first = np.quantile(values, _TAIL, method="lower")
    last = np.quantile(values, 1 - _TAIL, method="higher")
    low, high = min([first, *thresholds]), max([last, *thresholds])
    is_whole = all(np.all(x == np.round(x)) for x in (values, thresholds))
    if is_whole and high - low < BINS:
        low, high = np.floor(low), np.ceil(high)
        return Scale(float(low - 0.5), float(high + 0.5), int(high - low) + 1, is_log=False)
    if high <= low:
        low, high = low - 0.5, high + 0.5
    is_log = bool(low >= 0 and high > _STRETCH * max(float(np.median(values)), 1.0))
    return Scale(float(low), float(high), BINS, is_log)


@dataclass
class Shape:
    """Distribution in one language.

    Attributes
    ----------
    passed, gone
        int64, shape (bins,): documents that the rule lets pass, and that it rejects.
    thresholds
        The different thresholds.
    """

    passed: Int64s
    gone: Int64s
    thresholds: set[float] = field(default_factory=set)

    @property
    def documents(self) -> int:
        """How many were counted."""
        return int(self.passed.sum() + self.gone.sum())


class Histogram:
    """Counts values by language."""

    def __init__(self, first: int = FIRST) -> None:
        self._first = first
        self._waiting: list[Values] = []
        self._n_waiting = 0
        self._scale: Scale | None = None
        self._shapes: dict[str, Shape] = {}

    def add(self, rows: Values) -> None:
        """Count some rows; those without a value are left out."""
        known = rows.known()
        if self._scale is not None:
            self._count(known, self._scale)
            return
        self._waiting.append(known)
        self._n_waiting += len(known.labels)
        if self._n_waiting >= self._first:
            self._settle()

    def _settle(self) -> None:
        if not self._n_waiting:
            return
        values = np.concatenate([rows.values for rows in self._waiting])
        limits = [rows.thresholds for rows in self._waiting if rows.thresholds is not None]
        self._scale = settle(values, np.unique(np.concatenate([np.zeros(0), *limits])))
        for rows in self._waiting:
            self._count(rows, self._scale)
        self._waiting = []

    def _count(self, rows: Values, scale: Scale) -> None:
        bins = scale.bin(rows.values)
        labels = np.array(rows.labels, dtype=object)
        for label in sorted(set(rows.labels)):
            own = labels == label
            shape = self._shapes.setdefault(
                label, Shape(np.zeros(scale.bins, np.int64), np.zeros(scale.bins, np.int64))
            )
            shape.gone += np.bincount(bins[own & rows.gone], minlength=scale.bins)
            shape.passed += np.bincount(bins[own & ~rows.gone], minlength=scale.bins)
            if rows.thresholds is not None:
                shape.thresholds.update(np.unique(rows.thresholds[own]).tolist())

    @property
    def scale(self) -> Scale | None:
        """The bins; None if there was no value."""
        if self._scale is None:
            self._settle()
        return self._scale

    @property
    def shapes(self) -> dict[str, Shape]:
        """Distribution by language, sorted."""
        return dict(sorted(self._shapes.items())) if self.scale else {}
