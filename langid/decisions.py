"""Decisions on texts as Arrow columns, and as what is said of a single one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from eurosift.filters.arrays import Bools, Int32s, Int64s, UInt8s
from eurosift.langid.model import Prediction

TOP = pa.list_(pa.struct([("language", pa.string()), ("score", pa.float32())]))
"""Type of the best labels of a text."""


class Decisions(NamedTuple):
    """What is said of some texts: Arrow arrays, a row for each text.

    Attributes
    ----------
    language
        string: canonical code of the best label, also if rejected; ``und`` if there is no word.
    script
        string: ISO 15924 code of most letters that the model saw; ``Zyyy`` if there are none.
    score
        float32: probability of the best label, 0 if there is none.
    top
        `TOP`: the three best labels, best first.
    segments
        list<string>: label of each line; null if not asked for.
    language_share
        float32: of the characters in lines that have a label, the share of those in lines with
        exactly the label of the text; null if no line has a label, or if not asked for.
    code_switching
        bool: whether languages that are not related to that of the text have a fifth of these
        characters (see `eurosift.langid.lines`); null if not asked for.
    second_language, second_score
        string, float32: best label of the second model; null if there is no second model.
    reasons
        list<string>: why the text is rejected; empty if kept.
    """

    language: pa.Array
    script: pa.Array
    score: pa.Array
    top: pa.Array
    segments: pa.Array
    language_share: pa.Array
    code_switching: pa.Array
    second_language: pa.Array
    second_score: pa.Array
    reasons: pa.Array


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of one text: a row of `Decisions`."""

    language: str
    script: str
    score: float
    top: tuple[Prediction, ...]
    segments: tuple[str, ...] | None
    language_share: float | None
    code_switching: bool | None
    second_language: str | None
    second_score: float | None
    reasons: tuple[str, ...]


def verdicts(decisions: Decisions) -> Iterator[Verdict]:
    """Yield what is said of each text, one by one."""
    columns = (column.to_pylist() for column in decisions)
    for values in zip(*columns, strict=True):
        row = dict(zip(Decisions._fields, values, strict=True))
        row["top"] = tuple(Prediction(**best) for best in row["top"])
        row["segments"] = None if row["segments"] is None else tuple(row["segments"])
        row["reasons"] = tuple(row["reasons"])
        yield Verdict(**row)


def take(names: pa.Array, numbers: Int32s | UInt8s) -> pa.Array:
    """Names by number; -1 is the last one."""
    last = numbers.dtype.type(len(names) - 1)
    return names.take(pa.array(np.where(numbers < 0, last, numbers)))


def lists(values: pa.Array, ends: Int64s) -> pa.ListArray:
    """Lists of values that follow each other; `ends`, shape (n_rows,), is where each ends."""
    offsets = np.concatenate([[0], ends]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), values)


def chosen(names: pa.Array, which: Bools) -> pa.ListArray:
    """List of the names that are chosen in each row: `which` has shape (n_rows, n_names)."""
    return lists(names.take(pa.array(which.nonzero()[1])), which.sum(axis=1).cumsum())
