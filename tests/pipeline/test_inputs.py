"""Which files a recipe reads, from disk and by URL, and what they are called."""

import fsspec
import pytest

from eurosift.pipeline import recipe
from eurosift.pipeline.errors import PlanError
from eurosift.pipeline.inputs import Inputs, find_inputs, first_match, input_root, local_root
from eurosift.stages.extract import listing


@pytest.fixture
def memory():
    """A store by the name ``memory://``."""
    store = fsspec.filesystem("memory")
    for name in ("x/a.jsonl", "x/b.jsonl", "y/z/a.jsonl", "y/z/a.html", "y/z/a.txt"):
        store.pipe(f"/bucket/{name}", name.encode())
    yield store
    store.rm("/bucket", recursive=True)


@pytest.fixture
def source(tmp_path, memory):
    def read(*paths, **more):
        given = {"path": list(paths), **more}
        text = f"version: 1\nname: t\ninput: {given}\nstages: {{}}\n"
        return recipe.parse(text, tmp_path)

    return read


def content(file):
    with file.open("rb") as opened:
        return opened.read().decode()


def test_names_are_those_that_the_same_files_have_on_the_disk(source, memory, tmp_path):
    memory.get("/bucket/", f"{tmp_path}/bucket/", recursive=True)
    for patterns in (["x/*.jsonl"], ["x/*.jsonl", "y/**/*.jsonl"], ["y/z/a.jsonl"], ["*/*.jsonl"]):
        here = find_inputs(source(*(f"bucket/{pattern}" for pattern in patterns)))
        there = source(*(f"memory://bucket/{pattern}" for pattern in patterns))
        found = find_inputs(there)
        assert list(found) == list(here)
        assert [content(file) for file in found.values()] == [
            content(file) for file in here.values()
        ]
        assert [Inputs(there)[name].url for name in found] == [f.url for f in found.values()]


def test_the_root_is_a_url_then(source):
    given = source("memory://bucket/x/*.jsonl", "memory://bucket/y/z/*.jsonl")
    assert input_root(given) == "memory://bucket"
    assert local_root(given) is None
    rooted = source("memory://bucket/x/*.jsonl", root="memory://")
    assert list(find_inputs(rooted)) == ["bucket/x/a.jsonl", "bucket/x/b.jsonl"]
    wrong = source("memory://bucket/x/*.jsonl", root="memory://bucket/y/")
    with pytest.raises(
        PlanError, match=r"x/a.jsonl is outside of the input root memory://bucket/y"
    ):
        find_inputs(wrong)


def test_disk_and_stores_can_be_mixed(source, tmp_path):
    """Files by URL have their whole URLs for names, as no folder holds them all."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jsonl").write_text("here")
    given = source("in/*.jsonl", "memory://bucket/x/a.jsonl")
    found = find_inputs(given)
    assert list(found) == ["a.jsonl", "memory://bucket/x/a.jsonl"]
    assert [content(Inputs(given)[name]) for name in found] == ["here", "x/a.jsonl"]
    assert local_root(given) == tmp_path / "in"
    stores = source("memory://bucket/x/a.jsonl", "s3://b/x.jsonl")
    assert Inputs(stores)["s3://b/x.jsonl"].url == "s3://b/x.jsonl"


def test_a_url_of_a_file_on_this_machine_is_its_path(source, tmp_path):
    (tmp_path / "a.jsonl").write_text("x")
    found = find_inputs(source(f"file://{tmp_path}/*.jsonl"))
    assert found == {"a.jsonl": tmp_path / "a.jsonl"}


@pytest.mark.parametrize(("path", "format_", "said"), [
    ("memory://bucket/x", "auto", r"is a folder: write memory://bucket/x/\*.warc.gz"),
    ("memory://bucket/y/", "html", r"\*\*/\*.html, .*folders of HTML files are read from disk"),
    ("memory://bucket/q/*.jsonl", "auto", r"recipe.yaml:3:.*no file matches memory://bucket/q"),
    ("memory://bucket/x/c.jsonl", "auto", "no file matches"),
])  # fmt: skip
def test_what_is_no_file_is_told(source, path, format_, said):
    with pytest.raises(PlanError, match=said):
        find_inputs(source(path, format=format_))


def test_the_scheme_may_be_written_in_capitals(source):
    assert list(find_inputs(source("MEMORY://bucket/x/a.jsonl"))) == ["a.jsonl"]


def test_pages_are_told_from_other_files(source):
    assert list(find_inputs(source("memory://bucket/y/z/*", format="html"))) == ["a.html"]


def test_the_first_match_tells_the_format(source):
    assert first_match(source("memory://bucket/x/*"), "memory://bucket/x/*") == "a.jsonl"


def test_a_store_that_does_not_answer_is_told_with_its_place(source, monkeypatch):
    monkeypatch.setattr(listing, "LOOK_WAITS", ())
    with pytest.raises(PlanError, match=r"recipe.yaml:3:.*http://127.0.0.1:9/\*.gz: after 1 tries"):
        find_inputs(source("http://127.0.0.1:9/*.gz"))


def test_a_web_server_without_pages_of_folders_is_told(source, web_server):
    with pytest.raises(PlanError, match=r"\*.gz: a web server without pages of its folders"):
        find_inputs(source(f"{web_server.url}/*.gz"))


def test_a_path_with_a_colon_is_no_url(source, tmp_path):
    (tmp_path / "a:b.jsonl").write_text("x")
    assert list(find_inputs(source("a:b.jsonl"))) == ["a:b.jsonl"]
