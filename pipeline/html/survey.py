"""One pass over columns of numbers: what footers do not tell is counted here, shard by shard.

All documents of shards that are spread evenly over the plan are read, as many shards as hold the
documents that were asked for. Which these are depends on the plan and on row counts alone. Of a
shard that is much larger than its share, blocks of rows are read that are spread evenly over it.
Never more than one block is in memory, and counters keep sums: memory does not grow with a run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, Protocol

import polars as pl

from eurosift.langid import buckets
from eurosift.pipeline.dag import BUCKET, LANGUAGE
from eurosift.pipeline.tasks import Run
from eurosift.pipeline.view import KEPT, View
from eurosift.stages.footer import UNDETERMINED

LABEL: Final = "label"
"""Column of a block with the language as reports have it: with its bucket, ``und`` for none."""
BLOCK_ROWS: Final = 16_384
LEAST_SHARDS: Final = 64
"""So many shards are read, if there are as many, however large they are."""


class Counter(Protocol):
    """Counts something over blocks of rows."""

    @property
    def columns(self) -> Sequence[str]:
        """Columns that it reads, besides `LABEL` and `KEPT`."""

    def add(self, rows: pl.DataFrame) -> None:
        """Count a block."""


@dataclass
class Survey:
    """Which rows are read.

    Attributes
    ----------
    view
        Rows of the stages that are done.
    shards
        The shards that are read, and every how many-th block of them.
    planned
        How many shards the run has.
    documents
        How many documents were counted; known when it is over.
    total
        How many documents the run has.
    """

    view: View
    shards: Sequence[tuple[str, int]]
    planned: int
    total: int
    documents: int = 0

    @classmethod
    def of(cls, run: Run, documents: int | None) -> Survey:
        """Choose shards of so many documents, or all of them, of the stages that are complete."""
        view = View(run, partial=True)
        with run.files.glance():
            rows = [(shard, _rows(run, shard)) for shard in view.shards]
        total = sum(n for _, n in rows)
        return cls(view, list(_spread(rows, documents)), len(run.plan.shards), total)

    @property
    def is_complete(self) -> bool:
        """Whether every document of the run was counted."""
        return self.documents == self.total and len(self.shards) == self.planned

    def has(self, *columns: str) -> bool:
        """Whether the stages that are done have these columns."""
        return all(column in self.view.types for column in columns)

    def run(self, counters: Sequence[Counter]) -> None:
        """Read the rows once, for all counters."""
        columns = list(dict.fromkeys(column for each in counters for column in each.columns))
        # A call costs the same for few rows as for many, and there may be a few rows a shard.
        for block in _joined(self._blocks(columns)):
            labelled = block.with_columns(_labels(block))
            self.documents += block.height
            for each in counters:
                each.add(labelled)

    def _blocks(self, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        labels = [c for c in (LANGUAGE, BUCKET) if self.has(c)]
        read = list(dict.fromkeys([*labels, *columns, KEPT]))
        for shard, stride in self.shards:
            yield from islice(_joined(self.view.batches(shard, read)), None, None, stride)


def _rows(run: Run, shard: str) -> int:
    head = run.files.layer_head(run.dag.source.name, shard)
    return 0 if head is None else head.rows


def _spread(rows: Sequence[tuple[str, int]], documents: int | None) -> Iterator[tuple[str, int]]:
    """Shards of about so many documents, evenly spread, each with its stride."""
    total = sum(n for _, n in rows)
    if documents is None or total <= documents:
        yield from ((shard, 1) for shard, _ in rows)
        return
    if documents == 0:
        return
    wanted = round(documents / total * len(rows))
    count = min(len(rows), max(wanted, LEAST_SHARDS, 1))
    share = documents / count
    for i in range(count):
        shard, n = rows[i * len(rows) // count]
        blocks, few = -(-n // BLOCK_ROWS), max(1, round(share / BLOCK_ROWS))
        yield shard, max(1, blocks // few)


def _joined(batches: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    waiting: list[pl.DataFrame] = []
    height = 0
    for batch in batches:
        waiting.append(batch)
        height += batch.height
        if height >= BLOCK_ROWS:
            yield pl.concat(waiting, rechunk=True)
            waiting, height = [], 0
    if waiting:
        yield pl.concat(waiting, rechunk=True)


def _labels(block: pl.DataFrame) -> pl.Series:
    if LANGUAGE not in block.columns:
        return pl.Series(LABEL, [UNDETERMINED] * block.height, pl.String)
    bucket = block[BUCKET].to_arrow() if BUCKET in block.columns else None
    found = pl.Series(LABEL, buckets.labels(block[LANGUAGE].cast(pl.String).to_arrow(), bucket))
    return found.cast(pl.String).fill_null(UNDETERMINED)
