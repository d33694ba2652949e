"""Arrow strings reach the kernels whole, however they are stored."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.filters.buffers import string_buffers

ROWS = st.lists(st.none() | st.text(max_size=5), max_size=12)
TYPES = st.sampled_from([pa.string(), pa.large_string()])


def rows_of(buffers):
    return [
        bytes(buffers.data[start:stop]).decode() if valid else None
        for start, stop, valid in zip(
            buffers.offsets[:-1], buffers.offsets[1:], buffers.valid, strict=True
        )
    ]


@given(ROWS, TYPES, st.integers(0, 12), st.integers(0, 12))
def test_a_slice_reads_as_its_rows(rows, kind, start, length):
    array = pa.array(rows, kind).slice(min(start, len(rows)), length)
    assert rows_of(string_buffers(array)) == array.to_pylist()


@given(ROWS, ROWS, TYPES)
def test_chunks_read_as_one(first, second, kind):
    chunked = pa.chunked_array([pa.array(first, kind), pa.array(second, kind)])
    assert rows_of(string_buffers(chunked)) == first + second


def test_text_is_not_copied():
    array = pa.array(["some text", "more"])
    assert string_buffers(array).data.ctypes.data == array.buffers()[2].address


def test_all_arrays_are_read_only_so_that_kernels_compile_once():
    for array in (pa.array(["a"]), pa.array([], pa.string()), pa.nulls(2), pa.array([None], "str")):
        assert not any(view.flags.writeable for view in string_buffers(array))


def test_type_null_counts_as_null_strings():
    assert rows_of(string_buffers(pa.nulls(2))) == [None, None]


def test_other_types_are_refused_by_name():
    with pytest.raises(TypeError, match="expected an Arrow array of strings, got int64"):
        string_buffers(pa.array([1]))
