"""Sizes of rows, and batches and row groups that are bounded by them."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.stages.sizes import ITEM_BYTES, row_bytes, rows_that_fit, slices

SPAN = pa.struct([("start", pa.int32()), ("type", pa.string())])


def sizes(values, type_):
    return row_bytes(pa.record_batch({"x": pa.array(values, type_)})).tolist()


@pytest.mark.parametrize(
    ("values", "type_", "expected"),
    [
        (["", "ab", None, "ж"], pa.string(), [0, 2, 0, 2]),
        (["ab", None], pa.large_string(), [2, 0]),
        ([b"ab"], pa.binary(), [2]),
        ([b"ab"], pa.binary(2), [2]),
        ([1, None], pa.int64(), [8, 8]),
        ([True], pa.bool_(), [1]),
        ([None], pa.null(), [0]),
        (["abc", "abc"], pa.dictionary(pa.int32(), pa.string()), [3, 3]),
        ([["a", "bcd"], None, [], [""]], pa.list_(pa.string()), [8 + 4, 0, 0, 4]),
        ([[1, 2], None], pa.list_(pa.int64(), 2), [2 * (8 + ITEM_BYTES), 0]),
        (
            [[{"start": 1, "type": "iban"}] * 3, [], None],
            pa.list_(SPAN),
            [3 * (4 + 4 + ITEM_BYTES), 0, 0],
        ),
        ([[["a"], ["b", "c"]]], pa.list_(pa.list_(pa.string())), [3 * 5 + 2 * ITEM_BYTES]),
    ],
)
def test_values_count_by_their_content(values, type_, expected):
    """Nested ones too: the lists of a row can be larger than its text."""
    assert sizes(values, type_) == expected


ROWS = st.lists(
    st.tuples(
        st.none() | st.text(max_size=9), st.none() | st.lists(st.none() | st.text(max_size=5))
    ),
    max_size=20,
)


@given(rows=ROWS, limit=st.integers(0, 60))
def test_slices_are_the_rows_in_order_within_the_limit(rows, limit):
    """A slice above the limit is one row, and no slice could have taken the next row, too."""
    schema = pa.schema([("a", pa.string()), ("b", pa.list_(pa.string()))])
    batch = pa.RecordBatch.from_pylist([{"a": a, "b": b} for a, b in rows], schema)
    parts = list(slices(batch, limit))
    assert [row for part in parts for row in part.to_pylist()] == batch.to_pylist()
    of_rows = iter(row_bytes(batch).tolist())
    room = -1
    for part in parts:
        part_rows = [next(of_rows) for _ in range(part.num_rows)]
        assert row_bytes(part).tolist() == part_rows
        assert len(part_rows) == 1 or sum(part_rows) <= limit
        assert part_rows[0] > room
        room = limit - sum(part_rows)


def test_rows_that_fit_count_the_columns_that_are_read(tmp_path):
    path = tmp_path / "x.parquet"
    texts = [f"{n:04} " + "x" * 995 for n in range(100)]
    lists = [[{"start": n, "type": f"{n:0995}"}] for n in range(100)]
    table = pa.table({"text": texts, "pii": pa.array(lists, pa.list_(SPAN)), "text.n": range(100)})
    pq.write_table(table, path, use_dictionary=False)
    group = pq.read_metadata(path).row_group(0)
    assert rows_that_fit(group, ["text"], 1024, 10_500) == 10
    assert rows_that_fit(group, ["pii"], 1024, 10_500) == 10
    assert rows_that_fit(group, ["text", "pii"], 1024, 10_500) == 5
    assert rows_that_fit(group, None, 1024, 10_500) == 5
    assert rows_that_fit(group, ["text.n"], 50, 10_500) == 50
    assert rows_that_fit(group, ["text"], 1024, 10) == 1
