"""Verifying a run against plain pyarrow reading of the same files, page checksums verified.

The peer reads all columns of every Parquet file of the run. Ours also reads the rest of their
bytes, digests the content, counts every ledger again, and checks ids, release and manifest.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from eurosift.pipeline import plan, recipe
from eurosift.pipeline.build import build_dag
from eurosift.pipeline.run_files import RunFiles
from eurosift.pipeline.tasks import Run
from eurosift.pipeline.verify import verify
from eurosift.pipeline.work import perform

TITLE = "Verification"
DOCUMENTS = 20_000
SHARDS = 4
ROUNDS = 5
RECIPE = """
version: 1
name: bench
input: {path: in/*.parquet}
stages:
  extract: {}
  langid: {}
  signals: {}
  quality: {rules: fineweb2}
  dedup: {}
  pii: {key: key}
  count: {}
  release: {}
"""


def texts() -> list[str]:
    """Real text where it is at hand, else made of common words; about 3 kB a document.

    A third of the words of each is moved about, so that they are no duplicates.
    """
    gold = Path(__file__).parents[2] / "shared/data/web/gold.jsonl"
    if gold.exists():
        lines = gold.read_text(encoding="utf-8").splitlines()
        pages = [t for line in lines if len(t := json.loads(line)["text"][:4000]) > 1500]
    else:
        words = ["the", "of", "and", "to", "in", "is", "that", "for", "it", "as", "was", "with"]
        pages = [" ".join(words[i * j % len(words)] for j in range(600)) for i in range(1, 500)]
    return [_mixed(pages[i % len(pages)], i) for i in range(DOCUMENTS)]


def _mixed(page: str, number: int) -> str:
    words = page.split(" ")
    n = len(words)
    for k in range(number % 3, n, 3):
        words[k] = words[(k * 7919 + number * 104729) % n]
    return " ".join(words)


def make_run(folder: Path) -> Run:
    """Run the recipe in this process."""
    (folder / "in").mkdir()
    (folder / "key").write_text("0" * 64)
    (folder / "key").chmod(0o600)
    (folder / "recipe.yaml").write_text(RECIPE)
    rows = texts()
    for shard in range(SHARDS):
        mine = rows[shard::SHARDS]
        ids = [f"{shard}-{i}" for i in range(len(mine))]
        pq.write_table(pa.table({"id": ids, "text": mine}), folder / "in" / f"{shard}.parquet")
    source = recipe.load(folder / "recipe.yaml")
    inputs = plan.make(source)
    run = Run(build_dag(source), inputs, RunFiles(source.folder))
    for node in run.dag.nodes.values():
        node.step.open()
        for phase in node.phases or (None,):
            for task in run.phase_state(node, phase).todo:
                perform(run, task, run.workspace(node))
    return run


def plain(folder: Path) -> None:
    for path in sorted(folder.rglob("*.parquet")):
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            for _ in file.iter_batches():
                pass


def ours(run: Run) -> None:
    # Another view of the folder, so that no footer is known yet.
    found = verify(Run(run.dag, run.plan, RunFiles(run.files.folder)))
    assert not found.problems, found.problems
    assert not found.unfinished, found.unfinished


def measure() -> list[dict[str, Any]]:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    pa.set_cpu_count(1)
    with tempfile.TemporaryDirectory() as name:
        run = make_run(Path(name))
        mine, peer = [], []
        for _ in range(ROUNDS):
            mine.append(_seconds(lambda: ours(run)))
            peer.append(_seconds(lambda: plain(run.files.folder)))
    best_ours, best_peer = min(mine), min(peer)
    return [
        {
            "name": "verifying a run of eight stages",
            "ours docs/s": round(DOCUMENTS / best_ours),
            "peer docs/s": round(DOCUMENTS / best_peer),
            "ratio": round(best_peer / best_ours, 3),
            "peer": "plain pyarrow reading of all its files",
            "n docs": DOCUMENTS,
        }
    ]


def _seconds(function: Callable[[], None]) -> float:
    start = time.process_time()
    function()
    return time.process_time() - start


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
