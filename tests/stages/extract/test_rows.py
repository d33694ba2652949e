from __future__ import annotations

import pyarrow as pa

from eurosift.stages.extract import rows
from eurosift.stages.extract.rows import batches, row_id

SCHEMA = pa.schema([("id", pa.string()), ("text", pa.string())])


def test_batches_are_bounded_by_rows_and_by_text(monkeypatch):
    monkeypatch.setattr(rows, "_BATCH_BYTES", 2_000)
    few = list(batches(({"id": str(i), "text": "x"} for i in range(600)), SCHEMA))
    assert [b.num_rows for b in few] == [256, 256, 88]
    long = list(batches(({"id": str(i), "text": "x" * 1_200} for i in range(5)), SCHEMA))
    assert [b.num_rows for b in long] == [2, 2, 1]


def test_no_rows_make_no_batch():
    assert list(batches([], SCHEMA)) == []


def test_parts_of_an_id_cannot_run_into_each_other():
    assert row_id("a", 1, "b") != row_id("a", 1, "", "b")
    assert row_id("a1", 2) != row_id("a", 12)


def test_ids_are_stable():
    """The hash is part of the format: a change of it makes every layer stale."""
    assert row_id("crawl/x.warc.gz", 0, "http://a/") == "203f833222933d19863022f95eda0c58"
    assert len(row_id("\udcff")) == 32
