"""The seal of a shard: whatever byte changes, it is told."""

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.pipeline import seal
from eurosift.pipeline.errors import InvariantError
from eurosift.pipeline.footers import read_footer
from eurosift.pipeline.shards import ShardWriter
from eurosift.stages.footer import Footer

ROWS = pa.record_batch({"id": [f"id-{i}" for i in range(40)], "n": range(40)})


@pytest.fixture(scope="module")
def sealed(tmp_path_factory):
    """Content of a file that was written by the one writer."""
    path = tmp_path_factory.mktemp("seal") / "x.parquet"
    return write(path).read_bytes()


def write(path, config=None):
    writer = ShardWriter(path, ROWS.schema)
    writer.write(ROWS)
    told = {"stage": "s", "key": "0", "version": 1, "config": config or {}, "inputs": {}}
    told |= {"fingerprint": "f", "rows": writer.rows, "columns": writer.column_digests()}
    writer.commit(Footer(**told))
    return path


@given(where=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_any_flipped_bit_is_found(sealed, tmp_path, where, bit):
    """Also in statistics, headers of pages and the index, which no checksum of Parquet covers."""
    path = tmp_path / "x.parquet"
    changed = bytearray(sealed)
    changed[int(where * len(changed))] ^= 1 << bit
    path.write_bytes(changed)
    with pytest.raises(InvariantError, match=r"x\.parquet: is damaged"):
        seal.check(path)


@given(where=st.floats(0, 1, exclude_max=True))
def test_any_cut_is_found(sealed, tmp_path, where):
    path = tmp_path / "x.parquet"
    path.write_bytes(sealed[: int(where * len(sealed))])
    with pytest.raises(InvariantError, match=r"x\.parquet: is damaged"):
        seal.check(path)


@given(back=st.integers(1, 1000), bit=st.integers(0, 7))
def test_a_flipped_bit_of_the_footer_is_found_by_reading_the_footer(sealed, tmp_path, back, bit):
    """So that `run` makes the file again, and never acts on what it says."""
    length = int.from_bytes(sealed[-8:-4], "little") + 8
    path = tmp_path / "x.parquet"
    changed = bytearray(sealed)
    changed[-1 - back % length] ^= 1 << bit
    path.write_bytes(changed)
    with pytest.raises(InvariantError, match=r"x\.parquet: (is damaged|was not written)"):
        read_footer(path)


def test_an_untouched_file_agrees_with_its_seal(sealed, tmp_path):
    path = tmp_path / "x.parquet"
    path.write_bytes(sealed)
    seal.check(path)
    assert read_footer(path).rows == 40


def test_a_footer_larger_than_the_first_read_is_checked(tmp_path):
    path = write(tmp_path / "x.parquet", {"words": "a long list " * 10_000})
    assert len(read_footer(path).config["words"]) > seal.TAIL
    seal.check(path)


def test_other_readers_pass_over_the_seal(sealed, tmp_path):
    path = tmp_path / "x.parquet"
    path.write_bytes(sealed)
    assert pq.read_table(path, page_checksum_verification=True).to_batches() == [ROWS]
    assert pl.scan_parquet(path).filter(pl.col("n") > 37).collect().height == 2


def test_a_parquet_file_without_a_seal_is_told(tmp_path):
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"a": [1]}), path)
    assert seal.read_tail(path) is None
    with pytest.raises(InvariantError, match="it has no seal"):
        seal.check(path)
    with pytest.raises(InvariantError, match="is missing or damaged"):
        seal.check(tmp_path / "none")
