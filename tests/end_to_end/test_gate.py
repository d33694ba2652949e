"""A crawl in many languages and a recipe that wants two: the language gate, on and off."""

from __future__ import annotations

import json

import polars as pl
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]


@pytest.fixture(scope="module")
def runs(tmp_path_factory, command):
    """Recipes of two runs over the demo crawl, the second without the gate."""
    found = []
    for extract in ("{}", "{gate_languages: []}"):
        folder = tmp_path_factory.mktemp("gate")
        command("init", "--template", "demo", folder / "demo")
        recipe = folder / "demo" / "recipe.yaml"
        head, _, _ = recipe.read_text().partition("stages:\n")
        head = "\n".join(line for line in head.split("\n") if not line.startswith("languages:"))
        stages = f"  extract: {extract}\n  langid: {{}}\n  count: {{}}\n  release: {{}}\n"
        recipe.write_text(f"{head}languages: [mt, ga]\nstages:\n{stages}")
        command("run", recipe, "--quiet")
        assert command("verify", recipe).returncode == 0
        found.append(recipe)
    return found


def layer(recipe, name):
    paths = sorted((recipe.parent / "runs/demo" / name).glob("*.parquet"))
    return pl.concat([pl.read_parquet(path) for path in paths])


def test_what_is_kept_is_the_same_with_and_without_the_gate(runs):
    kept = []
    for recipe in runs:
        rows = pl.concat(
            [layer(recipe, "extract").select("id", "text"), layer(recipe, "langid")],
            how="horizontal",
        )
        kept.append(rows.filter(pl.col("langid_reasons").list.len() == 0).select("id", "text"))
    assert len(kept[0]) > 0
    assert kept[0].equals(kept[1])


def test_other_pages_are_rows_with_a_reason_and_their_evidence(runs, command):
    on, off = (layer(recipe, "extract") for recipe in runs)
    assert on["id"].to_list() == off["id"].to_list()
    gated = on.filter(pl.col("extract_reasons").list.contains("gate_language"))
    assert len(gated) > len(on) / 2
    assert gated["text"].null_count() == gated["engine"].null_count() == len(gated)
    assert (gated["gate_score"] < 0.1).all()
    assert gated["html_lang"].null_count() < len(gated)
    assert gated["title"].null_count() < len(gated)
    assert "gate_score" not in off.columns
    done = command("report", runs[0], "--by", "reasons", "--format", "json")
    counts = {row["reason"]: row["documents"] for row in json.loads(done.stdout)["reasons"]}
    assert counts["gate_language"] == len(gated)


def test_pages_close_to_the_cut_are_shown(runs, command):
    done = command("sample", runs[0], "--near", "gate_language", "-n", 3)
    assert "gate_language" in done.stdout


def test_wrong_language_is_told_with_its_place(runs, command):
    recipe = runs[0].with_name("wrong.yaml")
    recipe.write_text(runs[0].read_text().replace("extract: {}", "extract: {gate_languages: [xx]}"))
    done = command("validate", recipe, check=False)
    assert done.returncode != 0
    line = 1 + recipe.read_text().split("\n").index("  extract: {gate_languages: [xx]}")
    assert f"wrong.yaml:{line}:" in done.stderr
    assert "'xx' is no language" in done.stderr
