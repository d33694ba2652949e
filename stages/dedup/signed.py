"""How the phases address documents, and how they read the signatures of one language.

A document's number is ``shard << 32 | row``: it orders documents as the run does, and stays the
same when shards are added.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from eurosift.filters.arrays import UInt64s
from eurosift.filters.buffers import string_buffers
from eurosift.stages.base import Sink, Workspace
from eurosift.stages.errors import StageError

ROW_BITS = 32
ROW_GROUP_ROWS = 8192
"""Rows per row group of files that are read in parts; below the cap of the runtime's writer."""

Parts = Mapping[str, Mapping[str, Any]]
"""Per shard: ``rows``, ``row_groups`` and ``digest`` of one language or shard in one file."""


def document_numbers(shard: str, rows: pa.Array) -> UInt64s:
    """Numbers of some rows of a shard."""
    numbers: UInt64s = rows.to_numpy(zero_copy_only=False).astype(np.uint64)
    return numbers | np.uint64(int(shard) << ROW_BITS)


def shard_keys(numbers: UInt64s, shards: Sequence[str]) -> pa.StringArray:
    """Shard of each document, by its number."""
    known, places = np.unique(numbers >> np.uint64(ROW_BITS), return_inverse=True)
    keys = {int(shard): shard for shard in shards}
    return pa.array([keys[number] for number in known.tolist()], pa.string()).take(pa.array(places))


def write_part(table: pa.Table, sink: Sink, first_row_group: int) -> dict[str, Any]:
    """Write rows as row groups of their own; return what `Parts` says about them."""
    table = table.combine_chunks()
    starts = range(0, table.num_rows, ROW_GROUP_ROWS)
    for start in starts:
        for batch in table.slice(start, ROW_GROUP_ROWS).to_batches():
            sink.write(batch)
        sink.end_row_group()
    return {
        "rows": table.num_rows,
        "row_groups": list(range(first_row_group, first_row_group + len(starts))),
        "digest": content_digest(table),
    }


def content_digest(table: pa.Table) -> str:
    """xxh128 hex of the values of a table, whatever its chunks and what lies under its nulls."""
    digest = xxhash.xxh3_128()
    for column in table.columns:
        array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        digest.update(_bytes(array.is_valid()))
        values = array.drop_null()
        if pa.types.is_fixed_size_list(values.type):
            values = values.flatten()
        if pa.types.is_string(values.type):
            data, offsets, _ = string_buffers(values)
            digest.update(np.diff(offsets).data)
            digest.update(data[offsets[0] : offsets[-1]].data)
        elif pa.types.is_fixed_size_binary(values.type):
            width = values.type.byte_width
            start = values.offset * width
            buffer = memoryview(values.buffers()[1] or b"")
            digest.update(buffer[start : start + len(values) * width])
        else:
            digest.update(_bytes(values))
    return digest.hexdigest()


def _bytes(values: pa.Array) -> memoryview:
    numbers = np.ascontiguousarray(values.to_numpy(zero_copy_only=False))
    return numbers.view(np.uint8).data


def languages(signed: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, dict[str, Any]]]:
    """Parts of every language, by the facts of the sign phase; languages sorted."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for shard, facts in signed.items():
        for language, part in facts["languages"].items():
            found.setdefault(language, {})[shard] = part
    return dict(sorted(found.items()))


def read_part(
    workspace: Workspace, phase: str, key: str, part: Mapping[str, Any], columns: Sequence[str]
) -> Iterator[pa.RecordBatch]:
    """Read columns of one part of a file of an earlier phase.

    Raises
    ------
    StageError
        If it does not have the rows that the footer promises.
    """
    n_rows = 0
    for batch in workspace.table(phase, key, columns, part["row_groups"]):
        n_rows += batch.num_rows
        yield batch
    if n_rows != part["rows"]:
        raise StageError(
            f"{phase}/{key}.parquet: {n_rows} rows in row groups {part['row_groups']}, where the "
            f"footer says {part['rows']}; delete the file and run again"
        )


def read_parts(
    workspace: Workspace, parts: Parts, columns: Sequence[str]
) -> Iterator[tuple[UInt64s, pa.RecordBatch]]:
    """Read columns of one language from the files of the sign phase, with the document numbers.

    In the order of the document numbers.
    """
    for shard, part in parts.items():
        for batch in read_part(workspace, "sign", shard, part, ["row", *columns]):
            yield document_numbers(shard, batch.column("row")), batch.select(list(columns))


def gather(batches: Sequence[pa.RecordBatch], schema: pa.Schema) -> pa.Table:
    """Make one table of batches, with one chunk per column."""
    return pa.Table.from_batches(batches, schema).combine_chunks()


def as_strings(values: pa.Array) -> pa.Array:
    """Cast a column of ids or labels to ``string``."""
    return values if pa.types.is_string(values.type) else pc.cast(values, pa.string())
