"""The verdicts of two runs on the same documents, put side by side in bounded memory.

Shards whose documents layers are the same are read side by side, row by row, however they are
numbered. Documents of all others are joined by their ids: what is compared of each goes to one of
several temporary files by a hash of the id, and these are joined one after the other.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa

from eurosift.langid import buckets
from eurosift.pipeline import spill
from eurosift.pipeline.dag import BUCKET, LANGUAGE
from eurosift.pipeline.shards import read_batches
from eurosift.pipeline.spill import Codes
from eurosift.pipeline.tasks import Run
from eurosift.pipeline.view import REASONS, View
from eurosift.stages.footer import UNDETERMINED

PARTITION_ROWS = 4_000_000
"""Documents of a run that are joined at once: about 32 bytes each, and as much for the join."""
_KEPT = ""
_BETWEEN = "\x1f"


class Pair(NamedTuple):
    """What two runs say of a document.

    Attributes
    ----------
    before, after
        ``stage:reason`` of all that reject it; nothing if it is kept.
    label, label_after
        Its label: language and bucket.
    """

    before: tuple[str, ...]
    after: tuple[str, ...]
    label: str
    label_after: str


class Place(NamedTuple):
    """A document of the first run, and what is said of it."""

    shard: str
    row: int
    pair: Pair


@dataclass
class Verdicts:
    """Two runs, side by side.

    Attributes
    ----------
    pairs
        Documents that both have, by what the runs say of them.
    only_first, only_second
        Documents that one of them does not have.
    changed
        The first documents that one run keeps and the other rejects, as many as were asked for.
    by_row, by_id
        How many documents of the first run were found by their row, and how many were looked for
        by their id.
    """

    pairs: Counter[Pair] = field(default_factory=Counter)
    only_first: int = 0
    only_second: int = 0
    changed: list[Place] = field(default_factory=list)
    by_row: int = 0
    by_id: int = 0


class _Names:
    """Numbers for strings that recur."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self.names: list[str] = []

    def of(self, values: pl.Series) -> Codes:
        distinct = values.unique()
        for name in distinct.sort():
            if name not in self._numbers:
                self._numbers[name] = len(self.names)
                self.names.append(name)
        numbers = pl.Series([self._numbers[name] for name in distinct], dtype=pl.Int32)
        codes: Codes = values.replace_strict(distinct, numbers, return_dtype=pl.Int32).to_numpy()
        return codes


@dataclass(frozen=True)
class _Side:
    """One of the two runs."""

    run: Run
    view: View

    @classmethod
    def of(cls, run: Run) -> _Side:
        return cls(run, View(run))

    def documents(self, shard: str) -> str:
        """What is the same for the same documents in the same order."""
        head = self.run.files.layer_head(self.run.dag.source.name, shard)
        return "" if head is None else f"{head.rows}:{head.columns['id']}"

    def rows(self, shard: str) -> int:
        """Documents of a shard."""
        head = self.run.files.layer_head(self.run.dag.source.name, shard)
        return 0 if head is None else head.rows

    def ids(self, shard: str) -> Iterator[pa.Array]:
        """Ids of a shard."""
        for batch in read_batches(self.run.files.layer(self.run.dag.source.name, shard), ["id"]):
            yield batch.column(0)


class _Comparison:
    def __init__(self, first: _Side, second: _Side, *, listed: int) -> None:
        self.first = first
        self.second = second
        self.verdicts = _Names()
        self._kept = int(self.verdicts.of(pl.Series([_KEPT]))[0])
        self.labels = _Names()
        self.found = Verdicts()
        self._counts: Counter[tuple[int, int, int, int]] = Counter()
        self._listed = listed

    def run(self) -> Verdicts:
        theirs: dict[str, list[str]] = {}
        for shard in self.second.view.shards:
            theirs.setdefault(self.second.documents(shard), []).append(shard)
        left: list[str] = []
        for shard in self.first.view.shards:
            twins = theirs.get(self.first.documents(shard))
            if twins:
                self._by_row(shard, twins.pop(0))
            else:
                left.append(shard)
        self._by_id(left, [shard for twins in theirs.values() for shard in twins])
        for codes, n in self._counts.items():
            self.found.pairs[self._pair(*codes)] += n
        order = {shard: i for i, shard in enumerate(self.first.view.shards)}
        self.found.changed.sort(key=lambda place: (order[place.shard], place.row))
        del self.found.changed[self._listed :]
        return self.found

    def _codes(self, side: _Side, shard: str) -> tuple[Codes, Codes]:
        """Verdict and label of each document of a shard."""
        columns = [c for c in (LANGUAGE, BUCKET) if c in side.view.types]
        verdicts, labels = [np.empty(0, np.int32)], [np.empty(0, np.int32)]
        for frame in side.view.batches(shard, [*columns, REASONS]):
            reasons = frame[REASONS].list.sort().list.join(_BETWEEN).fill_null(_KEPT)
            verdicts.append(self.verdicts.of(reasons))
            labels.append(self.labels.of(_labels(frame)))
        return np.concatenate(verdicts), np.concatenate(labels)

    def _by_row(self, shard: str, twin: str) -> None:
        before, label = self._codes(self.first, shard)
        after, label_after = self._codes(self.second, twin)
        self.found.by_row += len(before)
        self._add(before, after, label, label_after)
        changed = np.flatnonzero((before == self._kept) != (after == self._kept))
        rows = changed[: max(0, self._listed - len(self.found.changed))]
        for row in rows.tolist():
            codes = (before[row], after[row], label[row], label_after[row])
            self.found.changed.append(Place(shard, row, self._pair(*codes)))

    def _pair(self, before: int, after: int, label: int, label_after: int) -> Pair:
        verdicts, labels = self.verdicts.names, self.labels.names
        return Pair(
            _reasons(verdicts[before]),
            _reasons(verdicts[after]),
            labels[label],
            labels[label_after],
        )

    def _add(self, before: Codes, after: Codes, label: Codes, label_after: Codes) -> None:
        table = np.column_stack([before, after, label, label_after])
        distinct, counts = np.unique(table, axis=0, return_counts=True)
        for codes, n in zip(distinct.tolist(), counts.tolist(), strict=True):
            self._counts[codes[0], codes[1], codes[2], codes[3]] += n

    def _by_id(self, ours: Sequence[str], theirs: Sequence[str]) -> None:
        if not ours and not theirs:
            return
        rows = sum(map(self.first.rows, ours)), sum(map(self.second.rows, theirs))
        self.found.by_id = rows[0]
        parts = max(1, -(-max(rows) // PARTITION_ROWS))
        with tempfile.TemporaryDirectory(prefix="eurosift-diff-") as name:
            folder = Path(name)
            self._spill(self.first, ours, folder, "first", parts)
            self._spill(self.second, theirs, folder, "second", parts)
            for part in range(parts):
                self._join(spill.load(folder, "first", part), spill.load(folder, "second", part))

    def _spill(
        self, side: _Side, shards: Sequence[str], folder: Path, name: str, parts: int
    ) -> None:
        numbers = {shard: i for i, shard in enumerate(side.view.shards)}
        files = [(folder / f"{name}-{i}").open("wb") for i in range(parts)]
        try:
            for shard in shards:
                verdicts, labels = self._codes(side, shard)
                start = 0
                for ids in side.ids(shard):
                    stop = start + len(ids)
                    spill.write(
                        files, ids, numbers[shard], start, verdicts[start:stop], labels[start:stop]
                    )
                    start = stop
        finally:
            for file in files:
                file.close()

    def _join(self, first: pl.DataFrame, second: pl.DataFrame) -> None:
        keys = ["high", "low", "nth"]
        both = spill.numbered(first).join(
            spill.numbered(second), on=keys, how="inner", suffix="_after"
        )
        self.found.only_first += first.height - both.height
        self.found.only_second += second.height - both.height
        columns = ("verdict", "verdict_after", "label", "label_after")
        if both.height:
            before, after, label, label_after = (both[c].to_numpy() for c in columns)
            self._add(before, after, label, label_after)
        is_kept, is_kept_after = (pl.col(name) == self._kept for name in columns[:2])
        changed = both.filter(is_kept != is_kept_after).sort("place")
        shards = self.first.view.shards
        for place, *codes in changed.select("place", *columns).head(self._listed).iter_rows():
            number, row = spill.place_of(place)
            self.found.changed.append(Place(shards[number], row, self._pair(*codes)))


def _labels(frame: pl.DataFrame) -> pl.Series:
    if LANGUAGE not in frame.columns:
        return pl.Series([UNDETERMINED]).new_from_index(0, frame.height)
    columns = [frame[c].to_arrow().cast(pa.string()) for c in (LANGUAGE, BUCKET) if c in frame]
    return pl.Series(buckets.labels(*columns, *[None] * (2 - len(columns)))).fill_null(UNDETERMINED)


def _reasons(verdict: str) -> tuple[str, ...]:
    return tuple(verdict.split(_BETWEEN)) if verdict else ()


def put_side_by_side(first: Run, second: Run, *, listed: int = 0) -> Verdicts:
    """Compare what two runs say of the documents, by the layers that each has completely.

    Parameters
    ----------
    first, second
        The runs.
    listed
        How many of the documents that only one run keeps to name.

    Raises
    ------
    EurosiftError
        If one of them has no documents yet, or a file is damaged.
    """
    return _Comparison(_Side.of(first), _Side.of(second), listed=listed).run()


def ids_of(run: Run, places: Iterable[Place]) -> dict[tuple[str, int], str]:
    """Ids of documents of a run by shard and row."""
    wanted: dict[str, list[int]] = {}
    for place in places:
        wanted.setdefault(place.shard, []).append(place.row)
    found: dict[tuple[str, int], str] = {}
    side = _Side.of(run)
    for shard, rows in wanted.items():
        start = 0
        for ids in side.ids(shard):
            for row in rows:
                if start <= row < start + len(ids):
                    found[shard, row] = ids[row - start].as_py()
            start += len(ids)
    return found
