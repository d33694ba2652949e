"""Reading and writing Parquet: our reader and writer against datatrove's, same rows, same codec.

Ours also verifies and writes page checksums, digests the content of every column and commits
atomically (fsync, rename), which datatrove does not.
"""

from __future__ import annotations

import collections
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from eurosift.pipeline.shards import ShardWriter, read_batches
from eurosift.stages.footer import Footer

DOCUMENTS = 10_000
ROUNDS = 5
SCHEMA = pa.schema(
    [
        ("text", pa.string()),
        ("id", pa.string()),
        ("url", pa.string()),
        ("date", pa.string()),
        ("language", pa.string()),
        ("language_score", pa.float64()),
        ("file_path", pa.string()),
    ]
)


def documents() -> pa.Table:
    """Real text where it is at hand, else text made of common words; about 3 kB a document."""
    gold = Path(__file__).parents[2] / "shared/data/web/gold.jsonl"
    if gold.exists():
        lines = gold.read_text(encoding="utf-8").splitlines()
        pages = [text for line in lines if (text := json.loads(line)["text"][:3000])]
    else:
        print("parquet: no real text at hand, using generated text", file=sys.stderr)
        words = "the of and to in is that for it as was with be by on not he his but at".split()
        pages = [" ".join(words[i * j % len(words)] for j in range(600)) for i in range(1, 500)]
    numbers = range(DOCUMENTS)
    columns = {
        "text": [f"{i} {pages[i % len(pages)]}" for i in numbers],
        "id": [f"{i:032x}" for i in numbers],
        "url": [f"https://example.org/pages/{i}" for i in numbers],
        "date": [f"2024-05-{i % 28 + 1:02d}T12:00:00Z" for i in numbers],
        "language": [("mlt_Latn", "deu_Latn", "ell_Grek")[i % 3] for i in numbers],
        "language_score": [0.5 + i % 50 / 100 for i in numbers],
        "file_path": [f"crawl/{i % 7:05d}.warc.gz" for i in numbers],
    }
    return pa.table(columns, schema=SCHEMA)


def ours(source: Path, target: Path) -> None:
    writer = ShardWriter(target, SCHEMA)
    for batch in read_batches(source, SCHEMA.names):
        writer.write(batch)
    footer = Footer(
        stage="benchmark",
        key="00000",
        version=1,
        config={},
        inputs={},
        fingerprint="",
        rows=writer.rows,
        columns=writer.column_digests(),
    )
    writer.commit(footer)


def datatroves(source: Path, target: Path) -> None:
    from datatrove.pipeline.readers import ParquetReader
    from datatrove.pipeline.writers import ParquetWriter

    reader = ParquetReader(str(source.parent), glob_pattern=source.name)
    writer = ParquetWriter(
        str(target.parent),
        output_filename=target.name,
        compression="zstd",
        expand_metadata=True,
        schema=SCHEMA,
    )
    collections.deque(writer.run(reader.run(None)), maxlen=0)


def measure() -> list[dict[str, Any]]:
    from loguru import logger

    logger.disable("datatrove")
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    pa.set_cpu_count(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "in").mkdir()
        source = folder / "in" / "documents.parquet"
        table = documents()
        pq.write_table(table, source, compression="zstd", write_page_checksum=True)
        sides = {ours: folder / "ours" / "out.parquet", datatroves: folder / "peer" / "out.parquet"}
        seconds: dict[Callable[[Path, Path], None], list[float]] = {side: [] for side in sides}
        for _ in range(ROUNDS):
            for side, target in sides.items():
                start = time.process_time()
                side(source, target)
                seconds[side].append(time.process_time() - start)
        # datatrove puts its own file path over the one of the metadata; all else must be equal.
        compared = [n for n in SCHEMA.names if n != "file_path"]
        for target in sides.values():
            written = pq.read_table(target, columns=compared)
            assert written.equals(table.select(compared)), f"{target} differs from its source"
    best_ours, best_peer = min(seconds[ours]), min(seconds[datatroves])
    return [
        {
            "name": "Parquet, read and write",
            "ours docs/s": round(DOCUMENTS / best_ours),
            "peer docs/s": round(DOCUMENTS / best_peer),
            "ratio": round(best_peer / best_ours, 2),
            "peer": "datatrove ParquetReader → ParquetWriter, zstd",
            "n docs": DOCUMENTS,
        }
    ]


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
