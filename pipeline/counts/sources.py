"""Where texts with their languages come from, and what comes up in reading them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

_MAX_KEYS = 1_000
"""Names of keys that are remembered of one label: a damaged file may have millions."""


class Texts(NamedTuple):
    """Some consecutive documents: their labels (strings) and texts, both without nulls."""

    labels: pa.Array
    texts: pa.Array


class Unit(NamedTuple):
    """What can be read by itself: a file or a shard, or one row group of a file."""

    name: str
    row_group: int | None = None


@dataclass
class Findings:
    """What came up in reading beside texts.

    Attributes
    ----------
    no_text
        Rows without a text, by label.
    damage
        Stretches of JSONL that could not be read, by reason.
    unknown
        Values of the language column that are no codes of languages, with their rows; the first
        few.
    unknown_rows
        How many rows have such a value.
    keys_seen
        Keys of the records, by label, and how many have them.
    """

    no_text: Counter[str] = field(default_factory=Counter)
    damage: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    unknown_rows: int = 0
    keys_seen: dict[str, Counter[str]] = field(default_factory=dict)

    def note_unknown(self, value: str, rows: int) -> None:
        """Note rows whose language is none."""
        self.unknown_rows += rows
        if value in self.unknown or len(self.unknown) < 5:
            self.unknown[value] += rows

    def note_keys(self, label: str, names: Sequence[str], rows: int) -> None:
        """Note the keys of some records."""
        seen = self.keys_seen.setdefault(label, Counter())
        for name in names:
            if name in seen or len(seen) < _MAX_KEYS:
                seen[name] += rows

    def count_missing(self, labels: pa.Array, there: pa.BooleanArray) -> None:
        """Count the rows without a text."""
        if there.true_count < len(there):
            for entry in pc.value_counts(labels.filter(pc.invert(there))).to_pylist():
                self.no_text[entry["values"]] += entry["counts"]

    def note_columns(self, labels: pa.Array, names: Sequence[str]) -> None:
        """Note the columns of some rows of a table."""
        for entry in pc.value_counts(labels).to_pylist():
            self.note_keys(entry["values"], names, entry["counts"])

    def keys(self, label: str, records: int) -> tuple[list[str], list[str]]:
        """Keys that all of so many records of a label have, and those that some have."""
        seen = self.keys_seen.get(label, Counter())
        required = sorted(name for name, n in seen.items() if n == records)
        return required, sorted(set(seen) - set(required))


class Source(ABC):
    """Documents that can be read more than once, unit by unit, in the same order each time."""

    @property
    @abstractmethod
    def units(self) -> Sequence[Unit]:
        """All units, in order."""

    @abstractmethod
    def read(self, unit: Unit, findings: Findings) -> Iterator[Texts]:
        """Yield the documents of a unit, and add to `findings`.

        Raises
        ------
        EurosiftError
            If it cannot be read.
        """

    def size_bytes(self, name: str) -> int:
        """Size on disk of the file of a unit."""
        return Path(name).stat().st_size
