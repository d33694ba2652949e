"""Rules applied to signals: every reason for every row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from eurosift.filters.arrays import Float64s
from eurosift.filters.errors import RuleError
from eurosift.filters.rules import Rule, RuleSet


class Verdicts(NamedTuple):
    """What a rule set says of some rows.

    Attributes
    ----------
    reasons
        ``list<string>``, shape (n_rows,): names of the rules that reject, in their order.
    score
        float32, shape (n_rows,): share of the rules that pass among those that say something;
        1 where none does.
    """

    reasons: pa.ListArray
    score: npt.NDArray[np.float32]


def as_values(name: str, array: pa.Array) -> Float64s:
    """Signal as float64 with NaN for null.

    Raises
    ------
    RuleError
        If it holds no numbers.
    """
    kind = array.type
    if pa.types.is_null(kind):
        return np.full(len(array), np.nan)
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
        raise RuleError(f"signal {name}: expected numbers, got {kind}")
    values: Float64s = array.cast(pa.float64()).fill_null(np.nan).to_numpy(zero_copy_only=False)
    return values


def label_numbers(languages: pa.Array) -> tuple[tuple[str | None, ...], npt.NDArray[np.int64]]:
    """Different labels, None among them, and for each row the number of its own."""
    if pa.types.is_null(languages.type):
        return (None,), np.zeros(len(languages), np.int64)
    if pa.types.is_dictionary(languages.type):
        languages = languages.dictionary_decode()
    coded = pc.dictionary_encode(languages)
    labels = coded.dictionary.to_pylist()
    numbers = coded.indices.fill_null(len(labels)).to_numpy(zero_copy_only=False)
    return (*labels, None), numbers.astype(np.int64)


class Margins(NamedTuple):
    """Where some rows stand with respect to one rule.

    Attributes
    ----------
    values
        float64, shape (n_rows,): what the rule compares; NaN where a signal is unknown.
    thresholds
        float64, shape (n_rows,): what it is compared with; NaN where the rule is disabled.
    """

    values: Float64s
    thresholds: Float64s


def margins(rule: Rule, signals: Mapping[str, pa.Array], languages: pa.Array) -> Margins:
    """Values and thresholds of one rule; arguments as those of `judge`."""
    labels, numbers = label_numbers(languages)
    values = {name: as_values(name, signals[name]) for name in rule.condition.signals}
    return Margins(rule.condition.values(values), thresholds_by_row(rule, labels, numbers))


def thresholds_by_row(
    rule: Rule, labels: Sequence[str | None], numbers: npt.NDArray[np.int64]
) -> Float64s:
    """Threshold of a rule for each row, whose labels are as `label_numbers` gives them."""
    return np.array([rule.threshold_for(label) for label in labels])[numbers]


def judge(rules: RuleSet, signals: Mapping[str, pa.Array], languages: pa.Array) -> Verdicts:
    """Apply a rule set.

    Parameters
    ----------
    rules
        The rule set.
    signals
        By name, each of shape (n_rows,); at least ``rules.signals``.
    languages
        Canonical codes, shape (n_rows,); for null and for languages that a rule does not name, its
        general threshold holds.

    Raises
    ------
    RuleError
        If a rule speaks of a signal that is not there or holds no numbers; names the rule.
    """
    rules.check_signals(frozenset(signals))
    values = {name: as_values(name, signals[name]) for name in rules.signals}
    labels, numbers = label_numbers(languages)
    n_rows = len(languages)
    failed = np.zeros((n_rows, len(rules.rules)), np.bool_)
    heard = np.zeros((n_rows, len(rules.rules)), np.bool_)
    for column, rule in enumerate(rules.rules):
        thresholds = thresholds_by_row(rule, labels, numbers)
        heard[:, column] = ~np.isnan(thresholds) & rule.condition.is_known(values)
        failed[:, column] = heard[:, column] & rule.condition.holds(values, thresholds)
    ends = np.concatenate([[0], np.cumsum(failed.sum(axis=1))]).astype(np.int32)
    names = pa.array([rule.name for rule in rules.rules], pa.string())
    reasons = pa.ListArray.from_arrays(pa.array(ends), names.take(pa.array(failed.nonzero()[1])))
    n_heard = heard.sum(axis=1)
    passed = n_heard - failed.sum(axis=1)
    score = np.divide(passed, n_heard, out=np.ones(n_rows), where=n_heard != 0)
    return Verdicts(reasons, score.astype(np.float32))
