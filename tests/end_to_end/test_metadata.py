"""Metadata, evidence of rights and Markdown, from the command line to layer and release."""

from __future__ import annotations

import datetime as dt
import gzip

import polars as pl
import pytest

pytestmark = pytest.mark.slow

SENTENCE = "The council voted on Tuesday to repair the old bridge over the river."
PAGE = (
    "<html lang=en><head><title>Bridge {0}</title><meta name=author content='Ana Example'>"
    "<meta property=og:site_name content='Daily Example'><meta name=robots content=noai>"
    "<meta property=article:published_time content='2024-05-0{0}T23:00:00-07:00'>"
    "<link rel=canonical href='/bridge/{0}'></head><body><article><h1>Bridge {0}</h1>"
    "<p>{0}. {1}</p><p>Write to office{0}@rat-hafenstadt.de about it.</p>"
    "<ul><li>{1}<li>It is *long*: {1}</ul></article></body></html>"
)


@pytest.fixture(scope="module")
def run(tmp_path_factory, command):
    folder = tmp_path_factory.mktemp("metadata")
    records = b""
    for number in (1, 2):
        body = PAGE.format(number, SENTENCE)
        block = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTDM-Reservation: 1\r\n\r\n{body}"
        head = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://ex.example/{number}?x\r\n"
            "Content-Type: application/http; msgtype=response\r\n"
            f"Content-Length: {len(block.encode())}\r\n\r\n"
        )
        records += gzip.compress(f"{head}{block}\r\n\r\n".encode(), mtime=0)
    (folder / "x.warc.gz").write_bytes(records)
    (folder / "recipe.yaml").write_text(
        "version: 1\nname: all\ninput: {path: x.warc.gz}\nstages:\n"
        "  extract: {engine: auto, markdown: true}\n  langid: {}\n"
        "  pii: {mode: tag, needs: langid}\n  release: {needs: pii}\n"
    )
    command("run", folder / "recipe.yaml", "--quiet")
    assert command("verify", folder / "recipe.yaml").returncode == 0
    return folder / "runs/all"


def test_the_layer_says_what_pages_say_of_themselves(run):
    rows = pl.read_parquet(run / "extract/00000.parquet").to_dicts()
    assert [row["canonical_url"] for row in rows] == [
        "http://ex.example/bridge/1",
        "http://ex.example/bridge/2",
    ]
    first = rows[0]
    assert (first["author"], first["site_name"]) == ("Ana Example", "Daily Example")
    assert first["published"] == dt.date(2024, 5, 1)
    assert [tuple(entry.values()) for entry in first["rights"]] == [
        ("http", "tdm-reservation", "1"),
        ("meta", "robots", "noai"),
    ]
    assert first["markdown"] == (
        f"# Bridge 1\n\n1\\. {SENTENCE}\n\nWrite to office1@rat-hafenstadt.de about it.\n\n"
        f"- {SENTENCE}\n- It is \\*long\\*: {SENTENCE}"
    )


def test_the_release_has_no_text_that_was_not_scrubbed(run):
    (path,) = (run / "release/data/eng_Latn").glob("*.parquet")
    rows = pl.read_parquet(path)
    assert "Write to <EMAIL> about it." in rows["text"][0]
    assert rows["site_name"].to_list() == ["Daily Example"] * 2
    assert rows["published"].to_list() == [dt.date(2024, 5, 1), dt.date(2024, 5, 2)]
    assert not {"markdown", "author", "rights"} & set(rows.columns)
    for file in (run / "release").rglob("*"):
        if file.suffix == ".parquet":
            assert "rat-hafenstadt.de" not in str(pl.read_parquet(file).to_dicts())


def test_markdown_cannot_be_asked_of_the_release(run, command):
    recipe = run.parents[1] / "wrong.yaml"
    recipe.write_text(
        "version: 1\nname: all\ninput: {path: x.warc.gz}\nstages:\n  extract: {markdown: true}\n"
        "  release: {columns: [id, text, language, markdown]}\n"
    )
    found = command("validate", recipe, check=False)
    assert found.returncode == 2
    assert "no column `markdown` in a release" in found.stderr
