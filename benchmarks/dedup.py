"""Deduplication against datatrove's four stages: matching and clustering, and all of it.

Matching and clustering begin with the same signatures, which are generated: of 2,000,000 documents,
a fifth are copies of others. datatrove gets them as its stage 1 leaves them, ours as our sign phase
does. Both have to find the same number of documents to remove.

All of it is from Parquet to Parquet with 20,000 pages of English text, a fifth of which are
near-duplicates: ours are the stages `dedup` and `release` of a recipe over the file in place.
datatrove as shipped gets the first 2,000 pages only.

One core, pinned; processor time of one run of each side, after a small one that warms up.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from dedup_scale import LANGUAGE, Writer, mix, work
from minhash import documents, make_peer
from whole_runs import compared, perform_all, prepare, seconds

from eurosift.dedup.sign import MinHash, Signatures
from eurosift.pipeline.tasks import Run
from eurosift.stages.dedup import DedupConfig, signed
from eurosift.stages.dedup.signed import Entries

TITLE = "Deduplication"
SIGNATURES = 2_000_000
PAGES = 20_000
PAGES_SHIPPED = 2_000
BANDS, ROWS = 14, 8


def minima(n: int) -> Any:
    """Signatures of `n` documents: each fifth is a copy, whose minima agree with 0.97."""
    numbers = np.arange(n, dtype=np.uint64)
    original = np.where(numbers % np.uint64(5) == 0, numbers // np.uint64(3), numbers)
    columns = np.arange(BANDS * ROWS, dtype=np.uint64)
    found = mix(mix(original)[:, None] ^ columns) >> np.uint64(3)
    copies = np.flatnonzero(original != numbers)
    other = mix(mix(numbers[copies] + np.uint64(1 << 50))[:, None] ^ columns) >> np.uint64(3)
    found[copies] = np.where(other % np.uint64(100) < np.uint64(97), found[copies], other)
    return found


def write_for_datatrove(folder: Path, found: Any) -> None:
    """Files of its stage 1: one per band, sorted."""
    record = np.dtype([*((f"field{i + 1}", "<u8") for i in range(ROWS)), ("doc", "<u4")])
    for band in range(BANDS):
        records = np.empty(len(found), record)
        for row in range(ROWS):
            records[f"field{row + 1}"] = found[:, band * ROWS + row]
        records["doc"] = np.arange(len(found))
        records.sort(order=record.names)
        target = folder / f"bucket_{band:03d}" / "00000.minhash.sig"
        target.parent.mkdir(parents=True)
        records.tofile(target)


def write_for_us(folder: Path, found: Any) -> None:
    """The file of the sign phase."""
    minhash = MinHash(bands=BANDS, rows=ROWS, precision=64)
    keys = minhash.keys(Signatures(found, np.ones(len(found), np.bool_)))
    schema = signed.schema(DedupConfig())
    sink = Writer(folder / "sign/00000.parquet", schema)
    places = np.repeat(np.arange(len(found), dtype=np.uint32), BANDS)
    bounds = signed.write_keys(
        {signed.NEAR: Entries(keys.reshape(1, -1), places)}, LANGUAGE, schema, sink, 0
    )
    sink.facts["languages"] = {
        LANGUAGE: {
            "rows": len(found),
            "digest": "",
            "keys": bounds,
            "entries": {signed.NEAR: len(places)},
        }
    }
    sink.finish("sign", "00000")


def cluster_datatrove(folder: Path) -> int:
    from datatrove.pipeline.dedup import MinhashDedupBuckets, MinhashDedupCluster

    buckets = MinhashDedupBuckets(str(folder / "sig"), str(folder / "buckets"))
    for rank in range(BANDS):
        buckets.run(None, rank, BANDS)
    MinhashDedupCluster(str(folder / "buckets"), str(folder / "remove")).run(None, 0, 1)
    return sum(path.stat().st_size for path in (folder / "remove").rglob("*.remove")) // 4


def cluster_ours(folder: Path) -> int:
    for phase in ("match", "cluster"):
        work(folder, phase)
    with pq.ParquetFile(next((folder / "cluster").glob("*.parquet"))) as file:
        table = file.read()
    return int(np.sum(table["document"].to_numpy() != table["root"].to_numpy()))


def compare_clustering(folder: Path, n: int) -> tuple[float, float]:
    """Seconds of both sides over `n` signatures."""
    found = minima(n)
    write_for_datatrove(folder / "sig", found)
    write_for_us(folder / "ours", found)
    del found
    ours, removed = seconds(lambda: cluster_ours(folder / "ours"))
    theirs, theirs_removed = seconds(lambda: cluster_datatrove(folder))
    if removed != theirs_removed:
        raise SystemExit(f"dedup: ours removes {removed}, datatrove {theirs_removed}")
    return ours, theirs


def write_pages(path: Path, n: int) -> None:
    """English pages that differ in a third of their words, and near-duplicates of a fifth."""
    rng = random.Random(5)
    bases = [text.split(" ") for text in documents(400)]
    words = [word for base in bases for word in base]
    texts = []
    for number in range(n):
        if number % 5 == 4:
            base, rate = texts[number - rng.randint(1, min(number, 400))].split(" "), 0.004
        else:
            base, rate = bases[number % len(bases)], 0.3
        texts.append(" ".join(rng.choice(words) if rng.random() < rate else w for w in base))
    table = pa.table({"id": [str(i) for i in range(n)], "text": texts, "language": ["eng"] * n})
    pq.write_table(table, path)


def all_of_datatrove(folder: Path, *, split: bool) -> int:
    from datatrove.pipeline.dedup import (
        MinhashDedupBuckets,
        MinhashDedupCluster,
        MinhashDedupFilter,
    )
    from datatrove.pipeline.readers import ParquetReader
    from datatrove.pipeline.writers import ParquetWriter

    def read() -> Any:
        return ParquetReader(str(folder / "in")).run(None, 0, 1)

    sign = make_peer(split=split)
    target = folder / f"peer-{split}"
    sign = type(sign)(str(target / "sig"), language=sign.language)
    sign.run(read(), 0, 1)
    for rank in range(BANDS):
        MinhashDedupBuckets(str(target / "sig"), str(target / "buckets")).run(None, rank, BANDS)
    MinhashDedupCluster(str(target / "buckets"), str(target / "remove")).run(None, 0, 1)
    kept = MinhashDedupFilter(str(target / "remove")).run(read(), 0, 1)
    for _ in ParquetWriter(str(target / "out"), compression="zstd").run(kept, 0, 1):
        pass
    return sum(pq.read_metadata(path).num_rows for path in (target / "out").glob("*.parquet"))


def all_of_ours(run: Run) -> int:
    perform_all(run)
    found = (run.files.folder / "release/data").rglob("*.parquet")
    return sum(pq.read_metadata(path).num_rows for path in found)


def compare_all(folder: Path, n: int, *, split: bool) -> tuple[float, float]:
    (folder / "in").mkdir(parents=True)
    write_pages(folder / "in/0.parquet", n)
    run = prepare(folder, "dedup: {}")
    ours, kept = seconds(lambda: all_of_ours(run))
    theirs, kept_by_peer = seconds(lambda: all_of_datatrove(folder, split=split))
    if abs(kept - kept_by_peer) > n // 100:
        raise SystemExit(f"dedup: kept {kept}, by the peer {kept_by_peer}")
    return ours, theirs


def measure(signatures: int = SIGNATURES, pages: int = PAGES) -> list[dict[str, object]]:
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    pa.set_cpu_count(1)
    folder = Path(tempfile.mkdtemp())
    try:
        for split in (True, False):
            compare_all(folder / f"warm-{split}", 200, split=split)
        with_split = compare_all(folder / "pages", pages, split=True)
        ours, _ = with_split
        _, shipped = compare_all(folder / "shipped", PAGES_SHIPPED, split=False)
        compare_clustering(folder / "small", 5_000)
        clustering = compare_clustering(folder / "signatures", signatures)
    finally:
        shutil.rmtree(folder)
        os.sched_setaffinity(0, cores)
    name = "Deduplication, Parquet to Parquet"
    return [
        compared("Matching and clustering", "datatrove, stages 2 and 3", signatures, *clustering),
        compared(name, "datatrove, four stages, `str.split` tokens", pages, *with_split),
        compared(
            name,
            "datatrove, four stages, as shipped (spaCy tokens)",
            PAGES_SHIPPED,
            ours * PAGES_SHIPPED / pages,
            shipped,
        ),
    ]


if __name__ == "__main__":
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    json.dump(measure(*map(int, sys.argv[1:])), sys.stdout, indent=1)
