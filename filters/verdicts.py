"""Rules applied to signals: every reason for every row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from eurosift.filters.arrays import Bools, Float64s
from eurosift.filters.errors import RuleError
from eurosift.filters.rule_sets import RuleSet
from eurosift.filters.rules import Rule, is_numeric


class Verdicts(NamedTuple):
    """What a rule set says of some rows.

    Attributes
    ----------
    reasons
        ``list<string>``, shape (n_rows,): names of the rules that reject, in their order.
    failed
        List of `FAILED`, shape (n_rows,): the same rules, what each compared, and with what.
    """

    reasons: pa.ListArray
    failed: pa.ListArray


FAILED: Final = pa.struct(
    [("rule", pa.string()), ("value", pa.float32()), ("threshold", pa.float32())]
)
"""A rule that rejects: its name, and both sides of its comparison as they were compared."""


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
    if not is_numeric(kind):
        raise RuleError(f"signal {name}: expected numbers, got {kind}")
    if array.null_count == 0:
        known: Float64s = array.to_numpy(zero_copy_only=False).astype(np.float64)
        return known
    values: Float64s = array.cast(pa.float64()).fill_null(np.nan).to_numpy(zero_copy_only=False)
    return values


def label_numbers(languages: pa.Array) -> tuple[tuple[str | None, ...], npt.NDArray[np.int64]]:
    """Different labels, None among them, and for each row the number of its own."""
    if pa.types.is_null(languages.type):
        return (None,), np.zeros(len(languages), np.int64)
    coded = languages
    if not pa.types.is_dictionary(languages.type):
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
    shape = (len(rules.rules), len(languages))
    failed = np.zeros(shape, np.bool_)
    compared = np.zeros((2, *shape), np.float32)
    for place, (rule, sides) in enumerate(_all_margins(rules, signals, languages)):
        failed[place] = rule.condition.rejects(*sides)
        with np.errstate(over="ignore"):
            compared[0, place], compared[1, place] = sides
    ends = pa.array(np.concatenate([[0], np.cumsum(failed.sum(axis=0))]).astype(np.int32))
    documents, rejecting = failed.T.nonzero()
    names = pa.array([rule.name for rule in rules.rules], pa.string())
    reasons = names.take(pa.array(rejecting))
    structs = pa.StructArray.from_arrays(
        [reasons, *(pa.array(side[rejecting, documents]) for side in compared)], fields=list(FAILED)
    )
    return Verdicts(*(pa.ListArray.from_arrays(ends, each) for each in (reasons, structs)))


def passes(rules: RuleSet, signals: Mapping[str, pa.Array], languages: pa.Array) -> Bools:
    """Whether rows pass all rules: what `judge` says, without the cost of its reasons.

    Arguments and errors as those of `judge`.

    Returns
    -------
    bool, shape (n_rows,).
    """
    passing = np.ones(len(languages), np.bool_)
    for rule, sides in _all_margins(rules, signals, languages):
        passing &= ~rule.condition.rejects(*sides)
    return passing


def _all_margins(
    rules: RuleSet, signals: Mapping[str, pa.Array], languages: pa.Array
) -> Iterator[tuple[Rule, Margins]]:
    """Margins of each rule, in their order; a signal is read once."""
    rules.check_signals({name: array.type for name, array in signals.items()})
    values = {name: as_values(name, signals[name]) for name in rules.signals}
    labels, numbers = label_numbers(languages)
    for rule in rules.rules:
        thresholds = thresholds_by_row(rule, labels, numbers)
        yield rule, Margins(rule.condition.values(values), thresholds)
