"""Tables for people and for programs."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.pipeline.harmless import printable, spreadsheet_cell
from eurosift.pipeline.tables import Table, render

HUGE = 1_234_567_890_123_456_789


@pytest.fixture
def table():
    rows = [
        {"language": "mlt_Latn", "documents": HUGE, "share": 0.25},
        {"language": "a|b", "documents": 7},
        {"language": "total", "documents": HUGE + 7, "share": 1.0},
    ]
    return Table("languages", ("language", "documents", "share"), rows, footer=1)


def test_numbers_are_grouped_and_never_cut(table, monkeypatch):
    """However narrow the terminal says it is."""
    monkeypatch.setenv("COLUMNS", "10")
    lines = render([table], "table").splitlines()
    assert lines == [
        "language                  documents  share",
        "────────  ─────────────────────────  ─────",
        "mlt_Latn  1,234,567,890,123,456,789  0.250",
        "a|b                               7      -",
        "────────  ─────────────────────────  ─────",
        "total     1,234,567,890,123,456,796  1.000",
    ]


def test_long_addresses_are_cut_for_people_alone():
    url = f"https://site.example/{'a' * 70}"
    table = Table("nearest", ("id", "url"), [{"id": "b" * 70, "url": url}], cut=("url",))
    assert render([table], "table").splitlines()[2] == f"{'b' * 70}  {url[:59]}…"
    for style in ("json", "jsonl", "csv", "tsv", "md"):
        assert url in render([table], style)


def test_markdown_aligns_numbers_and_escapes_bars(table):
    assert render([table], "md").splitlines() == [
        "### languages",
        "",
        "| language | documents | share |",
        "|---|---:|---:|",
        "| mlt_Latn | 1,234,567,890,123,456,789 | 0.250 |",
        "| a\\|b | 7 | - |",
        "| total | 1,234,567,890,123,456,796 | 1.000 |",
    ]


def test_json_has_a_version_and_all_tables(table):
    body = json.loads(render([table, Table("empty", ("x",), [])], "json"))
    assert body["schema_version"] == 1
    assert body["languages"][0] == {"language": "mlt_Latn", "documents": HUGE, "share": 0.25}
    assert body["empty"] == []


def test_json_lines_are_one_object_per_row(table):
    lines = render([table], "jsonl").splitlines()
    assert [json.loads(line)["documents"] for line in lines] == [HUGE, 7, HUGE + 7]


@pytest.mark.parametrize(("style", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_csv_and_tsv_keep_numbers_as_numbers(table, style, delimiter):
    rows = list(csv.reader(io.StringIO(render([table], style)), delimiter=delimiter))
    assert rows[:3] == [
        ["language", "documents", "share"],
        ["mlt_Latn", str(HUGE), "0.25"],
        ["a|b", "7", ""],
    ]


def test_a_message_of_several_lines_stays_in_its_row():
    table = Table("failures", ("item", "error"), [{"item": "00000", "error": "one\ntwo"}])
    assert len(render([table], "table").splitlines()) == 3
    assert render([table], "md").splitlines()[-1] == "| 00000 | one two |"


@given(st.integers(), st.sampled_from(["table", "md"]))
def test_every_digit_of_every_number_is_shown(number, style):
    text = render([Table("t", ("n",), [{"n": number}])], style)
    assert str(number) in text.replace(",", "")


@given(st.lists(st.tuples(st.text(), st.integers() | st.none()), max_size=5))
def test_machine_formats_give_back_what_went_in(values):
    table = Table("t", ("a", "b"), [{"a": a, "b": b} for a, b in values])
    assert json.loads(render([table], "json"))["t"] == list(table.rows)
    rows = list(csv.reader(io.StringIO(render([table], "tsv"), newline=""), delimiter="\t"))
    harmless = [spreadsheet_cell(printable(a)) for a, _ in values]
    assert [row[0] for row in rows[1:]] == harmless
    assert [row[1] for row in rows[1:]] == ["" if b is None else str(b) for _, b in values]


ATTACKS = ("=cmd|' /C calc'!A0", "\x1b[31mred\x9b2J", "a\u202etxt.exe", "<script>alert(1)</script>")


@pytest.mark.parametrize("style", ["table", "md", "csv", "tsv", "json", "jsonl"])
def test_text_of_the_web_is_harmless_in_every_format(style):
    """Whether it stands in a cell, or, as a domain that a page declares, above a column."""
    columns = ("language", *ATTACKS)
    text = render([Table("t", columns, [{"language": a, ATTACKS[0]: 1} for a in ATTACKS])], style)
    assert not {"\x1b", "\x9b", "\u202e", "\x7f"} & set(text)
    if style in {"csv", "tsv"}:
        lines = csv.reader(io.StringIO(text), delimiter="," if style == "csv" else "\t")
        assert not [cell for line in lines for cell in line if cell.startswith("=")]
    if style == "md":
        assert "<script" not in text
    if style == "json":
        assert [row["language"] for row in json.loads(text)["t"]] == list(ATTACKS)
