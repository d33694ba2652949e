"""Sums, by language, over documents whose verdict would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa

from eurosift.filters.arrays import Bools, Float64s, Int64s

TOKENS: Final = "n_tokens"


@dataclass
class Tally:
    """Sums over documents of one language.

    Attributes
    ----------
    kept
        Documents that are kept now.
    gained, lost
        Documents whose verdict changes.
    characters
        Of the gained, less those of the lost.
    tokens
        The same of tokens, of documents that were counted alone.
    uncounted, uncounted_characters
        Documents whose verdict changes and that have no count of tokens, and `characters` of these.
    counted_characters, counted_tokens
        Over all documents that have a count of tokens.
    """

    kept: int = 0
    gained: int = 0
    lost: int = 0
    characters: int = 0
    tokens: int = 0
    uncounted: int = 0
    uncounted_characters: int = 0
    counted_characters: int = 0
    counted_tokens: int = 0

    def add(self, other: Tally) -> None:
        """Add the sums of other documents."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    @property
    def all_tokens(self) -> int | None:
        """Change in tokens, estimated by characters where none were counted; None without any."""
        if not self.counted_characters:
            return None
        per_character = self.counted_tokens / self.counted_characters
        return self.tokens + round(self.uncounted_characters * per_character)


class Seen(NamedTuple):
    """Verdicts on all rows of a shard: worked on, kept now, kept then."""

    active: Bools
    now: Bools
    then: Bools


def tally(
    rows: Mapping[str, pa.Array],
    seen: Seen,
    names: Sequence[str],
    numbers: Int64s,
    characters: str | None,
) -> dict[str, Tally]:
    """Add up the rows of a shard.

    Parameters
    ----------
    rows
        Columns by name, of the same length.
    seen
        The verdicts.
    names, numbers
        Labels of languages, and the number of each row's.
    characters
        Name of the column with the number of characters; None if there is none.
    """
    n = len(names)
    size = np.zeros(len(numbers)) if characters is None else _numbers(rows[characters])
    size = np.nan_to_num(size)
    tokens = _numbers(rows[TOKENS]) if TOKENS in rows else np.full(len(numbers), np.nan)
    counted = ~np.isnan(tokens)
    gained, lost = seen.then & ~seen.now, seen.now & ~seen.then
    differ = np.flatnonzero(gained | lost)
    sign = np.where(gained[differ], 1, -1)
    without = differ[~counted[differ]]

    def count(mask: Bools) -> Int64s:
        return np.bincount(numbers[mask], minlength=n)

    def total(chosen: Int64s | Bools, values: Float64s) -> Int64s:
        sums: Int64s = np.bincount(numbers[chosen], values, minlength=n).astype(np.int64)
        return sums

    columns = (
        count(seen.now),
        count(gained),
        count(lost),
        total(differ, sign * size[differ]),
        total(differ, sign * np.nan_to_num(tokens[differ])),
        np.bincount(numbers[without], minlength=n),
        total(without, (sign * size[differ])[~counted[differ]]),
        total(counted, size[counted]),
        total(counted, tokens[counted]),
    )
    found: dict[str, Tally] = {}
    for number in np.flatnonzero(count(seen.active)).tolist():
        sums = Tally(*(int(column[number]) for column in columns))
        found.setdefault(names[number], Tally()).add(sums)
    return found


def _numbers(column: pa.Array) -> Float64s:
    values: Float64s = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return values
