from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pydantic import ValidationError

from eurosift.stages.errors import InputError
from eurosift.stages.extract import Extract, ExtractConfig
from eurosift.stages.extract.html import extract_page
from eurosift.stages.protection import LimitError
from eurosift.stages.source import Account

COLUMNS = {"html": "page"}


@pytest.fixture
def table(table):
    """The same with a column of pages."""

    def write(rows, columns=COLUMNS, **more):
        return table(rows, columns, **{"engine": "resiliparse", **more})

    return write


def read(stage, path, account=None):
    rows = []
    for batch in stage.read(path, "in/" + path.name, account or Account()):
        assert batch.schema == stage.adds
        rows += batch.to_pylist()
    return rows


def test_page_of_a_table_is_extracted_like_any_other(table, make_page):
    html = make_page(7).decode()
    stage, path = table([{"id": "a", "url": "http://a/", "page": html}])
    (row,) = read(stage, path)
    page = extract_page(html, stage.config)
    assert (row["text"], row["title"], row["html_lang"]) == (page.text, "Title 7", "en")
    assert (row["id"], row["url"], row["engine"]) == ("a", "http://a/", "resiliparse")
    assert (row["encoding"], row["extract_reasons"]) == (None, [])
    assert stage.texts(path) is None


def test_language_that_the_table_declares_comes_before_that_of_the_page(table, make_page):
    rows = [{"page": make_page(n).decode(), "l": lang} for n, lang in ((1, "mt"), (2, None))]
    stage, path = table(rows, {**COLUMNS, "html_lang": "l"})
    assert [row["html_lang"] for row in read(stage, path)] == ["mt", "en"]


def test_title_of_the_table_comes_before_that_of_the_page(table, make_page):
    rows = [{"page": make_page(n).decode(), "name": name} for n, name in ((1, "Mine"), (2, None))]
    stage, path = table(rows, {**COLUMNS, "title": "name"})
    assert [row["title"] for row in read(stage, path)] == ["Mine", "Title 2"]


def test_metadata_of_a_page_stand_beside_those_of_the_table(table):
    html = (
        "<title>t</title><meta name=author content=Ana><meta name=date content=2024-05-06>"
        "<link rel=canonical href=/c><meta name=robots content=noai><p>One two three four.</p>"
    )
    rows = [
        {"page": html, "url": "http://a/", "by": "Eva"},
        {"page": html, "url": None, "by": None},
    ]
    stage, path = table(rows, {**COLUMNS, "author": "by"})
    found = read(stage, path)
    assert [row["author"] for row in found] == ["Eva", "Ana"]
    assert [row["canonical_url"] for row in found] == ["http://a/c", None]
    assert [row["published"] for row in found] == [dt.date(2024, 5, 6)] * 2
    noai = {"source": "meta", "name": "robots", "value": "noai"}
    assert [row["rights"] for row in found] == [[noai]] * 2


def test_rows_without_a_page_have_no_text_and_the_others_go_on(table, make_page):
    pages = ["", None, " \n", make_page(1).decode()]
    stage, path = table([{"id": str(n), "page": page} for n, page in enumerate(pages)])
    assert [row["extract_reasons"] for row in read(stage, path)] == [["no_text"]] * 3 + [[]]


def test_limits_of_pages_hold_for_those_of_tables(table, make_page):
    pages = [make_page(1).decode(), "<p>" + "ż" * 1000, "<br>" * 200]
    stage, path = table([{"page": p} for p in pages], max_bytes=1500, max_tags=100)
    assert [row["extract_reasons"] for row in read(stage, path)] == [
        [],
        ["too_large"],
        ["too_many_tags"],
    ]


def test_a_column_text_beside_the_html_is_not_looked_at(table, make_page):
    stage, path = table([{"page": make_page(3).decode(), "text": "other"}])
    (row,) = read(stage, path)
    assert "number 3" in row["text"]


def test_page_that_takes_too_long_is_a_row_with_the_reason(table, make_page):
    def protect(id_, work):
        if id_ == "b":
            raise LimitError("time_limit")
        return work()

    stage, path = table([{"id": id_, "page": make_page(1).decode()} for id_ in "abc"])
    rows = read(stage, path, Account(protect=protect))
    assert [row["extract_reasons"] for row in rows] == [[], ["time_limit"], []]


def test_missing_column_is_told_with_those_that_are_there(table):
    stage, path = table([{"id": "a", "html": "<p>x"}])
    with pytest.raises(InputError, match=r"has no column 'page'; its columns are .*html"):
        read(stage, path)


@pytest.mark.parametrize("type_", [pa.binary(), pa.large_binary(), pa.binary_view()])
def test_bytes_are_decoded_as_those_of_a_crawl(tmp_path, type_):
    html = "<meta charset=iso-8859-2><article>" + "<p>Příští týden začne oprava mostu.</p>" * 5
    body = html.encode("iso-8859-2")
    pages = pa.array([body, body + b"x" * 1000], type_)
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"html": pages}), path)
    config = ExtractConfig(
        format="parquet", columns={"html": "html"}, engine="resiliparse", max_bytes=999
    )
    row, large = read(Extract(config, name="extract"), path)
    assert (row["encoding"], row["extract_reasons"]) == ("iso-8859-2", [])
    assert "Příští týden" in row["text"]
    assert large["extract_reasons"] == ["too_large"]


def test_text_and_html_cannot_both_be_mapped():
    with pytest.raises(ValidationError, match=r"map html.*or text.*not both"):
        ExtractConfig(format="jsonl", columns={"html": "a", "text": "b"})
