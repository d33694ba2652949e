"""Every kind of input with pages or texts, from the command line to the report."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from functools import partial

import polars as pl
import pytest

from tests.end_to_end import records

pytestmark = pytest.mark.slow

SENTENCE = "Săptămâna viitoare începe repararea podului vechi, a spus primăriţa oraşului."
MENDED = SENTENCE.replace("ţ", "ț").replace("ş", "ș")


html = partial(records.html, sentence=SENTENCE, language="ro")


def record(number, kind="response"):
    return gzip.compress(records.record(number, SENTENCE, "ro", kind), mtime=0)


def wacz():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("archive/data.warc.gz", record(0) + record(1) + record(2))
    return file.getvalue()


def jsonl():
    return "".join(json.dumps({"key": str(n), "page": html(n)}) + "\n" for n in range(3)).encode()


def parquet():
    file = io.BytesIO()
    pl.DataFrame({"page": [html(n).encode() for n in range(3)]}).write_parquet(file)
    return file.getvalue()


INPUTS = {
    "wet": ("x.warc.wet.gz", b"".join(record(n, "conversion") for n in range(3)), ""),
    "wacz": ("x.wacz", wacz(), ""),
    "jsonl": ("x.jsonl", jsonl(), "columns: {id: key, html: page}"),
    "parquet": ("x.parquet", parquet(), "columns: {html: page}"),
}


@pytest.mark.parametrize("kind", INPUTS)
def test_pages_become_documents_with_their_letters_put_right(tmp_path, command, kind):
    name, data, columns = INPUTS[kind]
    (tmp_path / name).write_bytes(data)
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(
        f"version: 1\nname: all\ninput: {{path: {name}{columns and ', ' + columns}}}\n"
        "stages:\n  extract: {engine: resiliparse}\n  langid: {}\n"
    )
    assert command("validate", recipe).returncode == 0
    command("run", recipe, "--quiet")
    assert command("verify", recipe).returncode == 0
    layer = pl.read_parquet(tmp_path / "runs/all/extract/00000.parquet")
    assert [text.splitlines()[0] for text in layer["text"]] == [f"{n}. {MENDED}" for n in range(3)]
    found = command("report", recipe, "--by", "funnel", "--format", "jsonl").stdout
    lines = [json.loads(line) for line in found.splitlines()]
    assert {"stage": "extract", "what": "mended", "reason": "cedilla", "count": 3} in lines


def test_pages_of_folders_become_documents_and_new_ones_are_noticed(tmp_path, command):
    """Each folder is a shard; a page that changes makes its own folder stale."""
    for number, name in enumerate(["a/index.html", "a/b/x.htm", "c/y.html"]):
        path = tmp_path / "sites" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(html(number), encoding="iso-8859-2")
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(
        "version: 1\nname: all\ninput: {path: sites/*, format: html}\n"
        "stages:\n  extract: {engine: resiliparse}\n"
    )
    command("run", recipe, "--quiet")
    assert command("verify", recipe).returncode == 0
    layers = tmp_path / "runs/all/extract"
    found = [pl.read_parquet(layers / f"0000{n}.parquet") for n in range(2)]
    assert [layer["file_path"].to_list() for layer in found] == [
        ["a/b/x.htm", "a/index.html"],
        ["c/y.html"],
    ]
    assert found[1]["text"][0].splitlines()[0] == f"2. {MENDED}"
    (tmp_path / "sites/c/z.html").write_text(html(3))
    refused = command("run", recipe, check=False)
    assert "input c has changed" in refused.stderr
    command("run", recipe, "--replan", "--quiet")
    assert pl.read_parquet(layers / "00001.parquet").height == 2


def test_a_column_of_html_that_is_not_there_is_told(tmp_path, command):
    (tmp_path / "x.jsonl").write_bytes(jsonl())
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(
        "version: 1\nname: all\ninput: {path: x.jsonl, columns: {html: body}}\nstages: {}\n"
    )
    found = command("run", recipe, check=False)
    assert found.returncode != 0
    assert "has no column 'body'; its columns are key, page" in found.stderr
