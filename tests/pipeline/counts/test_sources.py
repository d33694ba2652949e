"""What comes up in reading."""

import pyarrow as pa

from eurosift.pipeline.counts.sources import Findings


def test_keys_that_all_records_have_are_told_from_those_that_some_have():
    found = Findings()
    found.note_columns(pa.array(["a", "a", "b"]), ["text", "id"])
    found.note_keys("a", ["text", "more"], 1)
    assert found.keys("a", 3) == (["text"], ["id", "more"])
    assert found.keys("b", 1) == (["id", "text"], [])
    assert found.keys("none", 0) == ([], [])


def test_names_without_end_are_not_remembered():
    found = Findings()
    for i in range(5_000):
        found.note_keys("a", ["text", f"key-{i}"], 1)
        found.note_unknown(f"language-{i}", 1)
    assert len(found.keys_seen["a"]) == 1_000
    assert found.keys_seen["a"]["text"] == 5_000
    assert (len(found.unknown), found.unknown_rows) == (5, 5_000)
