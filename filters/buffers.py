"""Arrow string arrays as numpy views: what the kernels read.

Layout as in the Arrow columnar format: row *i* is ``data[offsets[i]:offsets[i + 1]]``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from eurosift.filters.arrays import Bools, Int64s, UInt8s


class StringBuffers(NamedTuple):
    """The rows of a string array.

    Attributes
    ----------
    data
        uint8, shape (n_bytes,): UTF-8 of all rows; may begin and end outside of the slice.
    offsets
        int64, shape (n_rows + 1,): where each row begins in `data`.
    valid
        bool, shape (n_rows,): False where the row is null. What a null row spans is undefined.
    """

    data: UInt8s
    offsets: Int64s
    valid: Bools


def string_buffers(array: pa.Array | pa.ChunkedArray) -> StringBuffers:
    """View a string array, sliced or not, as numpy arrays, without copying its text.

    Parameters
    ----------
    array
        ``string`` or ``large_string``; a chunked array is combined, an array of type null counts
        as strings that are all null.

    Raises
    ------
    TypeError
        If it holds something else.
    """
    if isinstance(array, pa.ChunkedArray):
        if pa.types.is_string(array.type):
            array = array.cast(pa.large_string())  # chunks may exceed 2 GiB together
        array = array.combine_chunks()
    n = len(array)
    data = np.zeros(0, np.uint8)
    offsets = np.zeros(n + 1, np.int64)
    if pa.types.is_null(array.type):
        return read_only(data, offsets, np.zeros(n, np.bool_))
    if pa.types.is_large_string(array.type):
        width: type[np.int32 | np.int64] = np.int64
    elif pa.types.is_string(array.type):
        width = np.int32
    else:
        raise TypeError(f"expected an Arrow array of strings, got {array.type}")
    _, ends, text = array.buffers()
    if n and ends is not None:
        window = np.frombuffer(ends, width)[array.offset : array.offset + n + 1]
        offsets = window.astype(np.int64, copy=False)
    if text is not None:
        data = np.frombuffer(text, np.uint8)
    valid = array.is_valid().to_numpy(zero_copy_only=False)
    return read_only(data, offsets, valid)


def read_only(data: UInt8s, offsets: Int64s, valid: Bools) -> StringBuffers:
    """Give all arrays the one type for which kernels are compiled: writable ones are another."""
    views = StringBuffers(data.view(), offsets.view(), valid.view())
    for view in views:
        view.setflags(write=False)
    return views
