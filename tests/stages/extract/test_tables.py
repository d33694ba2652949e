from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from eurosift.stages.errors import InputError
from eurosift.stages.extract import Extract, ExtractConfig, tables
from eurosift.stages.extract.remote import Remote
from eurosift.stages.extract.rows import row_id
from eurosift.stages.extract.tables import lines_of
from eurosift.stages.source import Account

ROWS = [
    {"doc": "a", "content": "one", "link": "http://a/", "lang": "et", "when": "2024-01-02"},
    {"doc": "b", "content": " \n", "link": None, "lang": "__label__hr", "when": None},
    {"doc": "c", "content": None, "link": None, "lang": "??", "when": "2024-01-02T03:04:05+02:00"},
    {"doc": None, "content": "four", "link": None, "lang": None, "when": "soon"},
]
COLUMNS = {"id": "doc", "text": "content", "url": "link", "language": "lang", "date": "when"}


def read(stage, path, account=None):
    rows = []
    for batch in stage.read(path, "in/" + path.name, account or Account()):
        assert batch.schema == stage.adds
        rows += batch.to_pylist()
    return rows


def texts(stage, path):
    return [text for array in stage.texts(path) for text in array.to_pylist()]


def test_mapped_columns_arrive_under_our_names(table):
    stage, path = table(ROWS, COLUMNS)
    rows = read(stage, path)
    assert [row["id"] for row in rows[:3]] == ["a", "b", "c"]
    assert [row["url"] for row in rows] == ["http://a/", None, None, None]
    assert [row["date"] for row in rows] == [
        datetime(2024, 1, 2, tzinfo=UTC),
        None,
        datetime(2024, 1, 2, 1, 4, 5, tzinfo=UTC),
        None,
    ]
    assert {row["file_path"] for row in rows} == {"in/" + path.name}


def test_metadata_are_mapped_and_otherwise_null(table):
    rows = [
        {"text": "a", "by": "Ana", "on": "2024-05-06T23:00:00-07:00", "site": "S", "u": "/c"},
        {"text": "b", "by": None, "on": "soon", "site": None, "u": None},
    ]
    names = {"author": "by", "published": "on", "site_name": "site", "canonical_url": "u"}
    stage, path = table(rows, names)
    first, second = read(stage, path)
    assert [first[name] for name in names] == ["Ana", date(2024, 5, 6), "S", "/c"]
    assert [second[name] for name in names] == [None] * 4
    (row, _) = read(*table(rows))
    assert [row[name] for name in (*names, "rights")] == [None] * 5


@pytest.mark.parametrize("day", [date(1913, 5, 6), datetime(1913, 5, 6, 23, 0, tzinfo=UTC)])
def test_dates_of_publication_are_taken_as_they_are(tmp_path, day):
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"text": ["a"], "on": [day]}), path)
    config = ExtractConfig(format="parquet", columns={"published": "on"})
    (row,) = read(Extract(config, name="extract"), path)
    assert row["published"] == date(1913, 5, 6)


def test_language_is_made_canonical_where_it_is_known(table):
    stage, path = table(ROWS, COLUMNS)
    assert [row["language"] for row in read(stage, path)] == ["ekk_Latn", "hrv_Latn", "??", None]


def test_language_is_no_column_unless_mapped(table):
    stage, _ = table(ROWS, {"text": "content"})
    assert "language" not in stage.adds.names


def test_text_is_not_copied_but_given_row_by_row(table):
    stage, path = table(ROWS, COLUMNS)
    assert "text" not in stage.adds.names
    assert texts(stage, path) == ["one", None, None, "four"]


def test_row_without_text_has_a_reason(table):
    stage, path = table(ROWS, COLUMNS)
    assert [row["extract_reasons"] for row in read(stage, path)] == [
        [],
        ["no_text"],
        ["no_text"],
        [],
    ]


@pytest.mark.parametrize("text", ["x" * 100, "я" * 50, "x" * 97 + "€"])
def test_text_over_the_limit_is_a_row_with_too_large(table, text):
    """In bytes of UTF-8; a text of exactly the limit is read."""
    stage, path = table([{"text": "a"}, {"text": text}, {"text": text + "x"}], max_text_bytes=100)
    assert [row["extract_reasons"] for row in read(stage, path)] == [[], [], ["too_large"]]
    assert texts(stage, path) == ["a", text, None]


def test_line_over_any_limit_is_a_row_with_an_id_of_its_own(tmp_path, monkeypatch):
    """It is not parsed, so that nothing of it is known but where it is."""
    monkeypatch.setattr(tables, "_LINE_REST", 0)
    path = tmp_path / "x.jsonl"
    lines = [orjson.dumps({"id": f"{n}", "text": "x" * n}) + b"\n" for n in (5, 500, 6)]
    path.write_bytes(b"".join(lines))
    stage = Extract(ExtractConfig(format="jsonl", max_text_bytes=20), name="extract")
    account = Account()
    rows = read(stage, path, account)
    assert [row["extract_reasons"] for row in rows] == [[], ["too_large"], []]
    assert [row["offset"] for row in rows] == [0, len(lines[0]), len(lines[0] + lines[1])]
    assert [row["length"] for row in rows] == [len(line) for line in lines]
    assert (rows[0]["id"], rows[2]["id"]) == ("5", "6")
    assert rows[1]["id"] == row_id("in/x.jsonl", 1)
    assert account.losses == []
    assert texts(stage, path) == ["x" * 5, None, "x" * 6]


@pytest.mark.parametrize("encode", [pa.Array.dictionary_encode, lambda x: x.cast(pa.string_view())])
def test_large_texts_are_found_however_a_column_holds_them(tmp_path, encode):
    path = tmp_path / "x.parquet"
    column = encode(pa.array(["a", "b" * 101, "a", None]))
    pq.write_table(pa.table({"text": column}), path)
    stage = Extract(ExtractConfig(format="parquet", max_text_bytes=100), name="extract")
    assert [row["extract_reasons"] for row in read(stage, path)] == [
        [],
        ["too_large"],
        [],
        ["no_text"],
    ]


@pytest.mark.parametrize(
    "encode",
    [
        pa.Array.dictionary_encode,
        lambda x: x.cast(pa.string_view()),
        lambda x: x.cast(pa.large_string()),
    ],
)
def test_blank_is_what_python_strips(tmp_path, encode):
    """Whatever there is between a blank and a letter, however a column holds it."""
    candidates = [chr(code) for code in (*range(0x2100), 0x3000, 0xFEFF)]
    rows = [None, "", *candidates, *(f" {c}\n" for c in candidates), "".join(candidates[:33])]
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"text": encode(pa.array(rows))}), path)
    stage = Extract(ExtractConfig(format="parquet"), name="extract")
    assert texts(stage, path) == [text if text and text.strip() else None for text in rows]
    assert [row["extract_reasons"] == [] for row in read(stage, path)] == [
        bool(text and text.strip()) for text in rows
    ]


@pytest.mark.parametrize("column", [pa.array([1, 2]), pa.array([b"a", b"b"]), pa.nulls(2)])
def test_what_is_no_text_is_null(tmp_path, column):
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"text": column}), path)
    stage = Extract(ExtractConfig(format="parquet"), name="extract")
    assert texts(stage, path) == [None, None]
    assert [row["extract_reasons"] for row in read(stage, path)] == [["no_text"]] * 2


def test_texts_come_in_arrays_of_bounded_size(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "_PARQUET_BYTES", 1 << 30)
    path = tmp_path / "x.parquet"
    rows = ["a" * 9_000_000, "b", "c" * 9_000_000, "d"]
    pq.write_table(pa.table({"text": pa.array(rows, pa.large_string())}), path)
    arrays = list(Extract(ExtractConfig(format="parquet"), name="extract").texts(path))
    assert [array.to_pylist() for array in arrays] == [rows[:2], rows[2:]]
    assert {array.type for array in arrays} == {pa.string()}


def test_parquet_is_read_in_batches_that_are_bounded_by_bytes(tmp_path, monkeypatch):
    """However many rows a row group has."""
    monkeypatch.setattr(tables, "_PARQUET_BYTES", 10_000)
    path = tmp_path / "x.parquet"
    rows = [f"{n} " + "x" * 1_000 for n in range(200)] + ["y"] * 200
    pq.write_table(pa.table({"text": rows}), path, row_group_size=200, use_dictionary=False)
    with pq.ParquetFile(path) as file:
        sizes = [batch.num_rows for batch in tables._batches(file, ["text"])]
    assert max(sizes[:-1]) <= 10
    assert sizes[-1] == 200
    assert sum(sizes) == 400


def test_row_without_id_gets_one_from_path_and_row(table):
    stage, path = table([{"text": "same"}, {"text": "same"}])
    ids = [row["id"] for row in read(stage, path)]
    assert len(set(ids)) == 2
    assert ids == [row["id"] for row in read(stage, path)]
    assert all(len(given) == 32 for given in ids)


def test_id_and_url_are_found_by_their_own_name(table):
    stage, path = table([{"id": 7, "text": "x", "url": "http://x/"}])
    (row,) = read(stage, path)
    assert (row["id"], row["url"]) == ("7", "http://x/")


@pytest.mark.parametrize("columns", [{}, {"text": "body"}, {"text": "content", "url": "body"}])
def test_missing_column_is_named_with_those_that_are_there(table, columns):
    stage, path = table(ROWS, columns)
    missing = "text" if not columns else "body"
    with pytest.raises(InputError, match=rf"x\.\w+: has no column '{missing}'.*content"):
        read(stage, path)


def test_texts_stay_aligned_over_bad_lines_and_batches(tmp_path):
    path = tmp_path / "x.jsonl"
    lines = [orjson.dumps({"id": str(i), "text": f"t{i}" if i % 3 else ""}) for i in range(700)]
    lines[300] = b"{bad"
    path.write_bytes(b"\n".join(lines))
    stage = Extract(ExtractConfig(format="jsonl"), name="extract")
    account = Account()
    rows = read(stage, path, account)
    assert len(rows) == 699
    assert [x["reason"] for x in account.losses] == ["bad_json"]
    for row, text in zip(rows, texts(stage, path), strict=True):
        assert text == (f"t{row['id']}" if int(row["id"]) % 3 else None)


def test_jsonl_rows_tell_their_place_in_the_uncompressed_file(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_bytes(b'{"text": "a"}\n{"text": "bb"}\n')
    rows = read(Extract(ExtractConfig(format="jsonl"), name="extract"), path)
    assert [(row["offset"], row["length"]) for row in rows] == [(0, 14), (14, 15)]


def test_times_of_parquet_become_utc_seconds(tmp_path):
    path = tmp_path / "x.parquet"
    when = pa.array([datetime(2024, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC), None])
    day = pa.array([date(2024, 1, 2), None])
    pq.write_table(pa.table({"text": ["a", "b"], "when": when, "day": day}), path)
    for column, hour in (("when", 3), ("day", 0)):
        config = ExtractConfig(format="parquet", columns={"date": column})
        rows = read(Extract(config, name="extract"), path)
        assert rows[0]["date"].replace(minute=0, second=0) == datetime(2024, 1, 2, hour, tzinfo=UTC)
        assert rows[1]["date"] is None


@pytest.mark.parametrize("format_", ["parquet", "jsonl"])
def test_file_that_cannot_be_read_is_one_clear_error(tmp_path, format_):
    path = tmp_path / f"x.{format_}"
    stage = Extract(ExtractConfig(format=format_), name="extract")
    with pytest.raises(InputError, match=rf"x\.{format_}: cannot be read"):
        read(stage, path)
    if format_ == "parquet":
        path.write_bytes(b"this is no Parquet")
        with pytest.raises(InputError, match=r"x\.parquet: is no readable Parquet file"):
            read(stage, path)


def test_empty_jsonl_has_no_rows(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"")
    assert read(Extract(ExtractConfig(format="jsonl"), name="extract"), path) == []


def test_development_tables_with_html_say_which_column_is_missing(web):
    for name, format_ in (("pages.parquet", "parquet"), ("pages.jsonl.gz", "jsonl")):
        stage = Extract(ExtractConfig(format=format_), name="extract")
        with pytest.raises(
            InputError, match=r"has no column 'text'; its columns are .*`text` for texts, `html`"
        ):
            read(stage, web / "other_inputs" / name)
        mapped = ExtractConfig(format=format_, columns={"text": "html"})
        stage = Extract(mapped, name="extract")
        assert len(read(stage, web / "other_inputs" / name)) == 60


def test_a_time_that_utc_does_not_have_is_null(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_bytes(b'{"text": "a", "date": "0001-01-01T00:00:00+14:00"}\n')
    config = ExtractConfig(format="jsonl", columns={"date": "date"})
    assert read(Extract(config, name="extract"), path)[0]["date"] is None


def test_nanoseconds_are_cut_off(tmp_path):
    path = tmp_path / "x.parquet"
    when = pa.array([1_700_000_000_000_000_001, None], pa.timestamp("ns", "Europe/Malta"))
    pq.write_table(pa.table({"text": ["a", "b"], "date": when}), path)
    config = ExtractConfig(format="parquet", columns={"date": "date"})
    rows = read(Extract(config, name="extract"), path)
    assert [row["date"] for row in rows] == [datetime.fromtimestamp(1_700_000_000, UTC), None]


@pytest.mark.parametrize(
    "column",
    [
        pa.array([2**62], pa.timestamp("us")),
        pa.array([b"\xff"]).view(pa.string()),
    ],
)
def test_values_that_python_cannot_hold_are_one_clear_error(tmp_path, column):
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"text": ["a"], "title": column}), path)
    config = ExtractConfig(format="parquet", columns={"title": "title"})
    with pytest.raises(InputError, match=r"x\.parquet: is no readable Parquet file"):
        read(Extract(config, name="extract"), path)


def test_texts_that_are_no_utf8_are_one_clear_error(tmp_path):
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"text": pa.array([b"a\xff"]).view(pa.string())}), path)
    stage = Extract(ExtractConfig(format="parquet"), name="extract")
    for side in (read, texts):
        with pytest.raises(InputError, match=r"x\.parquet: is no readable Parquet file"):
            side(stage, path)


def test_of_a_table_by_url_only_the_columns_that_are_needed_are_requested(web_server, tmp_path):
    rng = np.random.default_rng(7)
    texts = [rng.bytes(600).hex() for _ in range(2000)]
    path = tmp_path / "x.parquet"
    table = pa.table({"other": [rng.bytes(3000) for _ in texts], "text": texts})
    pq.write_table(table, path, row_group_size=500)
    web_server.files["x.parquet"] = path.read_bytes()
    config = ExtractConfig(format="parquet")
    there = Remote(f"{web_server.url}/x.parquet", {})
    found = [line.values["text"] for line in lines_of(there, config, Account())]
    assert found == texts
    ranges = [asked.removeprefix("bytes=").split("-") for *_, asked in web_server.requests if asked]
    requested = sum(int(end) + 1 - int(start) for start, end in ranges)
    assert requested < path.stat().st_size / 3
