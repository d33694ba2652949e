"""The one writer of all shards: same rows, same bytes; all of a file or nothing."""

import gc
import os
import subprocess
import sys
from itertools import pairwise

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eurosift.pipeline import shards
from eurosift.pipeline.errors import InvariantError
from eurosift.pipeline.footers import read_footer
from eurosift.pipeline.shards import ShardWriter, read_batches
from eurosift.stages.errors import ContractError
from eurosift.stages.footer import Footer
from eurosift.stages.sizes import BATCH_BYTES, row_bytes

SCHEMA = pa.schema(
    [("id", pa.string()), ("text", pa.string()), ("why", pa.list_(pa.string())), ("n", pa.int64())]
)


def rows(n, text="text "):
    return pa.record_batch(
        [
            pa.array([f"id-{i}" for i in range(n)], pa.string()),
            pa.array([None if i % 7 == 3 else text * (i % 5) for i in range(n)], pa.string()),
            pa.array([["too_short"] * (i % 3) for i in range(n)], SCHEMA.field("why").type),
            pa.array(range(n), pa.int64()),
        ],
        schema=SCHEMA,
    )


def footer(writer, **more):
    given = {"stage": "s", "key": "00000", "version": 1, "config": {}, "inputs": {}}
    given |= {"fingerprint": "f", "rows": writer.rows, "columns": writer.column_digests()}
    return Footer(**{**given, **more})


def write(path, *batches, **more):
    writer = ShardWriter(path, batches[0].schema)
    for batch in batches:
        writer.write(batch)
    writer.end_row_group()
    writer.commit(footer(writer, **more))
    return path


def group_rows(path):
    metadata = pq.read_metadata(path)
    return [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)]


@settings(max_examples=25)
@given(cuts=st.lists(st.integers(0, 250), max_size=5), data=st.data())
def test_the_same_rows_give_the_same_bytes_in_any_batches(tmp_path, monkeypatch, cuts, data):
    """Slices of one batch, copies of its parts, and empty batches: the file is the same."""
    monkeypatch.setattr(shards, "ROW_GROUP_ROWS", 100)
    monkeypatch.setattr(shards, "ROW_GROUP_BYTES", data.draw(st.sampled_from([200, 700, 10**9])))
    whole = rows(250)
    edges = [0, *sorted(cuts), 250]
    parts = [whole.slice(a, b - a) for a, b in pairwise(edges)]
    if data.draw(st.booleans()):
        parts = [pa.RecordBatch.from_pylist(part.to_pylist(), SCHEMA) for part in parts]
    one = write(tmp_path / "one.parquet", whole)
    other = write(tmp_path / "other.parquet", *parts)
    assert one.read_bytes() == other.read_bytes()


def test_row_groups_are_capped_by_rows(tmp_path, monkeypatch):
    monkeypatch.setattr(shards, "ROW_GROUP_ROWS", 10)
    assert group_rows(write(tmp_path / "x", rows(7), rows(18), rows(5))) == [10, 10, 10]
    assert group_rows(write(tmp_path / "x", rows(21))) == [10, 10, 1]


def test_row_groups_are_capped_by_bytes_of_text(tmp_path, monkeypatch):
    monkeypatch.setattr(shards, "ROW_GROUP_BYTES", 100)
    text = pa.record_batch({"text": ["x" * n for n in (60, 40, 1, 99, 1, 0)]})
    assert group_rows(write(tmp_path / "x", text)) == [2, 2, 2]


def test_row_groups_are_capped_by_bytes_of_lists(tmp_path, monkeypatch):
    monkeypatch.setattr(shards, "ROW_GROUP_BYTES", 100)
    lists = pa.record_batch({"why": [["x" * 6] * n for n in (5, 5, 1, 9, 12, 0)]})
    assert group_rows(write(tmp_path / "x", lists)) == [2, 2, 1, 1]


def test_batches_are_bounded_by_bytes(tmp_path):
    """A row above the bound comes alone; what is in the file does not matter."""
    size = BATCH_BYTES // 4
    lengths = [size, size, size, size, 1, 5 * size, 1, 1]
    text = pa.record_batch({"text": [chr(97 + i) * n for i, n in enumerate(lengths)]})
    path = write(tmp_path / "x", text)
    batches = list(read_batches(path, ["text"]))
    assert [row for b in batches for row in b.column(0).to_pylist()] == text.column(0).to_pylist()
    assert all(b.num_rows == 1 or row_bytes(b).sum() <= BATCH_BYTES for b in batches)
    assert len(batches) < len(lengths)


def test_a_row_above_the_cap_is_a_row_group_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setattr(shards, "ROW_GROUP_BYTES", 100)
    text = pa.record_batch({"text": ["x" * n for n in (10, 500, 10, 10)]})
    path = write(tmp_path / "x", text)
    assert group_rows(path) == [1, 1, 2]
    assert pq.read_table(path).column("text").to_pylist() == text.column(0).to_pylist()


def test_a_row_group_can_be_ended_by_hand(tmp_path):
    writer = ShardWriter(tmp_path / "x", SCHEMA)
    writer.end_row_group()
    writer.write(rows(3))
    writer.end_row_group()
    writer.end_row_group()
    writer.write(rows(2))
    writer.commit(footer(writer))
    assert group_rows(tmp_path / "x") == [3, 2]


def test_a_file_without_rows_has_its_schema_and_footer(tmp_path):
    writer = ShardWriter(tmp_path / "x", SCHEMA)
    writer.commit(footer(writer))
    assert pq.read_schema(tmp_path / "x").names == SCHEMA.names
    assert list(read_batches(tmp_path / "x")) == []
    assert read_footer(tmp_path / "x").rows == 0


def test_an_abandoned_file_leaves_nothing(tmp_path):
    writer = ShardWriter(tmp_path / "deep" / "x", SCHEMA)
    writer.write(rows(20_000))
    writer.abandon()
    del writer
    gc.collect()
    assert list((tmp_path / "deep").iterdir()) == []


def test_a_file_appears_only_when_it_is_complete(tmp_path):
    path = tmp_path / "x.parquet"
    writer = ShardWriter(path, SCHEMA)
    writer.write(rows(20_000))
    assert not path.exists()
    assert [p.name[:11] for p in tmp_path.iterdir()] == [".x.parquet."]
    writer.commit(footer(writer))
    assert [p.name for p in tmp_path.iterdir()] == ["x.parquet"]


def test_an_older_file_stands_until_the_new_one_is_complete(tmp_path):
    path = write(tmp_path / "x", rows(3), fingerprint="old")
    before = path.read_bytes()
    writer = ShardWriter(path, SCHEMA)
    writer.write(rows(4))
    assert path.read_bytes() == before
    writer.commit(footer(writer, fingerprint="new"))
    assert read_footer(path).fingerprint == "new"


def test_two_attempts_at_one_file_do_not_meet(tmp_path):
    """An orphan of an earlier run may still be writing."""
    path = tmp_path / "x"
    orphan, heir = ShardWriter(path, SCHEMA), ShardWriter(path, SCHEMA)
    orphan.write(rows(5))
    heir.write(rows(5))
    heir.commit(footer(heir))
    before = path.read_bytes()
    orphan.commit(footer(orphan))
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("batch", "says"),
    [
        (rows(2).select(["id", "text"]), r"columns are \['id', 'text'\], should be \['id', 'text'"),
        (rows(2).set_column(3, "n", pa.array([1, 2], pa.int32())), "`n` is int32, should be int64"),
    ],
)
def test_a_batch_of_another_schema_breaks_the_contract(tmp_path, batch, says):
    writer = ShardWriter(tmp_path / "x.parquet", SCHEMA)
    with pytest.raises(ContractError, match=says):
        writer.write(batch)
    writer.abandon()


def test_a_type_that_parquet_does_not_keep_is_refused(tmp_path):
    """Else what is read back would not have the digest of what was written."""
    schema = pa.schema([("date", pa.timestamp("s", "UTC"))])
    with pytest.raises(ContractError, match=r"`date` is timestamp\[s.*gives back as timestamp\[ms"):
        ShardWriter(tmp_path / "x.parquet", schema)
    assert list(tmp_path.iterdir()) == []


def test_reading_gives_the_columns_in_the_order_asked_for(tmp_path):
    path = write(tmp_path / "x", rows(6))
    batches = list(read_batches(path, ["n", "id"], batch_rows=4))
    assert [b.schema.names for b in batches] == [["n", "id"]] * 2
    assert [b.num_rows for b in batches] == [4, 2]


def test_single_row_groups_can_be_read(tmp_path, monkeypatch):
    monkeypatch.setattr(shards, "ROW_GROUP_ROWS", 2)
    path = write(tmp_path / "x", rows(6))
    assert pa.Table.from_batches(read_batches(path, ["n"], [0, 2]))["n"].to_pylist() == [0, 1, 4, 5]


def test_a_flipped_byte_is_found_by_the_page_checksum(tmp_path):
    path = write(tmp_path / "x", rows(500, text="some text to be compressed "))
    content = bytearray(path.read_bytes())
    content[content.find(b"PAR1") + 120] ^= 0x10
    path.write_bytes(content)
    with pytest.raises(InvariantError, match="missing or damaged"):
        list(read_batches(path))


def test_a_missing_file_is_an_error_where_it_is_read(tmp_path):
    with pytest.raises(InvariantError, match=r"none.*is missing or damaged"):
        list(read_batches(tmp_path / "none"))


def test_leftovers_of_the_dead_go_and_those_of_the_living_stay(tmp_path):
    """And what others named alike is none of our business."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    host = os.uname().nodename
    folder = tmp_path / "stage" / "phase"
    folder.mkdir(parents=True)
    dead = folder / f".x.parquet.{host}-{child.pid}-0123abcd.tmp"
    keep = {
        folder / f".x.parquet.{host}-{os.getpid()}-0123abcd.tmp",
        folder / f".x.parquet.other{host}-{child.pid}-0123abcd.tmp",
        folder / ".x.tmp",
        folder / ".a-b-c.tmp",
    }
    for path in (dead, *keep):
        path.touch()
    shards.remove_leftovers(tmp_path)
    assert set(folder.iterdir()) == keep


def test_text_is_written_as_a_whole(tmp_path):
    path = tmp_path / "deep" / "plan.json"
    shards.write_text(path, "ż\n")
    shards.write_text(path, "new\n")
    assert path.read_text() == "new\n"
    assert [p.name for p in path.parent.iterdir()] == ["plan.json"]
