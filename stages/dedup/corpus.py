"""The corpus of one language: its documents in all shards, of earlier runs too, numbered on end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

import numpy as np
import orjson
import pyarrow as pa
import xxhash

from eurosift.filters.arrays import Int64s
from eurosift.stages.dedup.earlier import open_earlier
from eurosift.stages.dedup.signed import (
    KEY_COLUMNS,
    Entries,
    key_row_groups,
    keys_of,
)
from eurosift.stages.errors import StageError
from eurosift.stages.phases import Workspace


class Read(Protocol):
    """Reads columns of some row groups of a file."""

    def __call__(
        self, columns: Sequence[str], row_groups: Sequence[int]
    ) -> Iterator[pa.RecordBatch]:
        """Yield them in order."""


@dataclass(frozen=True)
class Part:
    """The documents of one language in one shard.

    Attributes
    ----------
    run
        Name of the earlier run that the shard is of; None for this one.
    order
        Number of the run: those of earlier runs come first.
    shard
        Its key.
    base
        Number of the first document; they are numbered over all parts of the language.
    facts
        What the sign phase says of them.
    """

    run: str | None
    order: int
    shard: str
    base: int
    facts: Mapping[str, Any]
    read: Read

    @property
    def rows(self) -> int:
        """How many documents there are."""
        n: int = self.facts["rows"]
        return n

    def keys(self, low: int, high: int) -> Iterator[tuple[str, Entries]]:
        """Read the keys of a range, ``low <= key < high``."""
        row_groups = key_row_groups(self.facts["keys"], low, high)
        if row_groups:
            yield from keys_of(self.read(KEY_COLUMNS, row_groups), low, high)

    def documents(self, columns: Sequence[str], places: Int64s) -> Iterator[pa.RecordBatch]:
        """Read columns of some documents, given by their places, ascending.

        Raises
        ------
        StageError
            If the file has other rows than its footer promises.
        """
        starts: list[int] = [*self.facts["starts"], self.rows]
        row_groups: list[int] = self.facts["row_groups"]
        groups = np.unique(np.searchsorted(starts, places, side="right") - 1).tolist()
        batches = self.read(columns, [row_groups[group] for group in groups])
        for group in groups:
            start = starts[group]
            while start < starts[group + 1]:
                batch = next(batches, None)
                end = starts[group + 1] if batch is None else start + batch.num_rows
                if batch is None or end > starts[group + 1]:
                    raise StageError(
                        f"signatures of shard {self.shard}: row group {row_groups[group]} has not "
                        "the rows that the footer says; delete the file and run again"
                    )
                first, last = np.searchsorted(places, [start, end])
                if first < last:
                    yield batch.take(pa.array(places[first:last] - start))
                start = end


@dataclass(frozen=True)
class Corpus:
    """All documents of one language.

    Attributes
    ----------
    language
        Its label.
    parts
        Its parts: those of earlier runs, then those of this one, in the order of the shards.
    inputs
        Digests of all that they hold.
    """

    language: str
    parts: Sequence[Part]
    inputs: Mapping[str, str]

    @property
    def documents(self) -> int:
        """How many documents there are."""
        return self.parts[-1].base + self.parts[-1].rows if self.parts else 0

    def entries(self, kind: str) -> int:
        """How many keys of a kind there are."""
        return sum(part.facts["entries"].get(kind, 0) for part in self.parts)


class Corpora:
    """The corpora of a run and of those that it is compared with.

    Parameters
    ----------
    against
        Folders of earlier runs.
    scheme
        What has to be the same in them.
    """

    def __init__(self, against: tuple[Path, ...], scheme: Mapping[str, Any]) -> None:
        self._against = against
        self._scheme = scheme

    def languages(self, workspace: Workspace) -> list[str]:
        """Languages that have documents in this run, sorted."""
        return sorted(
            {name for facts in workspace.facts("sign").values() for name in facts["languages"]}
        )

    def of(self, language: str, workspace: Workspace) -> Corpus:
        """The corpus of a language."""
        found: list[Part] = []
        inputs = {}
        base = 0
        runs = open_earlier(self._against, self._scheme) if self._against else ()
        sources: list[tuple[str | None, Mapping[str, Mapping[str, Any]], Any]] = [
            (run.name, run.facts, run.read) for run in runs
        ]
        sources.append((None, workspace.facts("sign"), partial(_read_own, workspace)))
        for order, (run, shards, read) in enumerate(sources):
            digests = []
            for shard, facts in shards.items():
                part = facts["languages"].get(language)
                if part is not None:
                    found.append(Part(run, order, shard, base, part, partial(read, shard)))
                    base += part["rows"]
                    digests.append([shard, part["digest"]])
            name = "signatures" if run is None else f"signatures of {run}"
            inputs[name] = xxhash.xxh3_128_hexdigest(orjson.dumps(digests))
        return Corpus(language, found, inputs)


def _read_own(
    workspace: Workspace, shard: str, columns: Sequence[str], row_groups: Sequence[int]
) -> Iterator[pa.RecordBatch]:
    return workspace.table("sign", shard, columns, row_groups)


def item_key(language: str, number: int) -> str:
    """Key and file name of a part of a language; labels may hold any character."""
    return f"{quote(language, safe='')}-{number:05d}"
