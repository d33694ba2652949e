"""A release holds every document of the run once, where it belongs; whoever else says so."""

import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from eurosift.pipeline import plan, recipe
from eurosift.pipeline.digest import of_document, of_file
from eurosift.pipeline.footers import read_footer
from eurosift.pipeline.shards import ShardWriter
from eurosift.pipeline.verify import verify

KEPT = "release/data/mlt_Latn/train-00000-of-00001.parquet"
ESTONIAN = "release/data/ekk_Latn/train-00000-of-00001.parquet"
REJECTED = "release/rejected/mlt_Latn/rejected-00000-of-00001.parquet"


@pytest.fixture
def released(project):
    """Three files of one row group each; d0-1 is too short, d1-1 blank."""
    texts = ("mlt_Latn a text that is long", "mlt_Latn tiny", "ekk_Latn a text that is long")
    project.inputs(texts, texts, ("mlt_Latn a text of the last file", "   "))
    project.write(
        {"label": None, "length": None, "short": {"min_chars": 20}, "release": {"needs": "short"}},
        languages=["mt", "et"],
    )
    project.perform()
    assert problems(project) == []
    return project


def problems(project):
    return verify(project.open()).problems


def reseal(project, name, change):
    """Write a released file anew with other rows, whole in itself, and the manifest to match."""
    path = project.run_folder / name
    footer, table = read_footer(path), change(pq.read_table(path).replace_schema_metadata(None))
    writer = ShardWriter(path, table.schema, published=True)
    for batch in table.to_batches():
        writer.write(batch)
    writer.commit(
        footer.model_copy(update={"rows": writer.rows, "columns": writer.column_digests()})
    )
    describe(project, name)


def describe(project, name):
    import orjson

    path = project.run_folder / "release" / "manifest.json"
    manifest = orjson.loads(path.read_bytes())
    file = project.run_folder / name
    for entry in manifest["files"]:
        if f"release/{entry['path']}" == name:
            entry |= {"size_bytes": file.stat().st_size, "sha256": of_file(file)}
    manifest["digest"] = of_document(manifest)
    path.write_bytes(orjson.dumps(manifest))


def test_a_row_that_was_left_out_is_named_with_its_file_and_place(released):
    reseal(released, KEPT, lambda t: t.slice(1))
    assert problems(released) == [f"{KEPT}: document d0-0 (00000 row 0) is missing"]


def test_a_rejected_row_that_was_left_out_is_named_too(released):
    reseal(released, REJECTED, lambda t: t.slice(0, 1))
    assert problems(released) == [f"{REJECTED}: document d1-1 (00001 row 1) is missing"]


def test_a_row_that_is_there_twice_in_place_of_another_is_named_with_the_other(released):
    """The number of rows is right."""
    reseal(released, KEPT, lambda t: pa.concat_tables([t.slice(0, 2), t.slice(0, 1)]))
    assert problems(released) == [
        f"{KEPT}: document d2-0 (00002 row 0) is missing",
        f"{KEPT}: holds document d0-0 once more",
    ]


def test_rows_in_the_file_of_another_language_are_named(released):
    first, second = (pq.read_table(released.run_folder / n) for n in (KEPT, ESTONIAN))
    one = second.slice(0, 1).replace_schema_metadata(None)
    other = first.slice(0, 1).replace_schema_metadata(None)
    reseal(released, KEPT, lambda t: pa.concat_tables([one, t.slice(1)]))
    reseal(released, ESTONIAN, lambda t: pa.concat_tables([other, t.slice(1)]))
    assert problems(released) == [
        f"{ESTONIAN}: document d0-2 (00000 row 2) is missing",
        f"{ESTONIAN}: holds document d0-0, which does not belong there",
        f"{KEPT}: document d0-0 (00000 row 0) is missing",
        f"{KEPT}: holds document d0-2, which does not belong there",
    ]


def test_a_rejected_document_in_the_data_is_named(released):
    rejected = pq.read_table(released.run_folder / REJECTED).slice(0, 1)
    row = rejected.column("id")[0]

    def swap(table):
        ids = pa.array([row, *table.column("id")[1:]], pa.string())
        return table.set_column(0, "id", ids)

    reseal(released, KEPT, swap)
    assert problems(released) == [
        f"{KEPT}: document d0-0 (00000 row 0) is missing",
        f"{KEPT}: holds document d0-1, which does not belong there",
    ]


def test_swapped_files_are_named(released):
    folder = released.run_folder
    (folder / KEPT).rename(folder / "x")
    (folder / ESTONIAN).rename(folder / KEPT)
    (folder / "x").rename(folder / ESTONIAN)
    found = problems(released)
    for name, mine, other in ((KEPT, "mlt", "ekk"), (ESTONIAN, "ekk", "mlt")):
        made_as = f"release.data/{other}_Latn-00000-of-00001"
        item = f"release.data/{mine}_Latn-00000-of-00001"
        assert f"{name}: is not {item}, but was written as {made_as}" in found
        assert f"{folder / name}: is not the file that the manifest describes" in found


def test_an_older_file_is_named(released, tmp_path):
    """It is whole, and was right before the inputs changed."""
    path = released.run_folder / KEPT
    shutil.copy(path, tmp_path / "older")
    released.input("part-2.jsonl", ["mlt_Latn quite another text", "   "], prefix="d9")
    source = recipe.load(released.recipe)
    plan.save(source.folder, plan.make(source, plan.load(source.folder)))
    released.perform()
    assert problems(released) == []
    shutil.copy(tmp_path / "older", path)
    found = verify(released.open())
    assert found.problems == [f"{path}: is not the file that the manifest describes"]
    assert f"{KEPT}: `kept.mlt_Latn` has changed" in found.outdated


def test_no_more_than_a_few_documents_are_named(project):
    project.inputs([f"mlt_Latn {i} a text that is long" for i in range(20)])
    project.write({"label": None, "release": {"needs": "label"}}, languages=["mt"])
    project.perform()
    reseal(project, KEPT, lambda t: t.slice(12))
    *named, more = problems(project)
    assert named == [f"{KEPT}: document d0-{i} (00000 row {i}) is missing" for i in range(5)]
    assert more == "release/data/mlt_Latn: 7 more documents that are not as they should be"
