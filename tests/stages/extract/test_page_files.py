from __future__ import annotations

import pytest

from eurosift.stages.errors import InputError
from eurosift.stages.extract import Extract, ExtractConfig, page_files
from eurosift.stages.protection import LimitError
from eurosift.stages.source import Account


def read(path, account=None, **config):
    stage = Extract(
        ExtractConfig(format="html", **{"engine": "resiliparse", **config}), name="extract"
    )
    assert stage.texts(path) is None
    rows = []
    for batch in stage.read(path, path.name, account or Account()):
        assert batch.schema == stage.adds
        rows += batch.to_pylist()
    return rows


@pytest.fixture
def folder(tmp_path, make_page):
    """Four pages at three depths, and files that are none."""
    names = ["b.html", "a/index.HTM", "a/c/été 1.xhtml", "a.html"]
    for number, name in enumerate(names):
        path = tmp_path / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(make_page(number))
    (tmp_path / "site/a/style.css").write_text("p {}")
    (tmp_path / "site/html").mkdir()
    return tmp_path / "site"


def test_every_html_file_in_a_folder_is_a_row_by_its_path(folder):
    rows = read(folder)
    assert [row["file_path"] for row in rows] == [
        "site/a/c/été 1.xhtml",
        "site/a/index.HTM",
        "site/a.html",
        "site/b.html",
    ]
    assert [row["title"] for row in rows] == ["Title 2", "Title 1", "Title 3", "Title 0"]
    assert rows[0]["url"] == "site/a/c/%C3%A9t%C3%A9%201.xhtml"
    assert len({row["id"] for row in rows}) == 4
    assert [row["extract_reasons"] for row in rows] == [[]] * 4


def test_one_file_is_one_row(folder):
    (row,) = read(folder / "b.html")
    assert (row["file_path"], row["title"], row["length"]) == (
        "b.html",
        "Title 0",
        (folder / "b.html").stat().st_size,
    )


def test_bytes_are_decoded_and_limits_hold_as_in_a_crawl(folder):
    (folder / "b.html").write_bytes(
        "<meta charset=iso-8859-2><p>Příští týden.".encode("iso-8859-2")
    )
    (folder / "a.html").write_bytes(b"x" * 10_001)
    (folder / "a/index.HTM").write_bytes(b"")
    rows = {row["file_path"]: row for row in read(folder, max_bytes=10_000)}
    assert rows["site/b.html"]["encoding"] == "iso-8859-2"
    assert rows["site/a.html"]["extract_reasons"] == ["too_large"]
    assert rows["site/a/index.HTM"]["extract_reasons"] == ["no_text"]


def test_page_that_takes_too_long_is_a_row_with_the_reason(folder):
    calls = []

    def protect(id_, work):
        calls.append(id_)
        if len(calls) == 2:
            raise LimitError("time_limit")
        return work()

    rows = read(folder, Account(protect=protect))
    assert [row["extract_reasons"] for row in rows] == [[], ["time_limit"], [], []]
    assert calls == [row["id"] for row in rows]


def test_file_that_cannot_be_read_is_one_clear_error(folder, monkeypatch):
    monkeypatch.setattr(page_files, "html_files", lambda path: [path / "gone.html"])
    with pytest.raises(InputError, match=r"gone\.html: cannot be read \(No such file"):
        read(folder)


def test_link_to_a_folder_is_not_followed(folder):
    (folder / "a/up").symlink_to(folder)
    assert len(read(folder)) == 4
