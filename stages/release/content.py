"""A digest of rows that depends on their values alone."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import xxhash


def content_digest(batch: pa.RecordBatch) -> str:
    """xxh128 hex of the rows of a batch.

    Equal values of equal types give equal digests, whatever lies under a null, before an offset or
    behind the end of a buffer.

    Raises
    ------
    TypeError
        If a column is of a type that no release has (dictionaries, large strings, maps, …).
    """
    hasher = xxhash.xxh3_128()
    for field, column in zip(batch.schema, batch.columns, strict=True):
        hasher.update(f"{field.name}:{field.type};".encode())
        _feed(hasher, column)
    return hasher.hexdigest()


def combine(digests: list[str]) -> str:
    """xxh128 hex of a sequence of digests."""
    return xxhash.xxh3_128_hexdigest("\n".join(digests).encode())


def _feed(hasher: xxhash.xxh3_128, array: pa.Array) -> None:
    hasher.update(f"{len(array)},{array.null_count};".encode())
    if array.null_count:
        hasher.update(np.packbits(np.asarray(array.is_valid())).tobytes())
        array = array.drop_null()
    kind = array.type
    if pa.types.is_struct(kind):
        for child in array.flatten():
            _feed(hasher, child)
    elif pa.types.is_list(kind):
        hasher.update(np.ascontiguousarray(array.value_lengths()).tobytes())
        _feed(hasher, array.flatten())
    elif pa.types.is_string(kind):
        _, offset_buffer, data = array.buffers()
        if len(array) and offset_buffer is not None:
            offsets = np.frombuffer(offset_buffer, np.int32)
            offsets = offsets[array.offset : array.offset + len(array) + 1]
            hasher.update(np.diff(offsets).tobytes())
            if data is not None:
                hasher.update(memoryview(data)[int(offsets[0]) : int(offsets[-1])])
    elif pa.types.is_boolean(kind):
        hasher.update(np.asarray(array).tobytes())
    elif pa.types.is_primitive(kind):
        width = kind.byte_width
        values = array.buffers()[1]
        if values is not None:
            hasher.update(
                memoryview(values)[array.offset * width : (array.offset + len(array)) * width]
            )
    elif not pa.types.is_null(kind):
        raise TypeError(f"no digest for {kind}")
