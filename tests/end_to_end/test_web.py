"""Real and malformed WARC files, as one run to the end."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

WEB = Path(__file__).parents[3] / "shared" / "data" / "web"
FOLDERS = ("warc", "real_warc", "malformed_warc")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("web"),
    pytest.mark.skipif(not WEB.is_dir(), reason=f"the development data {WEB} are not there"),
]


@pytest.fixture(scope="module")
def web(tmp_path_factory, command):
    """Run folder of a run over all WARC files."""
    folder = tmp_path_factory.mktemp("web")
    command("init", folder)
    recipe = folder / "recipe.yaml"
    patterns = ", ".join(f"{WEB}/{name}/*" for name in FOLDERS)
    text = recipe.read_text().replace(
        "  path: crawl/*.warc.gz", f"  path: [{patterns}]\n  root: {WEB}\n  format: warc"
    )
    recipe.write_text(text)
    command("run", recipe, "--quiet")
    return recipe


def test_every_file_is_a_verified_shard(web, command):
    """No file stops the run; what could not be read is in the ledger."""
    shards = list((web.parent / "runs/web/extract").glob("*.parquet"))
    assert len(shards) == sum(1 for name in FOLDERS for _ in (WEB / name).iterdir())
    assert command("verify", web).returncode == 0


def test_rows_are_conserved_at_every_stage(web, command):
    """The same number of rows in every layer, and all of them in the release."""
    stages = json.loads(command("report", web, "--format", "json").stdout)["stages"]
    rows: dict[str, int] = {}
    for row in stages:
        n = row["inactive"] + row["kept"] + row["rejected"]
        rows[row["stage"]] = rows.get(row["stage"], 0) + n
    assert len(set(rows.values())) == 1
    release = web.parent / "runs/web/release"
    released = sum(pq.read_metadata(p).num_rows for p in release.glob("*/*/*.parquet"))
    assert released == rows["extract"]


def test_what_could_not_be_processed_has_a_reason(web):
    """A row without text says why; a file without rows has a loss or a skipped record."""
    for path in sorted((web.parent / "runs/web/extract").glob("*.parquet")):
        frame = pl.read_parquet(path)
        silent = frame.filter(
            pl.col("text").is_null() & (pl.col("extract_reasons").list.len() == 0)
        )
        assert silent.is_empty(), path
        footer = json.loads(pq.read_metadata(path).metadata[b"eurosift"])
        name = footer["inputs"]["input"].split(":")[0]
        facts = footer["facts"]
        if frame.is_empty() and (WEB / name).stat().st_size:
            assert facts["losses"] or facts["skipped"], name
