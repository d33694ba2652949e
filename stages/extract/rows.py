"""Rows to record batches of bounded size, and the ids of rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa
import xxhash

_BATCH_ROWS = 256
_BATCH_BYTES = 16_000_000


def row_id(*parts: str | int) -> str:
    """Return the xxh128 hex digest of `parts`, which zero bytes separate."""
    return xxhash.xxh128_hexdigest("\0".join(map(str, parts)).encode("utf-8", "surrogatepass"))


def exceeds(text: str, max_bytes: int) -> bool:
    """Whether the UTF-8 of a text is longer than `max_bytes`."""
    if len(text) > max_bytes or 4 * len(text) <= max_bytes or text.isascii():
        return len(text) > max_bytes
    return len(text.encode("utf-8", "surrogatepass")) > max_bytes


def batches(rows: Iterable[Mapping[str, Any]], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Gather rows into batches of at most 256 rows or, by a row more, 16 MB of strings."""
    pending: list[Mapping[str, Any]] = []
    size = 0
    for row in rows:
        pending.append(row)
        size += sum(len(value) for value in row.values() if isinstance(value, str))
        if len(pending) >= _BATCH_ROWS or size >= _BATCH_BYTES:
            yield _batch(pending, schema)
            pending, size = [], 0
    if pending:
        yield _batch(pending, schema)


def _batch(rows: list[Mapping[str, Any]], schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(
        [pa.array([row.get(field.name) for row in rows], field.type) for field in schema],
        schema=schema,
    )
