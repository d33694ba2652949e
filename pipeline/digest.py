"""Canonical digests of content: of columns, of files, of JSON.

The digest of a column depends on its values and type alone, not on how it was cut into batches or
row groups, on what lies under a null, or on the version of a Parquet library.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from eurosift.stages.extract.remote import Source
from eurosift.stages.types import type_name

EDGE_BYTES = 1 << 20
"""How much of an input file's head and tail its digest covers."""


def of_json(value: Any) -> str:
    """xxh128 hex of the canonical JSON of `value`."""
    return xxhash.xxh3_128_hexdigest(canonical_json(value).encode())


def of_document(document: Mapping[str, Any]) -> str:
    """Digest of a JSON document that carries it as ``digest``: of all its other fields."""
    return of_json({name: value for name, value in document.items() if name != "digest"})


def canonical_json(value: Any) -> str:
    """JSON with sorted keys and no blanks."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def canonical_strings(value: Mapping[str, str]) -> bytes:
    """UTF-8 of `canonical_json` of a mapping of strings, made faster.

    For strings alone: numbers are written in another way where they are not small.
    """
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # lone surrogates, which only the slower way can tell about
        return canonical_json(value).encode()


def of_edges(path: Source, size: int) -> str:
    """xxh128 hex of the first and the last mebibyte of a file of `size` bytes."""
    digest = xxhash.xxh3_128()
    # Not buffered below that: of a file by URL, only these bytes are requested.
    with io.BufferedReader(path.open("rb", buffering=0)) as file:
        digest.update(file.read(EDGE_BYTES))
        if size > EDGE_BYTES:
            file.seek(max(EDGE_BYTES, size - EDGE_BYTES))
            digest.update(file.read(EDGE_BYTES))
    return digest.hexdigest()


def of_file(path: Path) -> str:
    """SHA-256 hex of a whole file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def of_folder(path: Path) -> str:
    """SHA-256 hex of all files below a folder and of their names; hidden ones aside."""
    names = sorted(
        file.relative_to(path).as_posix()
        for file in path.rglob("*")
        if file.is_file() and not file.name.startswith(".")
    )
    found = {name: of_file(path / name) for name in names}
    return hashlib.sha256(canonical_json(found).encode()).hexdigest()


class ColumnDigest:
    """Digest of one column, fed batch by batch.

    Parameters
    ----------
    type_
        Arrow type of the column. Nested types are taken apart: a list is its lengths and its
        flattened values, a struct its fields.
    """

    def __init__(self, type_: pa.DataType) -> None:
        self._type = type_
        self._validity = xxhash.xxh3_128()
        self._lengths = xxhash.xxh3_128()
        self._values = xxhash.xxh3_128()
        self._children: list[ColumnDigest] = []
        if (
            pa.types.is_list(type_)
            or pa.types.is_large_list(type_)
            or pa.types.is_fixed_size_list(type_)
        ):
            self._children = [ColumnDigest(type_.value_type)]
        elif pa.types.is_struct(type_):
            self._children = [ColumnDigest(field.type) for field in type_]

    def update(self, array: pa.Array) -> None:
        """Append the values of `array`."""
        if array.null_count:
            valid = np.asarray(array.is_valid()).view(np.uint8)
        else:
            valid = np.ones(len(array), np.uint8)
        self._validity.update(valid.data)
        self._update_values(array)

    def _update_values(self, array: pa.Array) -> None:
        kind = self._type
        if pa.types.is_null(kind):
            return
        if pa.types.is_struct(kind):
            for child, values in zip(self._children, array.flatten(), strict=True):
                child.update(values)
        elif self._children:
            lengths = _no_nulls(pc.list_value_length(array), 0)
            self._lengths.update(_contiguous(lengths.cast(pa.int64())))
            self._children[0].update(array.flatten())
        elif pa.types.is_boolean(kind):
            values = _no_nulls(array, False)  # noqa: FBT003 - pyarrow takes the value by position
            self._values.update(_contiguous(values.cast(pa.uint8())))
        elif (
            pa.types.is_string(kind)
            or pa.types.is_binary(kind)
            or pa.types.is_large_string(kind)
            or pa.types.is_large_binary(kind)
        ):
            self._update_bytes(array)
        else:
            self._update_fixed(array)

    def _update_bytes(self, array: pa.Array) -> None:
        array = _no_nulls(array, b"" if pa.types.is_binary(self._type) else "")
        large = pa.types.is_large_string(array.type) or pa.types.is_large_binary(array.type)
        width = np.int64 if large else np.int32
        _, offsets_buffer, data = array.buffers()
        if offsets_buffer is None or len(array) == 0:
            return
        offsets = np.frombuffer(offsets_buffer, dtype=width)[
            array.offset : array.offset + len(array) + 1
        ]
        self._lengths.update(np.diff(offsets).astype(np.int64).data)
        if data is not None:
            self._values.update(memoryview(data)[int(offsets[0]) : int(offsets[-1])])

    def _update_fixed(self, array: pa.Array) -> None:
        width = self._type.byte_width
        bits = (
            pa.uint8()
            if width == 1
            else {2: pa.uint16(), 4: pa.uint32(), 8: pa.uint64()}.get(width)
        )
        if bits is None:
            values = array.drop_null()
            data = values.buffers()[1]
            if data is not None:
                self._values.update(
                    memoryview(data)[values.offset * width : (values.offset + len(values)) * width]
                )
            return
        numbers = _no_nulls(array.view(bits), 0)
        self._values.update(_contiguous(numbers))

    def hexdigest(self) -> str:
        """xxh128 hex of all that was fed so far."""
        parts = [self._validity.hexdigest(), self._lengths.hexdigest(), self._values.hexdigest()]
        parts += [child.hexdigest() for child in self._children]
        return xxhash.xxh3_128_hexdigest(f"{type_name(self._type)}|{'|'.join(parts)}".encode())


def _no_nulls(array: pa.Array, value: Any) -> pa.Array:
    return pc.fill_null(array, value) if array.null_count else array


def _contiguous(array: pa.Array) -> memoryview:
    return np.ascontiguousarray(array.to_numpy(zero_copy_only=False)).data
