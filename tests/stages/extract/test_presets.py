"""Corpora of others are read by their name, whatever release they are of."""

from __future__ import annotations

from datetime import UTC, datetime

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from eurosift.stages.errors import InputError
from eurosift.stages.extract import Extract, ExtractConfig
from eurosift.stages.extract.config import MAPPABLE
from eurosift.stages.extract.presets import PRESETS
from eurosift.stages.source import Account

TIME = datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
HPLT_2 = {
    "id": "a",
    "u": "http://a/",
    "ts": "2024-01-02T03:04:05Z",
    "collection": "wide17",
    "lang": ["mlt_Latn"],
    "text": "one",
}
HPLT_4 = {
    "id": "b",
    "u": "http://b/",
    "ts": "2024-01-02T03:04:05Z",
    "crawl_id": "cc22",
    "htmllang": ["mt", "en"],
    "text": "two",
}
FINEWEB_2 = {
    "id": "c",
    "url": "http://c/",
    "date": "2024-01-02T03:04:05Z",
    "dump": "CC-MAIN-2024-10",
    "language": "mlt",
    "text": "three",
}


def read(folder, rows, kind, **config):
    path = folder / f"part.{kind}"
    if kind == "jsonl":
        path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    else:
        pq.write_table(pa.Table.from_pylist(rows), path)
    stage = Extract(ExtractConfig(format=kind, **config), name="extract")
    texts = [text for array in stage.texts(path) for text in array.to_pylist()]
    found = [row for b in stage.read(path, path.name, Account()) for row in b.to_pylist()]
    return [
        {name: row[name] for name in ("id", "url", "date", "crawl", "html_lang")} | {"text": text}
        for row, text in zip(found, texts, strict=True)
    ]


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
@pytest.mark.parametrize(
    ("preset", "row", "wanted"),
    [
        ("hplt", HPLT_2, ("a", "http://a/", TIME, "wide17", None, "one")),
        ("hplt", HPLT_4, ("b", "http://b/", TIME, "cc22", "mt", "two")),
        (
            "fineweb2",
            FINEWEB_2,
            ("c", "http://c/", TIME, "CC-MAIN-2024-10", None, "three"),
        ),
    ],
)
def test_columns_are_found(tmp_path, kind, preset, row, wanted):
    (found,) = read(tmp_path, [row], kind, preset=preset)
    assert tuple(found.values()) == wanted


def test_columns_of_the_recipe_go_before_those_of_the_preset(tmp_path):
    row = HPLT_4 | {"mine": "http://mine/"}
    (found,) = read(tmp_path, [row], "jsonl", preset="hplt", columns={"url": "mine"})
    assert (found["url"], found["crawl"]) == ("http://mine/", "cc22")


def test_only_text_must_be_there(tmp_path):
    (found,) = read(tmp_path, [{"text": "x"}], "parquet", preset="hplt")
    assert (found["text"], found["url"]) == ("x", None)
    with pytest.raises(InputError, match="has no column 'text'"):
        read(tmp_path, [{"u": "x"}], "parquet", preset="hplt")


def test_presets_map_what_can_be_mapped():
    assert all(set(columns) <= set(MAPPABLE) for columns in PRESETS.values())
