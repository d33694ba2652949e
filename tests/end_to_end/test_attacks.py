"""Documents and recipes that attack whoever reads a release: nothing leaves it, nothing runs."""

from __future__ import annotations

import json

import orjson
import polars as pl
import pytest
import zstandard
from markdown_it import MarkdownIt

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("attacks")]

ATTACKS = (
    "<script>alert(1)</script>",
    "</style><script src=//x></script>",
    "\u202egnp.exe\u202c",
    "\x1b]0;owned\x07\x1b[2J",
    '=cmd|"/C calc"!A0',
    "../../../../etc/passwd",
    "..\\..\\evil",
    "/absolute",
    "a\x00b",
    "| x | y |\n|---|---|\n# heading",
    "![x](javascript:alert(1))",
    "---\nlicense: mit\n---",
    "%2e%2e%2f%2e%2e%2fevil",
    "con.parquet",
    "*",
    ".hidden",
    "mlt_Latn/../../evil",
    "Ⅻ_Latn",
)
RECIPE = """\
version: 1
name: attacked
input: {path: in.jsonl, columns: {id: id, text: text, url: url, title: title, language: lang}}
stages:
  count: {}
  release:
    needs: count
    title: |
      # x <script>alert(1)</script>
      ---
      license: mit
      ---
    description: "[a](javascript:alert(1)) <img src=x onerror=alert(1)>"
    creator: "| a | b |"
    contact: "\\x1B[2J\\u202E"
"""


@pytest.fixture(scope="module")
def attacked(tmp_path_factory, command):
    """Everything lies two folders down, so that what breaks out is seen."""
    root = tmp_path_factory.mktemp("attacked")
    folder = root / "a/b"
    folder.mkdir(parents=True)
    rows = [
        {"id": f"{i}-{x}", "text": f"ħelu {x}", "url": x, "title": x, "lang": x}
        for i, x in enumerate(ATTACKS)
    ]
    (folder / "in.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    (folder / "recipe.yaml").write_text(RECIPE)
    command("run", folder / "recipe.yaml", "--quiet")
    command("export", folder / "recipe.yaml", "--to", folder / "out")
    return root, rows


def test_nothing_is_written_outside(attacked):
    root, _ = attacked
    assert [path.name for path in root.iterdir()] == ["a"]
    assert [path.name for path in (root / "a").iterdir()] == ["b"]
    assert {p.name for p in (root / "a/b").iterdir()} == {"in.jsonl", "recipe.yaml", "out", "runs"}
    release = root / "a/b/runs/attacked/release"
    assert {path.name for path in (release / "data").iterdir()} == {"und"}
    assert {path.name for path in (root / "a/b/out/clean").iterdir()} == {"und"}


def test_values_come_out_as_they_went_in(attacked):
    root, rows = attacked
    found = pl.read_parquet(root / "a/b/runs/attacked/release/data/und/*.parquet")
    for name, theirs in (("id", "id"), ("text", "text"), ("url", "url"), ("title", "title")):
        assert found[name].to_list() == [row[theirs] for row in rows]
    (path,) = (root / "a/b/out/clean/und").iterdir()
    content = zstandard.ZstdDecompressor().stream_reader(path.read_bytes()).read()
    records = [orjson.loads(line) for line in content.split(b"\n") if line]
    assert [r["u"] for r in records] == [row["url"] for row in rows]


def test_the_card_has_nothing_of_the_documents_and_nothing_that_runs(attacked):
    root, _ = attacked
    release = root / "a/b/runs/attacked/release"
    card = (release / "README.md").read_text()
    assert not any(ord(c) < 32 and c != "\n" for c in card)
    assert "\u202e" not in card
    _, matter, body = card.split("---\n", 2)
    assert "license: other" in matter
    assert not any(attack in body for attack in ATTACKS if "/" in attack)
    tokens = MarkdownIt("commonmark").enable("table").parse(body)
    kinds = {each.type for token in tokens for each in (token, *(token.children or ()))}
    assert not kinds & {"html_block", "html_inline", "link_open", "image"}
    described = json.loads((release / "croissant.json").read_text())
    assert described["license"] == "other"


def test_release_and_run_are_verified(attacked, command):
    root, _ = attacked
    assert command("verify", root / "a/b/recipe.yaml").returncode == 0
    done = command("verify", root / "a/b/runs/attacked/release")
    assert "all figures agree" in done.stderr


def test_messages_are_plain_where_a_damaged_release_is_named(attacked, command):
    """An id with escape codes does not reach the terminal as it is."""
    root, _ = attacked
    done = command("export", root / "a/b/recipe.yaml", "--to", root / "a/b/out", check=False)
    assert done.returncode == 2
    assert "\x1b" not in done.stderr + done.stdout
