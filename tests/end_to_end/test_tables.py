"""Somebody else's Parquet or JSONL, read in place; any stage alone."""

from __future__ import annotations

import json

import polars as pl
import pytest

from eurosift.pipeline.demo.prose import sites

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]


@pytest.fixture(scope="module")
def documents():
    """One text in each language of the demo, an empty one, and one that is null."""
    found = [
        {"key": f"{site.code}-0", "content": "\n".join(site.pages[0].paragraphs)}
        for site in sites()
    ]
    return [*found, {"key": "empty", "content": " "}, {"key": "none", "content": None}]


def write(folder, documents, kind):
    if kind == "parquet":
        pl.DataFrame(documents).write_parquet(folder / "part-0.parquet")
    else:
        lines = "".join(json.dumps(d, ensure_ascii=False) + "\n" for d in documents)
        (folder / "part-0.jsonl").write_text(lines)


def recipe(folder, kind, stages):
    path = folder / "recipe.yaml"
    path.write_text(
        "version: 1\nname: alone\n"
        f"input:\n  path: part-*.{kind}\n  columns: {{id: key, text: content}}\n"
        f"stages:\n{stages}\n"
    )
    return path


@pytest.mark.parametrize("kind", ["parquet", "jsonl"])
@pytest.mark.parametrize("stage", ["langid", "signals", "dedup", "count"])
def test_a_stage_runs_alone(tmp_path, documents, command, kind, stage):
    """On `id` and `text` under whatever names; text is not copied."""
    write(tmp_path, documents, kind)
    path = recipe(tmp_path, kind, f"  {stage}: {{}}")
    command("run", path, "--quiet")
    assert command("verify", path).returncode == 0
    run = tmp_path / "runs/alone"
    layer = pl.read_parquet(run / stage / "00000.parquet")
    assert layer.height == len(documents)
    assert "text" not in pl.read_parquet_schema(run / "extract/00000.parquet")
    reasons = pl.read_parquet(run / "extract/00000.parquet")["extract_reasons"].to_list()
    assert reasons[:-2] == [[]] * (len(documents) - 2)
    assert reasons[-2:] == [["no_text"], ["no_text"]]


def test_whole_line_from_parquet_equals_that_from_jsonl(tmp_path, documents, command):
    """The kind of input does not show in the release."""
    frames = []
    for kind in ("parquet", "jsonl"):
        folder = tmp_path / kind
        folder.mkdir()
        write(folder, documents, kind)
        stages = "\n".join(
            f"  {s}: {{}}" for s in ("langid", "signals", "quality", "dedup", "count", "release")
        )
        path = recipe(folder, kind, stages)
        command("run", path, "--quiet")
        data = folder / "runs/alone/release/data"
        frames.append(
            pl.read_parquet(str(data / "**" / "*.parquet")).drop("file_path", "offset", "length")
        )
    assert frames[0].height > 20
    assert frames[0].equals(frames[1])


def test_ids_that_repeat_are_an_error(tmp_path, documents, command):
    """Two documents with one id: both places are named."""
    write(
        tmp_path, [*documents, {"key": documents[0]["key"], "content": "Something else."}], "jsonl"
    )
    path = recipe(tmp_path, "jsonl", "  dedup: {}")
    found = command("run", path, "--quiet", check=False)
    assert found.returncode == 1
    assert documents[0]["key"] in found.stderr
