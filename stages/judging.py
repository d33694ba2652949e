"""Rows of a batch, and the rules and medians that they are judged by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from eurosift.filters.arrays import Bools, Float32s, Float64s, Int64s
from eurosift.filters.rule_sets import RuleSet
from eurosift.filters.score import Medians, score
from eurosift.filters.verdicts import margins

SCORE = "quality_score"
"""Column with the score, of which rules may speak as of any signal."""


class Comparison(NamedTuple):
    """What a rule makes of some rows.

    Attributes
    ----------
    values, thresholds
        float64, shape (n_rows,): both sides; NaN where a signal is unknown, the rule disabled.
    fails
        bool, shape (n_rows,): whether the rule rejects.
    """

    values: Float64s
    thresholds: Float64s
    fails: Bools

    @classmethod
    def of_nothing(cls, n_rows: int) -> Comparison:
        """That of no rule."""
        values, thresholds = np.full((2, n_rows), np.nan)
        return cls(values, thresholds, np.zeros(n_rows, np.bool_))


class Kept(NamedTuple):
    """What all rules make of some rows.

    Attributes
    ----------
    kept
        bool, shape (n_rows,).
    scores
        float32, shape (n_rows,); NaN where there is none.
    """

    kept: Bools
    scores: Float32s


class Judge(NamedTuple):
    """What rows of a language are judged by."""

    rules: RuleSet
    medians: Medians | None

    @property
    def scored(self) -> tuple[str, ...]:
        """Signals that the score is made of."""
        return () if self.medians is None else self.medians.signals


class Group(NamedTuple):
    """Rows of a batch that are judged by the same, and their numbers in the batch."""

    judge: Judge
    rows: Int64s
    batch: pa.RecordBatch
    languages: pa.Array

    def signals(self, names: Iterable[str]) -> dict[str, pa.Array]:
        """Some columns."""
        return {name: self.batch.column(name) for name in names}

    def compared(self, scores: pa.Array) -> dict[str, pa.Array]:
        """What the rules are over, given the scores."""
        names = (name for name in self.judge.rules.signals if name != SCORE)
        return {**self.signals(names), SCORE: scores}

    def comparison(self, name: str) -> Comparison:
        """What a rule makes of the rows; of no rule, if there is none of this name."""
        for rule in self.judge.rules.rules:
            if rule.name == name:
                sides = margins(rule, self.signals(rule.condition.signals), self.languages)
                return Comparison(*sides, rule.condition.rejects(*sides))
        return Comparison.of_nothing(len(self.rows))

    def scores(self) -> pa.Array:
        """float32, null where no medians are known."""
        if self.judge.medians is None:
            return pa.nulls(len(self.rows), pa.float32())
        signals = self.signals(self.judge.scored)
        return pa.array(score(self.judge.medians, signals, self.languages), from_pandas=True)
