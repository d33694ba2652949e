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
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from eurosift.pipeline.shards import ShardWriter, read_batches
from eurosift.stages.footer import Footer

TITLE = "Parquet in and out"
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
LAYER = pa.schema([("n_chars", pa.int64())])
Side = Callable[[Path, Path], None]


def documents() -> pa.Table:
    """Real text where it is at hand, else text made of common words; about 3 kB a document."""
    gold = Path(__file__).parents[2] / "shared/data/web/gold.jsonl"
    if gold.exists():
        lines = gold.read_text(encoding="utf-8").splitlines()
        pages = [text for line in lines if (text := json.loads(line)["text"][:3000])]
    else:
        print("parquet: no real text at hand, using generated text", file=sys.stderr)
        words = ["the", "of", "and", "to", "in", "is", "that", "for", "it", "as", "was", "with"]
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


def copy_ours(source: Path, target: Path) -> None:
    writer = ShardWriter(target, SCHEMA)
    for batch in read_batches(source, SCHEMA.names):
        writer.write(batch)
    commit(writer)


def copy_peer(source: Path, target: Path) -> None:
    datatrove_run(source, target, SCHEMA)


def add_ours(source: Path, target: Path) -> None:
    """A layer of one column: what was there before is not written again."""
    writer = ShardWriter(target, LAYER)
    for batch in read_batches(source, ["text"]):
        lengths = pc.utf8_length(batch.column("text")).cast(pa.int64())
        writer.write(pa.record_batch([lengths], schema=LAYER))
    commit(writer)


def add_peer(source: Path, target: Path) -> None:
    """The same column, as metadata; all of the document passes through."""

    def lengths(data: Iterable[Any]) -> Iterator[Any]:
        for document in data:
            document.metadata["n_chars"] = len(document.text)
            yield document

    datatrove_run(source, target, pa.schema([*SCHEMA, *LAYER]), lengths)


def commit(writer: ShardWriter) -> None:
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


def datatrove_run(source: Path, target: Path, schema: pa.Schema, *steps: Any) -> None:
    from datatrove.pipeline.readers import ParquetReader
    from datatrove.pipeline.writers import ParquetWriter

    writer = ParquetWriter(
        str(target.parent),
        output_filename=target.name,
        compression="zstd",
        expand_metadata=True,
        max_file_size=-1,  # one file, under the name that it was given
        schema=schema,
    )
    data = ParquetReader(str(source.parent), glob_pattern=source.name).run(None)
    for step in steps:
        data = step(data)
    collections.deque(writer.run(data), maxlen=0)


def compare(ours: Side, peer: Side, source: Path, folder: Path) -> tuple[float, float]:
    """Best processor seconds of each, rounds interleaved."""
    seconds: dict[str, list[float]] = {"ours": [], "peer": []}
    for _ in range(ROUNDS):
        for name, side in (("ours", ours), ("peer", peer)):
            start = time.process_time()
            side(source, folder / name / "out.parquet")
            seconds[name].append(time.process_time() - start)
    # datatrove puts the path of its input over the column of that name; all else must be equal.
    written = [pq.read_table(folder / name / "out.parquet") for name in seconds]
    common = [n for n in written[0].schema.names if n != "file_path"]
    assert written[0].select(common).equals(written[1].select(common)), "the results differ"
    return min(seconds["ours"]), min(seconds["peer"])


def measure() -> list[dict[str, Any]]:
    from loguru import logger

    logger.disable("datatrove")
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    pa.set_cpu_count(1)
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "in").mkdir()
        source = folder / "in" / "documents.parquet"
        pq.write_table(documents(), source, compression="zstd", write_page_checksum=True)
        for title, ours, peer in (
            ("Parquet, all columns read and written", copy_ours, copy_peer),
            ("Parquet, a stage that adds one column", add_ours, add_peer),
        ):
            best_ours, best_peer = compare(ours, peer, source, folder)
            rows.append(
                {
                    "name": title,
                    "ours docs/s": round(DOCUMENTS / best_ours),
                    "peer docs/s": round(DOCUMENTS / best_peer),
                    "ratio": round(best_peer / best_ours, 2),
                    "peer": "datatrove ParquetReader → ParquetWriter, zstd",
                    "n docs": DOCUMENTS,
                }
            )
    return rows


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
