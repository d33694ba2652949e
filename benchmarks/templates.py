"""Removal of lines that come again, against datatrove's three stages of sentence deduplication."""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from minhash import documents
from whole_runs import compared, perform_all, prepare, seconds

TITLE = "Lines that come again"
NOTE = """\
20,000 pages of ten lines of English words of their own, with five of twenty lines of the site's
templates among them. All pages are of one domain, and two documents make a template, so
that both sides have to remove the same lines: datatrove's sentence deduplication knows no domains;
it is told to take lines for sentences, and to keep each page. From Parquet to Parquet, datatrove in
three stages; ours by the stage alone, and with the import of the table and a release. One core,
pinned; processor time of one run of each side, after a small one that warms up.

"""
PAGES = 20_000
TEMPLATES = [f"Standing notice of the site, number {word}" for word in "abcdefghijklmnopqrst"]


def write_pages(path: Path, n: int) -> None:
    """Pages whose own lines are on no other page."""
    rng = random.Random(5)
    words = [word for text in documents(400) for word in text.split()]
    texts = []
    for number in range(n):
        lines = [f"{' '.join(rng.choices(words, k=48))} {number}-{line}" for line in range(10)]
        for template in rng.sample(TEMPLATES, 5):
            lines.insert(rng.randrange(len(lines) + 1), template)
        texts.append("\n".join(lines))
    urls = [f"https://www.example.org/{number}" for number in range(n)]
    path.parent.mkdir(parents=True)
    pq.write_table(pa.table({"id": urls, "url": urls, "text": texts}), path)


def of_datatrove(folder: Path) -> int:
    """Characters that are left."""
    from datatrove.pipeline.dedup import (
        SentDedupConfig,
        SentenceDedupFilter,
        SentenceDedupSignature,
        SentenceFindDedups,
    )
    from datatrove.pipeline.readers import ParquetReader
    from datatrove.pipeline.writers import ParquetWriter
    from datatrove.utils.text import TextNormConfig

    settings = SentDedupConfig(
        n_sentences=1,
        split_sentences=False,
        min_doc_words=0,
        min_num_sentences=0,
        norm_config=TextNormConfig(
            lowercase=False,
            norm_whitespace=False,
            remove_punctuation=False,
            norm_unicode_diacritics=False,
            norm_numbers=False,
        ),
    )

    def read() -> Any:
        return ParquetReader(str(folder / "in")).run(None, 0, 1)

    signatures, found = str(folder / "sig"), str(folder / "found")
    SentenceDedupSignature(signatures, config=settings).run(read(), 0, 1)
    SentenceFindDedups(signatures, found, config=settings).run(None, 0, 1)
    kept = SentenceDedupFilter(found, config=settings).run(read(), 0, 1)
    for _ in ParquetWriter(str(folder / "out"), compression="zstd").run(kept, 0, 1):
        pass
    return characters(folder / "out")


def characters(folder: Path) -> int:
    """Of all texts without white space, which both sides treat differently where lines went."""
    tables = [pq.read_table(path, columns=["text"]) for path in sorted(folder.rglob("*.parquet"))]
    return sum(len("".join(t.split())) for table in tables for t in table["text"].to_pylist())


def compare(folder: Path, n: int) -> tuple[float, float, float]:
    """Seconds of our stage, of our whole run, and of the peer."""
    write_pages(folder / "in/0.parquet", n)
    run = prepare(folder, "templates: {needs: [extract], min_documents: 2}")
    ours = perform_all(run)
    left = characters(run.files.folder / "release/data")
    theirs, left_by_peer = seconds(lambda: of_datatrove(folder))
    if left != left_by_peer:
        raise SystemExit(f"templates: ours leaves {left} characters, datatrove {left_by_peer}")
    return ours["templates"], sum(ours.values()), theirs


def measure(pages: int = PAGES) -> list[dict[str, object]]:
    """Rows of results."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    pa.set_cpu_count(1)
    folder = Path(tempfile.mkdtemp())
    try:
        compare(folder / "warm", 200)
        stage, run, theirs = compare(folder / "pages", pages)
    finally:
        shutil.rmtree(folder)
        os.sched_setaffinity(0, cores)
    peer = "datatrove, sentence deduplication"
    return [
        compared("templates", peer, pages, stage, theirs),
        compared("extract, templates, release", peer, pages, run, theirs),
    ]


if __name__ == "__main__":
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    json.dump(measure(*map(int, sys.argv[1:])), sys.stdout, indent=1)
