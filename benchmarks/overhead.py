"""What the runtime costs on a stage that does nothing, against plain pyarrow with the same options.

The stage reads `text` and adds it again under another name. The peer reads the same column of the
same file and writes it with the same compression, page index, checksums and chunking. Ours also
reads the mask, checks alignment, digests content, keeps the ledger and commits atomically.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from eurosift.pipeline import plan, recipe
from eurosift.pipeline.build import build_dag
from eurosift.pipeline.dag import Dag, Node
from eurosift.pipeline.run_files import RunFiles
from eurosift.pipeline.shards import ROW_GROUP_ROWS
from eurosift.pipeline.tasks import Run
from eurosift.pipeline.work import perform
from eurosift.stages.base import Stage
from eurosift.stages.config import StageConfig

TITLE = "Overhead of the runtime"
DOCUMENTS = 40_000
ROUNDS = 5


class Copy(Stage[StageConfig]):
    version = 1
    config_type = StageConfig

    @property
    def reads(self) -> tuple[str, ...]:
        return ("text",)

    @property
    def adds(self) -> pa.Schema:
        return pa.schema([("copy", pa.string())])

    def process(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        return pa.RecordBatch.from_arrays([batch.column("text")], schema=self.adds)


def texts() -> list[str]:
    """Real text where it is at hand, else text made of common words; about 3 kB a document."""
    gold = Path(__file__).parents[2] / "shared/data/web/gold.jsonl"
    if gold.exists():
        lines = gold.read_text(encoding="utf-8").splitlines()
        pages = [json.loads(line)["text"][:3000] for line in lines]
    else:
        words = ["the", "of", "and", "to", "in", "is", "that", "for", "it", "as", "was", "with"]
        pages = [" ".join(words[(i * j) % len(words)] for j in range(600)) for i in range(1, 500)]
    return [f"{i} {pages[i % len(pages)]}" for i in range(DOCUMENTS)]


def plain(source: Path, target: Path) -> None:
    schema = pa.schema([("copy", pa.string())])
    with (
        pq.ParquetFile(source, page_checksum_verification=True) as file,
        pq.ParquetWriter(
            target,
            schema,
            compression="zstd",
            write_page_index=True,
            write_page_checksum=True,
        ) as writer,
    ):
        for batch in file.iter_batches(batch_size=ROW_GROUP_ROWS, columns=["text"]):
            writer.write_table(pa.Table.from_batches([batch.rename_columns(["copy"])]))


def measure() -> list[dict[str, Any]]:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    pa.set_cpu_count(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = texts()
        table = pa.table({"id": [f"{i:032x}" for i in range(len(rows))], "text": rows})
        (folder / "in").mkdir()
        (folder / "in" / "a.jsonl").write_text(
            "".join(
                json.dumps({"id": i, "text": t}) + "\n"
                for i, t in zip(*table.to_pydict().values(), strict=True)
            )
        )
        (folder / "recipe.yaml").write_text(
            "version: 1\nname: bench\ninput: {path: in/a.jsonl}\nstages: {}\n"
        )
        return [_compare(folder, table)]


def _compare(folder: Path, table: pa.Table) -> dict[str, Any]:
    source = recipe.load(folder / "recipe.yaml")
    graph = build_dag(source)
    plan.save(source.folder, plan.make(source))
    inputs = plan.load(source.folder)
    assert inputs is not None
    copy = Copy(StageConfig(), name="copy")
    graph = Dag(source, [*graph.nodes.values(), Node("copy", copy, ("extract",), ("extract",))])
    # The text of the documents layer lies in Parquet, as after extraction from WARC.
    stored = folder / "stored.parquet"
    pq.write_table(
        table, stored, row_group_size=ROW_GROUP_ROWS, compression="zstd", write_page_checksum=True
    )
    origin = graph.source.step
    origin.texts = lambda _: (  # type: ignore[method-assign]
        b.column(0)
        for b in pq.ParquetFile(stored, page_checksum_verification=True).iter_batches(
            batch_size=1024, columns=["text"]
        )
    )
    run = Run(graph, inputs, RunFiles(source.folder))
    perform(run, run.tasks(graph.source, None)[0], run.workspace(graph.source))
    node = graph.nodes["copy"]
    task = run.tasks(node, None)[0]
    ours: list[float] = []
    peer: list[float] = []
    for _ in range(ROUNDS):
        ours.append(_seconds(lambda: perform(run, task, run.workspace(node))))
        peer.append(_seconds(lambda: plain(stored, folder / "plain.parquet")))
    best_ours, best_peer = min(ours), min(peer)
    return {
        "name": "runtime overhead on a no-op stage (text read and written)",
        "ours docs/s": round(DOCUMENTS / best_ours),
        "peer docs/s": round(DOCUMENTS / best_peer),
        "ratio": round(best_peer / best_ours, 3),
        "peer": "plain pyarrow, same options",
        "n docs": DOCUMENTS,
    }


def _seconds(function: Any) -> float:
    start = time.process_time()
    function()
    return time.process_time() - start


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
