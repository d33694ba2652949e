"""The files of the sign phase: one per shard, from which later phases read what they need.

A file holds two kinds of rows, by language. Documents, in the order of their rows, have an ``id``.
Behind them come the keys that they are matched by, sorted: each such row has a ``kind`` and up to
`CHUNK` keys, with the places of their documents among those of the language. Keys are hashes, so
they are cut into row groups by dividing their range evenly: who wants the keys of one range knows
which row groups to read. At the end stand the keys of all ids, with the rows of their documents.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from eurosift.dedup.exact import HASH_TYPE
from eurosift.dedup.match import sort_keys
from eurosift.filters.arrays import UInt32s, UInt64s
from eurosift.filters.buffers import string_buffers
from eurosift.stages.dedup.config import DedupConfig
from eurosift.stages.phases import Sink
from eurosift.stages.sizes import slices

EXACT, URL, NEAR, ID = "exact", "url", "near", "id"
KINDS = (EXACT, URL, NEAR)
"""Kinds of keys that make duplicates; of two documents that share several, the first one counts."""
WIDE = (EXACT, URL, ID)
"""Kinds of keys with 128 bits, where no two may ever agree by chance."""

ROW_GROUP_ROWS = 8192
"""Rows per row group of files that are read in parts; below the cap of the runtime's writer."""
ROW_GROUP_BYTES = 64 << 20
"""Bytes of these rows, likewise."""
CHUNK = 4096
"""Keys per row."""
GROUP_KEYS = 1 << 18
"""Keys per row group, about, where they are spread evenly."""
MOST_KEYS = 1 << 21
"""Most keys per row group; below the cap of the runtime's writer."""
KEY_SPACE = 1 << 64


def schema(config: DedupConfig) -> pa.Schema:
    """Schema of the files.

    ``merits`` is what the keeper policy ranks by. ``minima`` and ``shingles`` are there if the
    configuration asks for signatures and for verification; they are null for documents that are
    too short for them.
    """
    fields: dict[str, pa.DataType] = {
        "language": pa.string(),
        "row": pa.uint32(),
        "id": pa.string(),
        "text_hash": HASH_TYPE,
        "url_hash": HASH_TYPE,
        "merits": pa.list_(pa.float64()),
    }
    if config.keep_signatures:
        fields["minima"] = pa.list_(pa.from_numpy_dtype(config.minhash().dtype))
    if config.verify is not None:
        fields["shingles"] = pa.list_(pa.uint32())
    keys = {
        "kind": pa.string(),
        "keys": pa.list_(pa.uint64()),
        "checks": pa.list_(pa.uint64()),
        "places": pa.list_(pa.uint32()),
    }
    return pa.schema(fields | keys)


class Entries(NamedTuple):
    """Keys of one kind: uint64, shape (1 or 2, n), and the place of each one's document."""

    keys: UInt64s
    places: UInt32s


def write_keys(
    entries: Mapping[str, Entries], language: str | None, schema: pa.Schema, sink: Sink, first: int
) -> list[int]:
    """Write keys as row groups of their own, the first of which is number `first`.

    Returns
    -------
    list of int
        Where the row groups of each part of the key space begin, and where the last one ends.
    """
    n = sum(len(found.places) for found in entries.values())
    n_groups = -(-n // GROUP_KEYS)
    cuts = [number * KEY_SPACE // n_groups for number in range(1, n_groups)]
    sorted_entries = {}
    for kind, found in entries.items():
        keys, order = sort_keys(found.keys[0])
        checks = found.keys[1][order] if kind in WIDE else None
        ends = [0, *np.searchsorted(keys, np.array(cuts, np.uint64)).tolist(), len(keys)]
        sorted_entries[kind] = (keys, checks, found.places[order], ends)
    bounds = [first]
    for group in range(n_groups):
        held = n_row_groups = 0
        for kind, (keys, checks, places, ends) in sorted_entries.items():
            for start in range(ends[group], ends[group + 1], MOST_KEYS):
                part = slice(start, min(start + MOST_KEYS, ends[group + 1]))
                if held and held + part.stop - part.start > MOST_KEYS:
                    sink.end_row_group()
                    n_row_groups += 1
                    held = 0
                held += part.stop - part.start
                values: dict[str, UInt64s | UInt32s]
                values = {"keys": keys[part], "places": places[part]}
                if checks is not None:
                    values["checks"] = checks[part]
                sink.write(_rows_of_keys(language, kind, values, schema))
        if held:  # where many documents are the same, a part may have no keys
            sink.end_row_group()
            n_row_groups += 1
        bounds.append(bounds[-1] + n_row_groups)
    return bounds


def _rows_of_keys(
    language: str | None, kind: str, values: Mapping[str, UInt64s | UInt32s], schema: pa.Schema
) -> pa.RecordBatch:
    """Cut keys into rows of `CHUNK`."""
    n = len(values["keys"])
    offsets = pa.array(np.minimum(np.arange(0, n + CHUNK, CHUNK), n).astype(np.int32))
    n_rows = len(offsets) - 1
    columns = {name: pa.ListArray.from_arrays(offsets, pa.array(x)) for name, x in values.items()}
    columns["language"] = pa.array([language] * n_rows, pa.string())
    columns["kind"] = pa.array([kind] * n_rows)
    return pa.RecordBatch.from_arrays(
        [columns.get(field.name, pa.nulls(n_rows, field.type)) for field in schema], schema=schema
    )


def key_row_groups(bounds: Sequence[int], low: int, high: int) -> range:
    """Row groups that may hold keys of a range, ``low <= key < high``."""
    n_groups = len(bounds) - 1
    if n_groups < 1 or low >= high:
        return range(0)
    # One to either side: the cuts are rounded.
    first = max(low * n_groups // KEY_SPACE - 1, 0)
    last = min((high - 1) * n_groups // KEY_SPACE + 1, n_groups - 1)
    return range(bounds[first], bounds[last + 1])


KEY_COLUMNS = ("kind", "keys", "checks", "places")


def keys_of(
    batches: Iterator[pa.RecordBatch], low: int, high: int
) -> Iterator[tuple[str, Entries]]:
    """Keys of a range among rows with `KEY_COLUMNS`."""
    for batch in batches:
        for kind in pc.unique(batch.column("kind")).drop_null().to_pylist():
            rows = batch.filter(pc.equal(batch.column("kind"), kind))
            names = ("keys", "checks") if kind in WIDE else ("keys",)
            keys = np.stack([rows.column(name).flatten().to_numpy() for name in names])
            places = rows.column("places").flatten().to_numpy()
            inside = keys[0] >= np.uint64(low)
            if high < KEY_SPACE:
                inside &= keys[0] < np.uint64(high)
            if not inside.all():
                keys, places = keys[:, inside], places[inside]
            yield kind, Entries(keys, places)


def write_part(table: pa.Table, sink: Sink, first_row_group: int) -> dict[str, Any]:
    """Write rows as row groups of their own.

    Returns
    -------
    dict
        ``rows``, ``row_groups``, the first row of each of them in ``starts``, and ``digest``.
    """
    table = table.combine_chunks()
    starts = []
    start = 0
    for batch in table.to_batches(ROW_GROUP_ROWS):
        for part in slices(batch, ROW_GROUP_BYTES):
            sink.write(part)
            sink.end_row_group()
            starts.append(start)
            start += part.num_rows
    return {
        "rows": table.num_rows,
        "row_groups": list(range(first_row_group, first_row_group + len(starts))),
        "starts": starts,
        "digest": content_digest(table),
    }


def content_digest(table: pa.Table) -> str:
    """xxh128 hex of the values of a table, whatever its chunks and what lies under its nulls."""
    digest = xxhash.xxh3_128()
    for column in table.columns:
        array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        digest.update(_bytes(array.is_valid()))
        values = array.drop_null()
        if pa.types.is_list(values.type):
            digest.update(_bytes(pc.list_value_length(values)))
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


def gather(batches: Sequence[pa.RecordBatch], schema: pa.Schema) -> pa.Table:
    """Make one table of batches, with one chunk per column."""
    return pa.Table.from_batches(batches, schema).combine_chunks()


def as_strings(values: pa.Array) -> pa.Array:
    """Cast a column of ids or labels to ``string``."""
    return values if pa.types.is_string(values.type) else pc.cast(values, pa.string())
