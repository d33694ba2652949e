"""A page that keeps the extractor busy for longer than it may, on the whole way to the release."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import polars as pl
import pytest

from eurosift.pipeline.demo import warc
from eurosift.pipeline.demo.prose import sites

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]

RECIPE = """\
version: 1
name: slow
input: crawl.warc.gz
limits: {page_seconds: 0.1}
stages:
  extract: {engine: trafilatura}
  langid: {}
  signals: {}
  quality: {}
  dedup: {}
  count: {}
  release: {}
"""
SLOW = "<p>" + "word<br>" * 49_000 + "</p>"
"""Many times the limit, by trafilatura; the others take about a hundredth of it."""


@pytest.fixture
def crawl(tmp_path):
    """Ten ordinary pages, and one in between that is not."""
    bodies = [
        "".join(f"<p>{text}</p>" for text in page.paragraphs)
        for site in sites()[:5]
        for page in site.pages[:2]
    ]
    bodies.insert(5, SLOW)
    when = datetime(2026, 3, 2, 8, tzinfo=UTC)
    records = []
    for number, body in enumerate(bodies):
        page = f"<html><body><article>{body}</article></body></html>".encode()
        html = [("Content-Type", "text/html; charset=utf-8")]
        answer = warc.message("HTTP/1.1 200 OK", html, page)
        asked = warc.message(f"GET /{number} HTTP/1.1", [("Host", "example.org")])
        exchange = warc.Exchange(f"https://example.org/{number}", when, asked, answer, page)
        records += map(warc.gzipped, warc.exchange(exchange, "crawl.warc.gz"))
    (tmp_path / "crawl.warc.gz").write_bytes(b"".join(records))
    (tmp_path / "recipe.yaml").write_text(RECIPE)
    return tmp_path


def test_a_slow_page_becomes_a_row_with_a_reason(crawl, command):
    """All others are released; the manifest names it; a second run has nothing to do."""
    done = command("run", crawl / "recipe.yaml")
    assert done.stderr.count("is quarantined: time_limit") == 1
    run = crawl / "runs/slow"
    layer = pl.read_parquet(run / "extract/00000.parquet")
    reasons = dict(layer.select("url", "extract_reasons").iter_rows())
    assert reasons.pop("https://example.org/5") == ["time_limit"]
    assert set(map(tuple, reasons.values())) == {()}
    (page,) = layer.filter(pl.col("url") == "https://example.org/5")["id"]
    manifest = json.loads((run / "release/manifest.json").read_text())
    assert manifest["quarantined"] == {page: "time_limit"}
    assert sum(f["documents"] for f in manifest["languages"].values()) == 10
    assert command("status", crawl / "recipe.yaml", "-q").returncode == 0
    assert command("verify", crawl / "recipe.yaml").returncode == 0
