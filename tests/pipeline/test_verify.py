"""Verification: nothing that was changed behind the ledger's back goes unnoticed."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from eurosift.pipeline.footers import read_footer
from eurosift.pipeline.shards import ShardWriter
from eurosift.pipeline.verify import verify


@pytest.fixture
def finished(project):
    project.perform()
    assert problems(project) == []
    return project


def problems(project):
    return verify(project.open()).problems


def rewrite(path, change, **footer_changes):
    """Write a shard anew with other rows or another footer, as a faulty program might."""
    footer, table = read_footer(path), change(pq.read_table(path))
    writer = ShardWriter(path, pa.schema(table.schema, metadata=None))
    for batch in table.replace_schema_metadata(None).to_batches():
        writer.write(batch)
    writer.end_row_group()
    columns = writer.column_digests()
    writer.commit(footer.model_copy(update={"columns": columns, **footer_changes}))


def test_a_finished_run_is_verified(finished):
    found = verify(finished.open())
    assert (found.problems, found.unfinished) == ([], [])
    assert found.files == 18
    assert found.rows == 8


def test_phases_and_documents_are_verified_too(project):
    project.write({"census": None, "manifest": None})
    project.perform()
    found = verify(project.open())
    assert (found.problems, found.unfinished, found.files) == ([], [], 10)


def test_what_is_not_done_is_no_fault(project):
    project.perform("+length")
    found = verify(project.open())
    assert found.problems == []
    assert found.unfinished == ["short", "scrub", "upper"]


def test_a_truncated_file_is_named(finished):
    path = finished.run_folder / "short" / "00001.parquet"
    path.write_bytes(path.read_bytes()[:-9])
    (line,) = problems(finished)
    assert str(path) in line
    assert "damaged" in line


def test_a_flipped_byte_is_named(finished):
    path = finished.run_folder / "upper" / "00000.parquet"
    content = bytearray(path.read_bytes())
    content[content.find(b"PAR1") + 60] ^= 1
    path.write_bytes(content)
    (line,) = problems(finished)
    assert "upper/00000.parquet" in line


def test_damage_behind_a_missing_file_is_named(finished):
    """Nothing says yet what should be there; that every byte is as written can be told."""
    (finished.run_folder / "extract" / "00001.parquet").unlink()
    found = verify(finished.open())
    assert (found.problems, found.files) == ([], 17)
    path = finished.run_folder / "short" / "00002.parquet"
    content = bytearray(path.read_bytes())
    content[50] ^= 1
    path.write_bytes(bytes(content))
    assert problems(finished) == [f"{path}: is damaged: a byte is not what was written"]


def test_swapped_shards_are_named(finished):
    layer = finished.run_folder / "label"
    (layer / "00000.parquet").rename(layer / "x")
    (layer / "00001.parquet").rename(layer / "00000.parquet")
    (layer / "x").rename(layer / "00001.parquet")
    assert problems(finished) == [
        "label/00000.parquet: is not label/00000, but was written as label/00001",
        "label/00001.parquet: is not label/00001, but was written as label/00000",
    ]


def test_other_values_under_the_old_footer_are_named(finished):
    path = finished.run_folder / "length" / "00000.parquet"
    columns = read_footer(path).columns
    rewrite(
        path,
        lambda t: t.set_column(0, "n_chars", [pa.array([1, 2, 3], pa.int32())]),
        columns=columns,
    )
    first, *_ = problems(finished)
    assert first == "length/00000.parquet: content of n_chars is not what was written"


def test_a_row_too_few_is_named(finished):
    rewrite(finished.run_folder / "length" / "00000.parquet", lambda t: t.slice(1))
    assert "length/00000.parquet: has 2 rows, but its footer says 3" in problems(finished)


def test_a_row_too_few_is_named_although_its_footer_agrees(finished):
    rewrite(finished.run_folder / "length" / "00000.parquet", lambda t: t.slice(1), rows=2)
    assert any("length/00000.parquet" in line for line in problems(finished))


def test_a_ledger_that_is_not_what_the_rows_say_is_named(finished):
    path = finished.run_folder / "short" / "00000.parquet"
    tallies = read_footer(path).tallies
    tallies["mlt_Latn"].kept += 1
    rewrite(path, lambda t: t, tallies=tallies)
    found = problems(finished)
    assert "short/00000.parquet: its ledger is not what its rows say" in found
    assert "short/00000.parquet: 0 inactive + 3 kept + 1 rejected are not 3 rows" in found


def test_a_mask_that_is_not_what_the_rows_say_is_named(finished):
    """The footer's digest of rejected rows decides what is stale behind it."""
    path = finished.run_folder / "short" / "00000.parquet"
    rewrite(path, lambda t: t, rejects="0" * 32)
    assert "short/00000.parquet: its rows reject others than its footer says" in problems(finished)


def test_an_id_given_twice_is_named_with_both_places(project):
    project.input("part-2.jsonl", ["mlt_Latn again", "mlt_Latn and again"], prefix="d0")
    project.perform()
    found = verify(project.open())
    assert found.problems == found.repeated
    assert found.problems == [
        "extract: id d0-0 is given to 2 documents: 00000 row 0, 00002 row 0",
        "extract: id d0-1 is given to 2 documents: 00000 row 1, 00002 row 1",
    ]


def test_a_file_that_belongs_to_nothing_is_named(finished):
    path = finished.run_folder / "upper" / "more.parquet"
    pq.write_table(pa.table({"a": [1]}), path)
    assert problems(finished) == [f"{path}: belongs to no item of stage `upper`: remove it"]


def test_a_manifest_is_checked_against_the_files_that_it_names(tmp_path):
    from eurosift.pipeline.digest import of_document, of_file
    from eurosift.pipeline.verify import verify_document

    data, manifest = tmp_path / "a.parquet", tmp_path / "manifest.json"
    data.write_bytes(b"abc")
    entry = {"path": "a.parquet", "size_bytes": 3, "sha256": of_file(data)}
    document = {"files": [entry], "attached": {"card.md": of_file(data)}}
    (tmp_path / "card.md").write_bytes(b"abc")
    manifest.write_text(json.dumps(document | {"digest": of_document(document)}))
    assert verify_document(manifest) == []
    (tmp_path / "card.md").write_bytes(b"Abc")
    told = verify_document(manifest)
    assert told == [f"{tmp_path / 'card.md'}: is not the file that was written with manifest.json"]
    (tmp_path / "card.md").write_bytes(b"abc")
    data.write_bytes(b"abd")
    assert verify_document(manifest) == [f"{data}: is not the file that the manifest describes"]
    data.unlink()
    assert verify_document(manifest) == [f"{data}: is in the manifest but missing"]
    manifest.write_text(manifest.read_text().replace("3", "4"))
    assert verify_document(manifest) == [
        f"{manifest}: is damaged: its content is not what was written"
    ]
    manifest.write_text("{")
    assert "cannot be read" in verify_document(manifest)[0]
