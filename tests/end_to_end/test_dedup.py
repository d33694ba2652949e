"""A new crawl against an earlier one, by the command line."""

from __future__ import annotations

import json
import shutil

import polars as pl
import pytest

from eurosift.pipeline.demo.prose import site

RECIPE = """\
version: 1
name: {name}
input: {{path: {name}/*.jsonl}}
stages:
  extract: {{}}
  dedup: {dedup}
"""


def pages(crawl, n):
    """Pages of two languages, of which each crawl has some of the other's, with other endings."""
    rows = []
    for code in ("mlt_Latn", "deu_Latn"):
        words = " ".join(paragraph for page in site(code).pages for paragraph in page.paragraphs)
        texts = [f"{' '.join(words.split()[i * 3 : i * 3 + 90])} {crawl}{i}" for i in range(n)]
        rows += [
            {"id": f"{crawl}-{code}-{i}", "text": text, "language": code, "source": crawl}
            for i, text in enumerate(texts)
        ]
    return rows


@pytest.fixture
def folder(tmp_path):
    for crawl in ("first", "second"):
        rows = pages(crawl, 12)
        (tmp_path / crawl).mkdir()
        for shard in range(3):
            lines = [json.dumps(row) for row in rows[shard::3]]
            (tmp_path / crawl / f"{shard}.jsonl").write_text("\n".join(lines))
    return tmp_path


def run(command, folder, name, dedup, *options):
    (folder / f"{name}.yaml").write_text(RECIPE.format(name=name, dedup=dedup))
    return command("run", folder / f"{name}.yaml", "--quiet", *options)


def layer(folder, name):
    files = sorted((folder / "runs" / name / "dedup").glob("*.parquet"))
    return [file.read_bytes() for file in files]


def test_a_new_crawl_is_compared_with_an_earlier_one(command, folder):
    run(command, folder, "first", "{verify: 0.5}")
    settings = "{against: [runs/first], verify: 0.5, upsampling: {1: 1, 2: 2}}"
    run(command, folder, "second", settings)
    found = pl.read_parquet(f"{folder}/runs/second/dedup/*.parquet")
    removed = found.filter(~pl.col("is_keeper"))
    assert removed.height > 0
    assert removed["duplicate_of"].str.starts_with("first-").any()
    assert removed["upsampling_weight"].null_count() == removed.height
    assert command("verify", folder / "second.yaml").returncode == 0
    members = pl.read_parquet(f"{folder}/runs/second/dedup/members/*.parquet")
    assert set(members["run"].unique()) == {"first", None}
    before = layer(folder, "second")
    shutil.rmtree(folder / "runs/second/dedup")
    run(
        command,
        folder,
        "second",
        settings.replace("{against", "{memory_gb: 2e-5, against"),
        "--workers",
        "3",
    )
    assert layer(folder, "second") == before


def test_an_earlier_run_without_signatures_is_told(command, folder):
    (folder / "runs/first").mkdir(parents=True)
    (folder / "second.yaml").write_text(
        RECIPE.format(name="second", dedup="{against: [runs/first]}")
    )
    done = command("run", folder / "second.yaml", check=False)
    assert done.returncode == 2
    assert "second.yaml:" in done.stderr
    assert "no signatures there; name the folder of a run that has done" in done.stderr


def test_a_run_is_no_earlier_run_of_itself_or_while_it_is_not_finished(command, folder):
    run(command, folder, "first", "{}")
    (folder / "first.yaml").write_text(
        RECIPE.format(name="first", dedup="{against: [runs/first/release]}")
    )
    done = command("run", folder / "first.yaml", check=False)
    assert (done.returncode, "is this run itself" in done.stderr) == (2, True), done.stderr
    (folder / "runs/first/dedup/sign/00001.parquet").unlink()
    (folder / "second.yaml").write_text(
        RECIPE.format(name="second", dedup="{against: [runs/first]}")
    )
    done = command("validate", folder / "second.yaml", check=False)
    assert done.returncode == 2
    assert "runs/first: of shard 00001 there are no signatures" in done.stderr
