"""Digests of content: the same for the same values, however they lie in memory or on disk."""

import datetime as dt
import hashlib
import io
import struct

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from eurosift.pipeline import digest
from eurosift.pipeline.digest import ColumnDigest

_text = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=6)
_u64 = st.integers(0, 2**64 - 1)
_when = st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2040, 1, 1))  # noqa: DTZ001 - made UTC below
_span = pa.struct([("start", pa.int32()), ("end", pa.int32()), ("type", pa.string())])

VALUES = {
    pa.string(): _text,
    pa.large_string(): _text,
    pa.binary(): st.binary(max_size=4),
    pa.large_binary(): st.binary(max_size=4),
    pa.binary(16): st.binary(min_size=16, max_size=16),
    pa.binary(8): st.binary(min_size=8, max_size=8),
    pa.bool_(): st.booleans(),
    pa.int16(): st.integers(-(2**15), 2**15 - 1),
    pa.uint64(): _u64,
    pa.float32(): st.floats(width=32, allow_nan=False),
    pa.timestamp("ms", "UTC"): _when.map(
        lambda t: t.replace(microsecond=t.microsecond // 1000 * 1000, tzinfo=dt.UTC)
    ),
    pa.list_(pa.string()): st.lists(st.none() | _text, max_size=3),
    pa.large_list(pa.string()): st.lists(st.none() | _text, max_size=3),
    pa.list_(pa.uint64(), 2): st.lists(_u64, min_size=2, max_size=2),
    _span: st.fixed_dictionaries({"start": st.integers(0, 9), "end": st.none(), "type": _text}),
    pa.list_(_span): st.lists(
        st.fixed_dictionaries(
            {"start": st.integers(0, 9), "end": st.integers(0, 9), "type": st.none() | _text}
        ),
        max_size=3,
    ),
    pa.null(): st.none(),
}
TYPES = sorted(VALUES, key=str)


def of(*arrays):
    found = ColumnDigest(arrays[0].type)
    for array in arrays:
        found.update(array)
    return found.hexdigest()


@st.composite
def columns(draw, types=TYPES):
    kind = draw(st.sampled_from(types))
    return pa.array(draw(st.lists(st.none() | VALUES[kind], min_size=1, max_size=12)), kind)


@given(columns(), st.data())
def test_the_digest_does_not_depend_on_how_rows_are_cut(array, data):
    """Neither on chunks nor on slices of something larger."""
    cut = data.draw(st.integers(0, len(array)))
    more = pa.concat_arrays([array, array, array]).slice(len(array), len(array))
    assert of(array.slice(0, cut), array.slice(cut)) == of(array)
    assert of(more) == of(array)


@given(columns())
def test_the_digest_survives_parquet(array):
    """What is written and read back by `verify` is the same content, row groups or not."""
    file = io.BytesIO()
    pq.write_table(pa.table({"x": array}), file, row_group_size=3, compression="zstd")
    back = pq.ParquetFile(file)
    batches = [batch.column(0) for batch in back.iter_batches(batch_size=5)]
    assert batches[0].type == array.type
    assert of(*batches) == of(array)


@given(columns())
def test_the_digest_survives_arrow_ipc(array):
    sink = io.BytesIO()
    batch = pa.record_batch([array], names=["x"])
    with pa.ipc.new_stream(sink, batch.schema) as stream:
        stream.write_batch(batch)
    assert of(pa.ipc.open_stream(sink.getvalue()).read_all().column(0).chunk(0)) == of(array)


@given(columns(), st.data())
def test_another_value_or_null_gives_another_digest(array, data):
    if pa.types.is_null(array.type):
        return
    values = array.to_pylist()
    index = data.draw(st.integers(0, len(values) - 1))
    other = data.draw((st.none() | VALUES[array.type]).filter(lambda v: v != values[index]))
    changed = pa.array([*values[:index], other, *values[index + 1 :]], array.type)
    if not changed.equals(array):
        assert of(changed) != of(array)


@given(columns(), columns())
def test_equal_digests_mean_equal_columns(one, other):
    """0.0 and -0.0 are told apart, as their bits are."""
    if one.type == other.type and one.equals(other):
        return
    assert of(one) != of(other)


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        (["ab", "c"], ["a", "bc"], pa.string()),
        (["", None], [None, ""], pa.string()),
        ([""], [None], pa.string()),
        ([["a", "b"], ["c"]], [["a"], ["b", "c"]], pa.list_(pa.string())),
        ([["a"], []], [[], ["a"]], pa.list_(pa.string())),
        ([[], None], [None, []], pa.list_(pa.string())),
        ([["ab"]], [["a", "b"]], pa.list_(pa.string())),
        ([[None]], [[""]], pa.list_(pa.string())),
        ([0, None], [None, 0], pa.int64()),
        ([False, None], [None, False], pa.bool_()),
        ([{"a": None}], [None], pa.struct([("a", pa.int64())])),
        ([b"\0" * 16, None], [None, b"\0" * 16], pa.binary(16)),
    ],
)
def test_boundaries_and_nulls_count(one, other, kind):
    assert of(pa.array(one, kind)) != of(pa.array(other, kind))


def test_the_type_counts():
    assert of(pa.array([1], pa.int32())) != of(pa.array([1], pa.uint32()))
    assert of(pa.array(["a"], pa.string())) != of(pa.array([b"a"], pa.binary()))


@pytest.mark.parametrize("width", [4, 8, 16])
def test_what_lies_under_a_null_does_not_count(width):
    valid = pa.py_buffer(bytes([0b101]))
    kind = pa.binary(width)
    one, other = (
        pa.Array.from_buffers(
            kind, 3, [valid, pa.py_buffer(b"a" * width + under * width + b"b" * width)]
        )
        for under in (b"x", b"y")
    )
    assert of(one) == of(other) == of(pa.array([b"a" * width, None, b"b" * width], kind))


def test_numbers_strings_and_lists_under_a_null_do_not_count():
    valid = pa.py_buffer(bytes([0b101]))
    garbage = pa.py_buffer(struct.pack("<3d", 1.0, float("nan"), 2.0))
    assert of(pa.Array.from_buffers(pa.float64(), 3, [valid, garbage])) == of(
        pa.array([1.0, None, 2.0])
    )
    offsets = pa.py_buffer(np.array([0, 1, 4, 5], np.int32).tobytes())
    text = pa.Array.from_buffers(pa.string(), 3, [valid, offsets, pa.py_buffer(b"a???b")])
    assert of(text) == of(pa.array(["a", None, "b"]))
    items = pa.array(["a", "?", "?", "?", "b"])
    lists = pa.Array.from_buffers(pa.list_(pa.string()), 3, [valid, offsets], children=[items])
    assert of(lists) == of(pa.array([["a"], None, ["b"]]))


def test_the_edges_of_a_file_are_its_first_and_last_mebibyte(tmp_path):
    size = digest.EDGE_BYTES * 3
    path = tmp_path / "x"

    def with_byte_at(place):
        content = bytearray(size)
        content[place] = 1
        path.write_bytes(content)
        return digest.of_edges(path, size)

    blank = with_byte_at(0)
    assert with_byte_at(size - 1) != blank
    assert with_byte_at(digest.EDGE_BYTES - 1) != blank
    assert with_byte_at(size // 2) == with_byte_at(size // 2 + 1)


@pytest.mark.parametrize("size", [0, 1, digest.EDGE_BYTES, digest.EDGE_BYTES + 1])
def test_every_byte_of_a_small_file_is_at_its_edge(tmp_path, size):
    path = tmp_path / "x"
    path.write_bytes(b"a" * size)
    before = digest.of_edges(path, size)
    if size:
        path.write_bytes(b"a" * (size - 1) + b"b")
        assert digest.of_edges(path, size) != before


def test_the_digest_of_a_file_is_its_sha256(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"abc")
    assert digest.of_file(path) == hashlib.sha256(b"abc").hexdigest()


def test_the_order_of_keys_does_not_matter_to_json():
    assert digest.of_json({"b": 1, "a": [1, "ż"]}) == digest.of_json({"a": [1, "ż"], "b": 1})
    assert digest.of_json([1, 2]) != digest.of_json([2, 1])


@given(st.dictionaries(st.text(), st.text()))
@example({"ż": "\x00\x1f\x7f\u2028", '"\\/': "\U0001f600\ufffd"})
@example({"lone \ud800": "\udfff"})
def test_a_mapping_of_strings_has_the_same_canonical_json_made_faster(value):
    try:
        expected = digest.canonical_json(value).encode()
    except UnicodeEncodeError:
        with pytest.raises(UnicodeEncodeError):
            digest.canonical_strings(value)
    else:
        assert digest.canonical_strings(value) == expected


def test_a_folder_is_the_names_and_contents_of_its_files(tmp_path):
    for name in ("a/domains", "b/domains", ".hidden"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    first = digest.of_folder(tmp_path)
    (tmp_path / ".hidden").write_text("other")
    assert digest.of_folder(tmp_path) == first
    (tmp_path / "b/domains").write_text("other")
    assert digest.of_folder(tmp_path) != first
    (tmp_path / "b/domains").write_text("b/domains")
    assert digest.of_folder(tmp_path) == first
    (tmp_path / "b").rename(tmp_path / "c")
    assert digest.of_folder(tmp_path) != first
