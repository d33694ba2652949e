"""Phase lines: how many documents of a shard have each line, by domain.

Files hold keys in ascending order, up to `CHUNK` in a row, and `ROWS` rows in a row group; the
first key of each row group is a fact, so that who wants a range reads nothing else.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from eurosift.dedup.lines import Counted, count, line_keys
from eurosift.filters.hosts import registrable
from eurosift.stages.dedup.signed import KEY_SPACE
from eurosift.stages.phases import Item, Sink, TablePhase, Workspace
from eurosift.stages.templates.config import TemplatesConfig

CHUNK = 4096
ROWS = 64

READS = ("text", "url")
_NONE = np.empty(0, np.uint32)


def domains_of(urls: pa.Array) -> list[str | None]:
    """Registrable domains of URLs; None where there is none."""
    return [None if url is None else registrable(url) for url in urls.to_pylist()]


class CountLines(TablePhase):
    """Counts the active documents of a shard that have each line, and those of each domain."""

    name: ClassVar[str] = "lines"

    def __init__(self, config: TemplatesConfig) -> None:
        self._config = config

    @property
    def schema(self) -> pa.Schema:
        """Columns of `Counted`, cut into rows."""
        return pa.schema(
            {
                "keys": pa.list_(pa.uint64()),
                "first_rows": pa.list_(pa.uint32()),
                "counts": pa.list_(pa.uint32()),
            }
        )

    def items(self, workspace: Workspace) -> Sequence[Item]:
        """One item per shard."""
        return [
            Item(shard, f"lines/{shard}.parquet", workspace.digests(shard, READS))
            for shard in workspace.shards
        ]

    def run(self, item: Item, workspace: Workspace, sink: Sink) -> None:
        """Count the lines of one shard."""
        keys, rows = [np.empty(0, np.uint64)], [_NONE]
        first_row = 0
        for batch, active in workspace.rows(item.key, READS):
            mask = pc.fill_null(active, False)  # noqa: FBT003 - pyarrow takes the value by position
            numbers = np.flatnonzero(mask.to_numpy(zero_copy_only=False)) + first_row
            first_row += batch.num_rows
            kept = batch.filter(mask)
            found = line_keys(kept.column("text"), domains_of(kept.column("url")))
            of_batch, texts = found.keys, found.texts
            if self._config.min_share:
                of_batch, texts = found.with_domains()
            keys.append(of_batch)
            rows.append(numbers[texts].astype(np.uint32))
        counted = count(np.concatenate(keys), np.concatenate(rows))
        sink.facts["lines"] = len(counted.keys)
        sink.facts["first_keys"] = self._write(counted, sink)

    def _write(self, counted: Counted, sink: Sink) -> list[int]:
        first_keys = []
        for start in range(0, len(counted.keys), CHUNK * ROWS):
            part = [column[start : start + CHUNK * ROWS] for column in counted]
            n = len(part[0])
            offsets = pa.array(np.minimum(np.arange(0, n + CHUNK, CHUNK), n).astype(np.int32))
            lists = [pa.ListArray.from_arrays(offsets, pa.array(column)) for column in part]
            sink.write(pa.RecordBatch.from_arrays(lists, schema=self.schema))
            sink.end_row_group()
            first_keys.append(int(part[0][0]))
        return first_keys


def read_range(
    workspace: Workspace, shard: str, facts: Mapping[str, Any], low: int, high: int
) -> Counted:
    """What was counted in a shard of a range of keys, ``low <= key < high``."""
    starts: list[int] = facts["first_keys"]
    groups = range(max(bisect_right(starts, low) - 1, 0), bisect_left(starts, high))
    batches: Iterator[pa.RecordBatch] = iter(())
    if groups:
        batches = workspace.table("lines", shard, Counted._fields, groups)
    keys, first_rows, counts = [np.empty(0, np.uint64)], [_NONE], [_NONE]
    for batch in batches:
        parts = [column.flatten().to_numpy() for column in batch.columns]
        keys.append(parts[0])
        first_rows.append(parts[1])
        counts.append(parts[2])
    found = Counted(np.concatenate(keys), np.concatenate(first_rows), np.concatenate(counts))
    inside = found.keys >= np.uint64(low)
    if high < KEY_SPACE:
        inside &= found.keys < np.uint64(high)
    return Counted(found.keys[inside], found.first_rows[inside], found.counts[inside])
