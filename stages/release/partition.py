"""Sorts the rows of a stream into row groups of one partition each, in bounded memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from eurosift.stages.phases import Sink
from eurosift.stages.release.content import content_digest
from eurosift.stages.sizes import row_bytes

GROUP_ROWS = 10_000
GROUP_BYTES = 64 << 20
"""Caps of a row group (rows, bytes by `row_bytes`); below those of the sink, so that a row group
here is a row group in the file and its index is known."""
HELD_BYTES = 256 << 20
"""How much is held back at most while row groups fill up."""


class Key(NamedTuple):
    """A partition; sorts kept before rejected, then by language and split."""

    verdict: str
    language: str
    split: str = ""


@dataclass(slots=True)
class _Partition:
    pieces: list[pa.RecordBatch] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)
    rows: int = 0
    size_bytes: int = 0


class Partitioner:
    """Writes rows to a sink, one partition per row group, each partition in row order.

    Where row groups end depends on the sequence of rows alone, not on how it was batched.

    Parameters
    ----------
    sink
        Where the row groups go.
    columns
        By verdict, the columns that the digest of a row group covers.
    group_rows, group_bytes
        Caps of one row group.
    held_bytes
        Cap on what is held back over all partitions; the largest one is written when it is reached.
    """

    def __init__(
        self,
        sink: Sink,
        columns: Mapping[str, Sequence[str]],
        *,
        group_rows: int = GROUP_ROWS,
        group_bytes: int = GROUP_BYTES,
        held_bytes: int = HELD_BYTES,
    ) -> None:
        self._sink = sink
        self._columns = columns
        self._group_rows = group_rows
        self._group_bytes = group_bytes
        self._held_bytes = held_bytes
        self._held = 0
        self._partitions: dict[Key, _Partition] = {}
        self.row_groups: list[dict[str, Any]] = []
        """Verdict, language, split, rows, text bytes and content digest of each row group."""

    def add(self, batch: pa.RecordBatch, keys: Sequence[Key]) -> None:
        """Append rows, with the partition of each."""
        sizes = row_bytes(batch).tolist()
        for row, (key, size) in enumerate(zip(keys, sizes, strict=True)):
            partition = self._partitions.setdefault(key, _Partition())
            full = partition.rows >= self._group_rows
            if partition.rows and (full or partition.size_bytes + size > self._group_bytes):
                self._flush(key, batch)
            elif self._held and self._held + size > self._held_bytes:
                largest = max(self._partitions, key=lambda k: (self._partitions[k].size_bytes, k))
                self._flush(largest, batch)
            partition.waiting.append(row)
            partition.rows += 1
            partition.size_bytes += size
            self._held += size
        for partition in self._partitions.values():
            _settle(partition, batch)

    def finish(self) -> None:
        """Write what is left, partition by partition."""
        for key in sorted(self._partitions):
            if self._partitions[key].rows:
                self._flush(key, None)

    def _flush(self, key: Key, batch: pa.RecordBatch | None) -> None:
        partition = self._partitions[key]
        _settle(partition, batch)
        rows = pa.concat_batches(partition.pieces)
        self._sink.write(rows)
        self._sink.end_row_group()
        text = pc.sum(pc.binary_length(rows.column("text"))).as_py() or 0
        self.row_groups.append(
            {
                "verdict": key.verdict,
                "language": key.language,
                "split": key.split,
                "rows": rows.num_rows,
                "text_bytes": text,
                "digest": content_digest(rows.select(list(self._columns[key.verdict]))),
            }
        )
        self._held -= partition.size_bytes
        partition.pieces, partition.rows, partition.size_bytes = [], 0, 0


def _settle(partition: _Partition, batch: pa.RecordBatch | None) -> None:
    """Copy the rows that wait out of the batch, which is about to go."""
    if partition.waiting and batch is not None:
        partition.pieces.append(batch.take(pa.array(partition.waiting, pa.int64())))
        partition.waiting = []
