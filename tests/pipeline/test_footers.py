"""What a file says of itself, read from its end."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from eurosift.pipeline.errors import InvariantError
from eurosift.pipeline.footers import read_footer
from eurosift.pipeline.shards import ShardWriter
from eurosift.stages.footer import Footer, Tally


def write(path, **more):
    """A file of six rows with two columns."""
    rows = pa.record_batch({"id": [f"id-{i}" for i in range(6)], "n": list(range(6))})
    writer = ShardWriter(path, rows.schema)
    writer.write(rows)
    writer.end_row_group()
    given = {"stage": "s", "key": "00000", "version": 1, "config": {}, "inputs": {}}
    given |= {"fingerprint": "f", "rows": writer.rows, "columns": writer.column_digests()}
    writer.commit(Footer(**{**given, **more}))
    return path


def test_the_footer_comes_back_as_it_was_written(tmp_path):
    tally = Tally(inactive=1, kept=2, rejected=3, reasons={"ż": 3}, measures={"words": 10**15})
    more = {
        "config": {"min": 0.1, "languages": ["mlt_Latn"], "words": None},
        "inputs": {"rows": "3:abc"},
        "tallies": {"mlt_Latn": tally},
        "facts": {"losses": [{"reason": "bad_gzip", "offset": 7, "length": None}]},
    }
    path = write(tmp_path / "x", **more)
    back = read_footer(path)
    assert back.model_dump()["config"] == more["config"]
    assert (back.inputs, back.tallies, back.facts) == (
        more["inputs"],
        more["tallies"],
        more["facts"],
    )
    assert (back.rows, set(back.columns)) == (6, {"id", "n"})


def test_there_is_no_footer_without_a_file(tmp_path):
    assert read_footer(tmp_path / "none") is None


def truncated(path):
    path.write_bytes(path.read_bytes()[:-20])


def emptied(path):
    path.write_bytes(b"")


def foreign(path):
    pq.write_table(pa.table({"id": ["a"]}), path)


def meddled(path):
    pq.write_table(pa.table({"a": [1]}).replace_schema_metadata({"eurosift": '{"a":1}'}), path)


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (truncated, "is damaged"),
        (emptied, "is damaged"),
        (foreign, "was not written by eurosift"),
        (meddled, "footer cannot be read"),
    ],
)
def test_a_file_that_is_not_ours_or_not_whole_is_named(tmp_path, damage, says):
    path = write(tmp_path / "x.parquet")
    damage(path)
    with pytest.raises(InvariantError, match=says) as error:
        read_footer(path)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)
