"""Pages that are made to hang or bloat parsers, mixed among healthy ones, to the end of a run."""

from __future__ import annotations

import runpy
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from eurosift.pipeline.demo import warc
from eurosift.pipeline.demo.prose import sites

hostile = runpy.run_path(str(Path(__file__).with_name("hostile.py")))
MAKE = Path(__file__).parents[3] / "shared/data/web/mkpatho.py"
HEALTHY = [
    "<html><body><article>"
    + "".join(f"<p>{text}</p>" for text in page.paragraphs)
    + "</article></body></html>"
    for site in sites()
    for page in site.pages[:2]
]
RECIPE = """\
version: 1
name: hostile
input: "*.warc.gz"
limits: {{page_seconds: 2, worker_memory: 1.6GB}}
stages: {{extract: {{engine: {engine}}}}}
"""

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("web")]


def capture(name, body, encoding=()):
    """Records of one page, compressed."""
    when = datetime(2026, 3, 2, 8, tzinfo=UTC)
    answer = warc.message("HTTP/1.1 200 OK", [("Content-Type", "text/html"), *encoding], body)
    asked = warc.message(f"GET /{name} HTTP/1.1", [("Host", "example.org")])
    exchange = warc.Exchange(f"https://example.org/{name}", when, asked, answer, body)
    return b"".join(map(warc.gzipped, warc.exchange(exchange, "crawl.warc.gz")))


def run(folder, captures, engine, command):
    """Rows of a run over two files of these captures; every worker is within its memory."""
    folder.mkdir()
    for number in range(2):
        (folder / f"{number}.warc.gz").write_bytes(b"".join(captures[number::2]))
    recipe = folder / "recipe.yaml"
    recipe.write_text(RECIPE.format(engine=engine))
    done = command("run", recipe, "--workers", 1)
    assert "more memory than" not in done.stderr
    assert command("verify", recipe).returncode == 0
    layers = sorted((folder / "runs/hostile/extract").glob("*.parquet"))
    return pl.concat([pl.read_parquet(path) for path in layers])


def healthy():
    return [capture(f"healthy/{i}", page.encode()) for i, page in enumerate(HEALTHY)]


def mixed(more):
    """Healthy captures, with others among them."""
    captures = healthy()
    for i, each in enumerate(more):
        captures.insert(2 * i + 1, each)
    return captures


def texts(rows):
    """Text by address of the healthy pages."""
    return {
        url: text
        for url, text in rows.select("url", "text").iter_rows()
        if url.startswith("https://example.org/healthy/")
    }


def check(rows, alone, n):
    """Every page is a row with text or a reason, and the healthy ones are what they were."""
    assert len(rows) == len(HEALTHY) + n
    silent = rows.filter(pl.col("text").is_null() & (pl.col("extract_reasons").list.len() == 0))
    assert silent.is_empty()
    assert texts(rows) == texts(alone)
    assert all(texts(alone).values())


@pytest.mark.parametrize("engine", ["trafilatura", "auto"])
def test_pages_within_the_limits_harm_no_other(engine, tmp_path, command):
    bad = [capture(f"page/{i}", body) for i, body in enumerate(hostile["pages"]().values())]
    bad += [
        capture(f"bomb/{i}", body, [("Content-Encoding", "gzip")])
        for i, body in enumerate(hostile["bombs"]().values())
    ]
    alone = run(tmp_path / "alone", healthy(), engine, command)
    check(run(tmp_path / "mixed", mixed(bad), engine, command), alone, len(bad))


@pytest.mark.skipif(not MAKE.exists(), reason=f"there is no {MAKE}")
def test_pages_beyond_the_limits_harm_no_other(tmp_path, command):
    subprocess.run([sys.executable, MAKE, tmp_path / "made"], check=True)
    bad = [
        capture(f"page/{path.name}", path.read_bytes())
        for path in sorted((tmp_path / "made").iterdir())
    ]
    alone = run(tmp_path / "alone", healthy(), "auto", command)
    rows = run(tmp_path / "mixed", mixed(bad), "auto", command)
    check(rows, alone, len(bad) - 1)  # one is a PDF, and counted as that
