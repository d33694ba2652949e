"""A release alone tells what is wrong with it, whatever was done to it."""

from __future__ import annotations

import json
import shutil

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from eurosift.pipeline.digest import of_document, of_file
from eurosift.pipeline.footers import read_footer
from eurosift.pipeline.shards import ShardWriter
from eurosift.pipeline.shipped import inspect, is_release

MALTESE = "data/mlt_Latn/train-00000-of-00001.parquet"
TEST = "data/mlt_Latn/test-00000-of-00001.parquet"
REJECTED = "rejected/mlt_Latn/rejected-00000-of-00001.parquet"


@pytest.fixture
def release(project, tmp_path):
    """A release away from its run: Maltese in two splits, Estonian, two rejected documents."""
    texts = [f"mlt_Latn a text that is long, {i}" for i in range(12)]
    project.inputs([*texts, "mlt_Latn tiny"], ["ekk_Latn a text that is long", "   "])
    stages = {"label": None, "length": None, "short": {"min_chars": 20}}
    project.write(
        {**stages, "release": {"needs": "short", "splits": {"test": 0.4}}}, languages=["mt", "et"]
    )
    project.perform()
    folder = tmp_path / "elsewhere"
    shutil.copytree(project.run_folder / "release", folder, ignore=shutil.ignore_patterns(".parts"))
    shutil.rmtree(project.run_folder)
    assert (folder / TEST).exists()
    return folder


def problems(folder):
    return inspect(folder).problems


def describe(folder, change=None):
    """Make the manifest say what the files are now, and change it further."""
    path = folder / "manifest.json"
    manifest = orjson.loads(path.read_bytes())
    for entry in manifest["files"]:
        file = folder / entry["path"]
        if file.exists():
            entry |= {"size_bytes": file.stat().st_size, "sha256": of_file(file)}
    if change is not None:
        change(manifest)
    manifest["digest"] = of_document(manifest)
    path.write_bytes(orjson.dumps(manifest))


def reseal(folder, name, change, **facts):
    """Write a file anew with other rows, whole in itself, and a manifest that describes it."""
    path = folder / name
    footer, table = read_footer(path), change(pq.read_table(path).replace_schema_metadata(None))
    writer = ShardWriter(path, table.schema, published=True)
    for batch in table.to_batches():
        writer.write(batch)
    writer.commit(
        footer.model_copy(
            update={
                "rows": writer.rows,
                "columns": writer.column_digests(),
                "facts": footer.facts | facts,
            }
        )
    )
    describe(folder)


def test_a_release_without_its_run_is_verified(release):
    found = inspect(release)
    assert (found.problems, found.unlisted, found.rows) == ([], [], 15)
    assert found.files == len(list(release.rglob("*.parquet")))
    assert found.sha256 == of_file(release / "manifest.json")


def test_a_file_that_is_cut_off_is_named(release):
    content = (release / MALTESE).read_bytes()
    (release / MALTESE).write_bytes(content[:-100])
    (line,) = problems(release)
    assert line.startswith(f"{MALTESE}: is cut off: {len(content) - 100:,} bytes, but ")


@pytest.mark.parametrize("place", [0.0, 0.2, 0.5, 0.8, 0.9999])
def test_a_flipped_byte_is_named_wherever_it_is(release, place):
    content = bytearray((release / MALTESE).read_bytes())
    content[int(place * len(content))] ^= 1
    (release / MALTESE).write_bytes(content)
    (line,) = problems(release)
    assert line.startswith(f"{MALTESE}: is damaged")


def test_a_missing_file_is_named(release):
    (release / REJECTED).unlink()
    assert problems(release) == [f"{REJECTED}: is in the manifest but missing"]


def test_a_file_too_many_is_named_where_others_would_read_it(release):
    extra = MALTESE.replace("00000-of", "00001-of")
    shutil.copy(release / MALTESE, release / extra)
    (release / "LICENSE").write_text("…")
    (release / ".gitattributes").write_text("…")
    found = inspect(release)
    assert found.problems == [f"{extra}: is not in the manifest: remove it"]
    assert found.unlisted == ["LICENSE"]


def test_an_edited_table_of_the_card_is_named_with_the_language(release):
    card = release / "README.md"
    text = card.read_text()
    assert "| `ekk_Latn` | Estonian | 1 |" in text
    card.write_text(text.replace("| `ekk_Latn` | Estonian | 1 |", "| `ekk_Latn` | Estonian | 2 |"))
    assert problems(release) == [
        "README.md: is not what was written with manifest.json; other figures, or none, of ekk_Latn"
    ]
    card.write_text(f"{text}\nMore.\n")
    assert problems(release) == ["README.md: is not what was written with manifest.json"]
    card.unlink()
    assert problems(release) == ["README.md: is in the manifest but missing"]


def test_another_checksum_is_named_with_its_file(release):
    sums = release / "SHA256SUMS"
    lines = sums.read_text().splitlines(keepends=True)
    sums.write_text("".join(line for line in lines if REJECTED not in line))
    (line,) = problems(release)
    assert line == (
        f"SHA256SUMS: is not what was written with manifest.json; other figures, or none, of {REJECTED}"
    )


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b"\xff"])
def test_a_damaged_manifest_is_told_and_nothing_else(release, content):
    (release / "manifest.json").write_bytes(content)
    (line,) = problems(release)
    assert line.startswith("manifest.json: ")


def test_an_edited_manifest_is_told(release):
    path = release / "manifest.json"
    path.write_text(path.read_text().replace('"files": 2', '"files": 3', 1))
    assert problems(release) == ["manifest.json: is damaged: its content is not what was written"]


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "data/../../secret"])
def test_a_manifest_does_not_lead_out_of_the_release(release, name):
    describe(release, lambda manifest: manifest["files"][0].update(path=name))
    assert problems(release) == [f"manifest.json: names {name}, outside of the release"]


def test_another_format_is_told(release):
    describe(release, lambda manifest: manifest.update(format=99))
    (line,) = problems(release)
    assert "is of format 99, and this eurosift reads" in line


def test_a_file_of_another_release_under_the_same_name_is_told(release):
    manifest = (release / "manifest.json").read_bytes()
    before = (release / MALTESE).stat().st_size
    reseal(release, MALTESE, lambda t: t.take(list(reversed(range(t.num_rows)))))
    (release / "manifest.json").write_bytes(manifest)
    (line,) = problems(release)
    same = (release / MALTESE).stat().st_size == before
    assert ("whole, but not the file" if same else " bytes, but ") in line


def test_a_document_in_two_splits_is_named(release):
    other = pq.read_table(release / TEST).replace_schema_metadata(None)
    reseal(release, MALTESE, lambda t: pa.concat_tables([t, other.slice(0, 1)]))
    found = problems(release)
    name = other["id"][0].as_py()
    assert (
        f"document {name} is there 2 times, in the splits test and train: {MALTESE}, {TEST}"
        in found
        or f"document {name} is there 2 times, in the splits test and train: {TEST}, {MALTESE}"
        in found
    )
    assert any(line.startswith(f"{MALTESE}: documents is ") for line in found)


def test_a_footer_that_says_something_else_than_the_rows_is_named(release):
    reseal(release, MALTESE, lambda t: t, characters=1)
    (line,) = problems(release)
    assert line.startswith(f"{MALTESE}: characters is ")
    assert line.endswith(" by its rows, but 1 by its footer")


def test_a_figure_of_the_manifest_that_is_not_what_the_rows_say_is_named(release):
    describe(release, lambda manifest: manifest["languages"]["ekk_Latn"].update(documents=7))
    assert "manifest.json: says documents of ekk_Latn is 7, but the files come to 1" in problems(
        release
    )
    describe(release, lambda manifest: manifest["rejected"].pop("mlt_Latn"))
    assert "manifest.json: has no figures of rejected mlt_Latn" in problems(release)


def test_rows_in_the_folder_of_another_language_are_named(release):
    def estonian(table):
        index = table.schema.get_field_index("language")
        field = table.schema.field(index)
        return table.set_column(index, field, pa.array(["ekk_Latn"] * table.num_rows, field.type))

    reseal(release, MALTESE, estonian)
    assert f"{MALTESE}: holds documents of ekk_Latn" in problems(release)


def test_another_schema_is_named_with_the_column(release):
    reseal(release, MALTESE, lambda t: t.drop_columns(["title"]))
    assert problems(release) == [
        f"{MALTESE}: has other columns than the manifest: title is missing"
    ]


def test_only_the_folder_of_a_release_is_one(release, finished, tmp_path):
    assert is_release(release)
    assert not is_release(finished.run_folder)
    assert not is_release(tmp_path)


def test_the_command_says_what_is_wrong_and_what_was_checked(release, eurosift):
    done = eurosift("verify", release)
    assert (done.code, done.out) == (0, "")
    assert of_file(release / "manifest.json") in done.err
    (release / REJECTED).unlink()
    done = eurosift("verify", release)
    assert (done.code, done.err) == (
        4,
        f"eurosift: {REJECTED}: is in the manifest but missing\n",
    )
    done = eurosift("verify", release, "--content", release)
    assert done.code == 2
    assert "this is a release" in done.err


def test_a_release_of_no_documents_is_one(project):
    project.inputs(["   "])
    project.write({"label": None, "release": None}, languages=["mt"])
    project.perform()
    folder = project.run_folder / "release"
    assert problems(folder) == []
    assert json.loads((folder / "manifest.json").read_text())["languages"]["mlt_Latn"]["files"] == 0
