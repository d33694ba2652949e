"""How many bytes rows are, so that batches and row groups are bounded by bytes, not by rows alone.

Sizes are a function of the values: where a file is cut must not depend on how its rows came.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from eurosift.filters.arrays import Int64s

BATCH_BYTES = 16 << 20
"""Bytes of a batch; a row that is larger is a batch of its own."""

ITEM_BYTES = 4
"""What the place of an item in a list costs: a list of empty strings is not free."""


def row_bytes(batch: pa.RecordBatch) -> Int64s:
    """Bytes of the values of each row: int64, shape (n_rows,).

    Strings count by their length, lists by their items; nulls of either count nothing.
    """
    sizes = np.zeros(batch.num_rows, np.int64)
    for column in batch.columns:
        sizes += _value_bytes(column)
    return sizes


def _value_bytes(values: pa.Array) -> Int64s | int:
    """Bytes of each value; one number if they have the same."""
    kind = values.type
    if pa.types.is_null(kind):
        return 0
    if pa.types.is_struct(kind):
        return sum(map(_value_bytes, values.flatten()))
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        items = _value_bytes(values.flatten()) + ITEM_BYTES
        lengths = _numbers(pc.list_value_length(values))
        if isinstance(items, int):
            return lengths * items
        before: Int64s = np.concatenate([[0], np.cumsum(items)])
        ends = np.cumsum(lengths)
        sizes: Int64s = before[ends] - before[ends - lengths]
        return sizes
    if pa.types.is_dictionary(kind):
        return _value_bytes(values.dictionary_decode())
    try:
        return int(-(-kind.bit_width // 8))
    except ValueError:  # of no fixed width
        return 0 if values.null_count == len(values) else _numbers(pc.binary_length(values))


def _numbers(lengths: pa.Array) -> Int64s:
    numbers: Int64s = pc.fill_null(lengths, 0).to_numpy(zero_copy_only=False).astype(np.int64)
    return numbers


def slices(batch: pa.RecordBatch, max_bytes: int = BATCH_BYTES) -> Iterator[pa.RecordBatch]:
    """Cut a batch into consecutive slices of at most `max_bytes`, or of one larger row."""
    ends = np.cumsum(row_bytes(batch))
    start = 0
    while start < batch.num_rows:
        before = int(ends[start - 1]) if start else 0
        stop = max(int(np.searchsorted(ends, before + max_bytes, side="right")), start + 1)
        yield batch.slice(start, stop - start)
        start = stop


def rows_that_fit(
    group: pq.RowGroupMetaData, columns: Collection[str] | None, most: int, max_bytes: int
) -> int:
    """How many rows of a row group of a Parquet file are `max_bytes` on average; 1 to `most`.

    Parameters
    ----------
    group
        What the file says of it.
    columns
        Names of the columns that will be read; None for all.
    most
        Upper bound.
    max_bytes
        As the file holds them, before compression.
    """
    chunks = [group.column(i) for i in range(group.num_columns)]
    size: int = sum(
        chunk.total_uncompressed_size
        for chunk in chunks
        if columns is None
        or any(f"{chunk.path_in_schema}.".startswith(f"{name}.") for name in columns)
    )
    fitting: int = max_bytes * group.num_rows // max(size, 1)
    return min(most, max(1, fitting))
