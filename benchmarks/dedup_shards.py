"""The same documents in one shard and in thousands: same clusters, and what each shard costs."""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
from minhash import documents
from whole_runs import perform_all, prepare

from eurosift.pipeline.tasks import Run

TITLE = "Deduplication of few and of many shards"
NOTE = """\
15,000 documents of 120 English words in three languages, a third of them near-duplicates of 500,
in 1 to 5,000 tables. All runs have to put the same documents into the same clusters, and to keep
the same ones. One worker, one pinned core; `peak RSS` is that of the process.

"""
DOCUMENTS = 15_000
SHARDS = 1, 50, 5_000
LANGUAGES = "deu_Latn", "fra_Latn", "mlt_Latn"


def write_tables(folder: Path, n_documents: int, n_shards: int) -> None:
    """Write the documents, in the same order for any number of shards."""
    rng = random.Random(5)
    words = sorted({word for text in documents(400) for word in text.split() if word.isalpha()})
    originals = [rng.choices(words, k=120) for _ in range(500)]
    rows = []
    for number in range(n_documents):
        text = rng.choices(words, k=120)
        if number % 3 == 2:
            text = list(rng.choice(originals))
            text[rng.randrange(120)] = rng.choice(words)
        rows.append((str(number), " ".join(text), LANGUAGES[rng.randrange(3)]))
    frame = pl.DataFrame(rows, schema=["id", "text", "language"], orient="row")
    folder.mkdir(parents=True)
    size = n_documents // n_shards
    for shard in range(n_shards):
        frame.slice(shard * size, size).write_parquet(folder / f"{shard:05d}.parquet")


def clusters(run: Run) -> list[tuple[Any, ...]]:
    """Who is in which cluster, and who is kept."""
    found = pl.read_parquet(run.files.folder / "dedup/members/*.parquet")
    return found.select("id", "cluster_id", "keeper").sort("id").rows()


def measure(n_documents: int = DOCUMENTS) -> list[dict[str, object]]:
    """Rows of results."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    pa.set_cpu_count(1)
    folder = Path(tempfile.mkdtemp())
    rows: list[dict[str, object]] = []
    expected = None
    try:
        for n_shards in SHARDS:
            write_tables(folder / f"{n_shards}/in", n_documents, n_shards)
            run = prepare(folder / str(n_shards), "dedup: {}")
            start = time.perf_counter()
            spent = perform_all(run)
            wall = time.perf_counter() - start
            found = clusters(run)
            expected = expected or found
            if found != expected:
                raise SystemExit(f"dedup_shards: {n_shards} shards have other clusters")
            rows.append(
                {
                    "shards": n_shards,
                    "documents": n_documents,
                    "in clusters": len(found),
                    "processor s of dedup": round(spent["dedup"], 1),
                    "ms per shard": round(spent["dedup"] / n_shards * 1000),
                    "wall s of all stages": round(wall),
                    "peak RSS MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
                }
            )
    finally:
        shutil.rmtree(folder)
        os.sched_setaffinity(0, cores)
    return rows


if __name__ == "__main__":
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    json.dump(measure(*map(int, sys.argv[1:])), sys.stdout, indent=1)
