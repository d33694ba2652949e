"""Figures of a run by another route: DuckDB over the files against report, footers and counts."""

from __future__ import annotations

import json
import shutil

import duckdb
import pytest
import tokenizers
import yaml
from tokenizers import models, pre_tokenizers

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]

MEASURES = ("documents", "bytes", "characters", "words", "segments", "tokens")
# What Unicode calls White_Space, at which the tokenizer splits.
WORD = r"[^\t\n\x0B\f\r\x{85}\p{Z}]+"


@pytest.fixture(scope="module")
def counted(demo, command, tmp_path_factory):
    """The demo with a tokenizer of one token per word between blanks."""
    folder = tmp_path_factory.mktemp("counted") / "demo"
    shutil.copytree(demo, folder)
    made = tokenizers.Tokenizer(models.WordLevel({"[UNK]": 0}, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    made.save(str(folder / "words.json"))
    recipe = yaml.safe_load((folder / "recipe.yaml").read_text())
    recipe["stages"]["count"] = {
        "tokenizer": "words.json",
        "tokenizers": {"again": "words.json"},
    }
    (folder / "recipe.yaml").write_text(yaml.safe_dump(recipe, sort_keys=False))
    command("run", folder / "recipe.yaml", "--workers", "2", "--quiet")
    return folder


@pytest.fixture(scope="module")
def truth(counted):
    """Sizes of the released texts by language, from the texts alone, by DuckDB."""
    data = counted / "runs/demo/release/data/*/*.parquet"
    rows = duckdb.sql(
        f"""
        select language,
               count(*),
               sum(strlen(text)),
               sum(length(text)),
               sum(n_words),
               sum(case when text = '' then 0 else len(string_split(text, chr(10))) end),
               sum(len(regexp_extract_all(text, '{WORD}')))
        from read_parquet('{data}') group by language
        """
    ).fetchall()
    return {row[0]: dict(zip(MEASURES, map(int, row[1:]), strict=True)) for row in rows}


def number(query):
    return duckdb.sql(query).fetchall()[0][0]


def table(done, name):
    return json.loads(done.stdout)[name]


def by_language(rows, measures):
    return {row["language"]: {m: row[m] for m in measures} for row in rows}


def picked(truth, measures):
    return {label: {m: sizes[m] for m in measures} for label, sizes in truth.items()}


def test_the_release_counts_as_its_files_say(counted, truth, command):
    arguments = ("--tokenizer", counted / "words.json", "--format", "json")
    release = counted / "runs/demo/release"
    rows = table(command("count", release, *arguments), "counts")
    found = by_language(rows, MEASURES)
    total = found.pop("total")
    assert found == truth
    assert total == {m: sum(sizes[m] for sizes in truth.values()) for m in MEASURES}


def test_the_run_counts_the_same_as_its_release(counted, truth, command):
    arguments = ("--tokenizer", counted / "words.json", "--format", "json")
    rows = table(command("count", counted / "recipe.yaml", *arguments), "counts")
    found = by_language(rows, MEASURES)
    del found["total"]
    assert found == truth


def test_the_report_says_the_same(counted, truth, command):
    body = json.loads(command("report", counted / "recipe.yaml", "--format", "json").stdout)
    kept = [row for row in body["languages"] if row["characters"]]
    found = by_language(kept, ("characters", "words", "tokens", "tokens_again"))
    wanted = picked(truth, ("characters", "words", "tokens"))
    assert {k: v for k, v in found.items() if k != "total"} == {
        label: sizes | {"tokens_again": sizes["tokens"]} for label, sizes in wanted.items()
    }
    tokens = [row for row in body["tokens"] if row["tokenizer"] == "words.json"]
    assert by_language(tokens, ("tokens",)) | {"total": None} == picked(truth, ("tokens",)) | {
        "total": None
    }
    assert {row["method"] for row in body["tokens"]} == {"exact"}


def test_the_footers_and_the_manifest_say_the_same(counted, truth, command):
    stages = table(command("report", counted / "recipe.yaml", "--format", "json"), "stages")
    rows = [row for row in stages if row["stage"] == "count" and row["kept"]]
    sizes = ("bytes", "characters", "words", "segments", "tokens")
    assert by_language(rows, sizes) == picked(truth, sizes)
    assert {r["language"]: r["kept"] for r in rows} == {
        label: sizes["documents"] for label, sizes in truth.items()
    }
    manifest = json.loads((counted / "runs/demo/release/manifest.json").read_text())
    measures = ("documents", "bytes", "characters", "words", "tokens")
    found = {
        label: {m: sizes[m] for m in measures} for label, sizes in manifest["languages"].items()
    }
    assert found == picked(truth, measures)
    command("verify", counted / "recipe.yaml")  # which counts the ledgers anew


def test_the_release_has_a_column_for_each_tokenizer(counted, truth, command):
    release = counted / "runs/demo/release"
    found = duckdb.sql(
        f"select language, sum(n_tokens_again), sum(n_tokens) from '{release}/data/*/*.parquet' "
        "group by language"
    ).fetchall()
    wanted = {label: sizes["tokens"] for label, sizes in truth.items()}
    assert {row[0]: (int(row[1]), int(row[2])) for row in found} == {
        label: (n, n) for label, n in wanted.items()
    }
    manifest = json.loads((release / "manifest.json").read_text())
    assert {x: f["further_tokens"]["again"] for x, f in manifest["languages"].items()} == wanted
    assert manifest["further_tokenizers"] == {"again": manifest["tokenizers"]}
    command("verify", release)


def test_openeurollms_counts_say_the_same(counted, truth, command, tmp_path):
    release = counted / "runs/demo/release"
    arguments = ("--tokenizer", counted / "words.json", "--format", "openeurollm")
    command("count", release, *arguments, "--out", tmp_path)
    measures = ("documents", "characters", "segments", "tokens")
    found = {
        path.parent.name: {m: json.loads(path.read_text())[m] for m in measures}
        for path in (tmp_path / "counts").glob("*/source.json")
    }
    assert found == picked(truth, measures)
    mlt = json.loads((tmp_path / "counts/mlt_Latn/source.json").read_text())
    files = list((release / "data/mlt_Latn").iterdir())
    assert (mlt["files"], mlt["bytes"]) == (len(files), sum(f.stat().st_size for f in files))


def test_nothing_is_lost_between_the_stages_of_the_funnel(counted, truth, command):
    """From the documents that DuckDB finds in the first layer to those in the release."""
    run = counted / "runs/demo"
    rows = table(command("report", counted / "recipe.yaml", "--format", "json"), "funnel-languages")
    documents = number(f"select count(*) from '{run}/extract/*.parquet'")
    stages: dict[str, dict[str, int]] = {}
    for row in rows:
        cells = stages.setdefault(row["stage"], {})
        cells[row["what"]] = cells.get(row["what"], 0) + row["documents"]
    for stage, cells in stages.items():
        assert cells["in"] + cells["inactive"] == documents, stage
        assert cells["in"] == cells["out"] + cells.get("rejected", 0), stage
    for stage in ("langid", "quality", "dedup"):
        column = f"{stage}_reasons"
        query = f"select count(*) from '{run}/{stage}/*.parquet' where len({column}) > 0"
        assert stages[stage]["rejected"] == number(query)
    assert stages["count"]["out"] == sum(sizes["documents"] for sizes in truth.values())


def test_two_recipes_are_compared(counted, demo, command, tmp_path):
    """A stricter threshold: parameters, and the documents that it costs, rule by rule."""
    other = tmp_path / "demo"
    shutil.copytree(counted, other)
    recipe = yaml.safe_load((other / "recipe.yaml").read_text())
    recipe["stages"]["quality"] = (recipe["stages"]["quality"] or {}) | {
        "thresholds": {"line_punct_ratio": 0.9}
    }
    (other / "recipe.yaml").write_text(yaml.safe_dump(recipe, sort_keys=False))
    command("run", other / "recipe.yaml", "--workers", "2", "--quiet")
    done = command(
        *("diff", counted / "recipe.yaml", other / "recipe.yaml", "--format", "json", "-n", "1000")
    )
    body = json.loads(done.stdout)
    assert ("quality", "thresholds.line_punct_ratio") in {
        (row["stage"], row["parameter"]) for row in body["parameters"]
    }
    rejected = {
        folder: set(
            duckdb.sql(
                f"""
                select parse_filename(filename), file_row_number
                from read_parquet('{folder}/runs/demo/quality/*.parquet',
                                  filename=true, file_row_number=true)
                where array_to_string(quality_reasons, ' ') like '%line_punct%'
                """
            ).fetchall()
        )
        for folder in (counted, other)
    }
    newly = len(rejected[other] - rejected[counted])
    assert newly > 0
    assert newly == sum(
        row["documents"]
        for row in body["verdicts"]
        if "line_punct" in row["rule"] and row["rejected_by"] == "second"
    )
    counts = {row["documents"]: row["count"] for row in body["documents"]}
    assert len(body["changed"]) == sum(n for what, n in counts.items() if "→" in what)
    documents = number(f"select count(*) from '{counted}/runs/demo/extract/*.parquet'")
    assert sum(list(counts.values())[:-1]) == documents
