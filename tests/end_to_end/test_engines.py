"""A run whose recipe asks for the engine `auto`."""

from __future__ import annotations

import polars as pl
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]


@pytest.fixture(scope="module")
def layers(tmp_path_factory, command):
    """The documents layers of two runs of the demo crawl, the second with one worker less."""
    found = []
    for workers in (2, 1):
        folder = tmp_path_factory.mktemp("auto")
        command("init", "--template", "demo", folder / "demo")
        recipe = folder / "demo" / "recipe.yaml"
        head, _, _ = recipe.read_text().partition("  extract: {}")
        recipe.write_text(f"{head}  extract: {{engine: auto}}\n")
        command("run", recipe, "--quiet", "--workers", workers)
        assert command("verify", recipe).returncode == 0
        found.append(sorted((folder / "demo/runs/demo/extract").glob("*.parquet")))
    return found


def test_each_text_has_its_engine_and_a_confidence(layers):
    rows = pl.concat([pl.read_parquet(path) for path in layers[0]])
    texts = rows.filter(pl.col("text").is_not_null())
    assert len(texts) > 100
    assert set(texts["engine"]) <= {"blocks", "blocks+trafilatura", "trafilatura"}
    assert texts["extract_confidence"].is_between(0, 1).all()
    sure = texts.filter(pl.col("engine") == "blocks")
    assert len(sure) > len(texts) / 2
    assert sure["extract_confidence"].median() > 0.7
    assert rows.filter(pl.col("text").is_null())["extract_reasons"].list.len().min() > 0


def test_layers_are_the_same_to_the_byte_whoever_works(layers):
    assert [p.read_bytes() for p in layers[0]] == [p.read_bytes() for p in layers[1]]
