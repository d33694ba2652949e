"""The demo crawl, from WARC files to a release that others can read."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

from eurosift.langid.languages import EU24
from eurosift.pipeline.demo.identifiers import email, iban, ipv4, ipv6
from eurosift.pipeline.demo.prose import sites

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]


def release(folder):
    return folder / "runs" / "demo" / "release"


def rows_of(folder, name):
    return sum(pq.read_metadata(p).num_rows for p in (release(folder) / name).rglob("*.parquet"))


def test_every_language_is_in_the_release(demo):
    """All 24 languages have documents, and nothing else is released."""
    found = {p.name for p in (release(demo) / "data").iterdir()}
    assert found == set(EU24)


def test_neighbours_are_refused_with_a_reason(demo):
    """Serbian, Norwegian, Ukrainian and the like end in `rejected/`, each row with its reasons."""
    rejected = pl.read_parquet(str(release(demo) / "rejected" / "**" / "*.parquet"))
    assert {"srp_Cyrl", "nob_Latn", "cat_Latn", "ukr_Cyrl"} <= set(rejected["language"].to_list())
    assert rejected["reasons"].list.len().min() > 0


def test_every_document_is_released_or_rejected(demo, command):
    """Rows of the documents layer = rows of `data/` + rows of `rejected/`."""
    stages = json.loads(command("report", demo / "recipe.yaml", "--format", "json").stdout)[
        "stages"
    ]
    documents = sum(
        r["inactive"] + r["kept"] + r["rejected"] for r in stages if r["stage"] == "extract"
    )
    assert documents == rows_of(demo, "data") + rows_of(demo, "rejected")


def test_verify_passes_and_status_is_complete(demo, command):
    """A finished run has nothing to complain of."""
    assert command("verify", demo / "recipe.yaml").returncode == 0
    assert command("status", demo / "recipe.yaml").returncode == 0


def test_no_personal_identifier_of_the_crawl_is_released(demo):
    """Every identifier that the generator put into the crawl is gone from the text."""
    texts = "\n".join(
        pl.read_parquet(str(release(demo) / "data" / "**" / "*.parquet"))["text"].to_list()
    )
    values = [
        make(site.code)
        for site in sites()
        if site.contact
        for name, make in (("ipv4", ipv4), ("ipv6", ipv6), ("iban", iban))
        if f"{{{name}}}" in site.contact
    ]
    values += [email(site.code, site.mailbox) for site in sites() if site.contact]
    assert len(values) >= 40
    assert [value for value in values if value in texts] == []


def test_legacy_encodings_come_out_right(demo):
    """Pages in ISO-8859-2/-7/-13 and windows-125x are read as what they say."""
    layer = pl.read_parquet(str(demo / "runs" / "demo" / "extract" / "*.parquet"))
    encodings = {e.lower().replace("_", "-") for e in layer["encoding"].drop_nulls().to_list()}
    assert len(encodings - {"utf-8", "ascii"}) >= 5
    assert "\ufffd" not in "".join(layer["text"].drop_nulls().to_list())


def test_the_truncated_record_is_a_loss_with_its_offset(demo):
    """Nothing is lost silently."""
    losses = []
    for path in sorted((demo / "runs" / "demo" / "extract").glob("*.parquet")):
        footer = json.loads(pq.read_metadata(path).metadata[b"eurosift"])
        losses += footer["facts"]["losses"]
    assert len(losses) >= 1
    assert all(loss["offset"] >= 0 and loss["reason"] for loss in losses)


def test_near_duplicates_are_found(demo):
    """A page republished on another host is removed once, and names what it repeats."""
    layer = pl.read_parquet(str(demo / "runs" / "demo" / "dedup" / "*.parquet"))
    removed = layer.filter(pl.col("dedup_reasons").list.len() > 0)
    assert {"exact_duplicate", "near_duplicate"} <= set(
        removed["dedup_reasons"].explode().to_list()
    )
    assert removed["duplicate_of"].null_count() == 0


class TestReaders:
    """Others read the release without help."""

    def test_datasets(self, demo, with_datasets, tmp_path):
        code = (
            "import sys, json, datasets\n"
            "folder, cache = sys.argv[1:]\n"
            "data = datasets.load_dataset(folder, 'mlt_Latn', split='train', cache_dir=cache)\n"
            "everything = datasets.load_dataset(folder, split='train', cache_dir=cache)\n"
            "assert len(data) > 0 and all(data['text'])\n"
            "print(json.dumps([datasets.get_dataset_config_names(folder), len(everything)]))\n"
        )
        names, rows = json.loads(with_datasets(code, release(demo), tmp_path / "cache"))
        assert set(EU24) <= set(names)
        assert rows == rows_of(demo, "data")

    def test_duckdb(self, demo):
        import duckdb

        query = f"select language, count(*) from '{release(demo)}/data/*/*.parquet' group by 1"
        counts = dict(duckdb.sql(query).fetchall())
        assert sum(counts.values()) == rows_of(demo, "data")

    def test_polars(self, demo):
        frame = pl.scan_parquet(str(release(demo) / "data" / "**" / "*.parquet"))
        assert frame.select(pl.len()).collect().item() == rows_of(demo, "data")


def test_release_says_what_it_is(demo):
    """Card and manifest agree with the files."""
    manifest = json.loads((release(demo) / "manifest.json").read_text())
    card = (release(demo) / "README.md").read_text()
    assert sum(f["rows"] for f in manifest["files"]) == rows_of(demo, "data") + rows_of(
        demo, "rejected"
    )
    assert "config_name: mlt_Latn" in card
    assert str(Path.home()) not in card


def test_nothing_in_the_release_tells_where_it_was_made(demo):
    """No path, host or time of the machine is in a data file or beside it."""
    for path in sorted(release(demo).rglob("*")):
        if path.is_file():
            assert str(demo).encode() not in path.read_bytes(), path
