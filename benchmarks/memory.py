"""Memory of a worker over many rows, stage by stage, and of the coordinator over many shards.

Each phase of each stage runs in a process of its own, on one pinned core, over 20 shards; resident
memory is read after each shard. A stage that keeps something of every row shows a slope. Text is
the demo's prose in 24 languages, made different in each row.

``python memory.py [ROWS]``: rows per stage, 200,000 if not said.
"""

from __future__ import annotations

import gzip
import json
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from eurosift.pipeline import plan, recipe
from eurosift.pipeline.build import build_dag
from eurosift.pipeline.demo.prose import WANTED, site
from eurosift.pipeline.run_files import RunFiles
from eurosift.pipeline.tasks import Run
from eurosift.pipeline.work import perform

ROWS = 200_000
SHARDS = 20
SMALL_SHARDS = 2_000
SHARES = (0.1, 0.25, 0.5, 0.75, 1.0)
"""Of all rows: when the memory is told."""

TITLE = "Resident memory of a worker, in MB, after so many rows"
COLUMNS = (
    "name", "rows", *(f"after {share:.0%}" for share in SHARES), "slope", "peak",
)  # fmt: skip
NOTE = "*slope*: MB by 100,000 rows (1,000 shards), over the second half. Kernels are cached."

STAGES = """
  langid: {}
  signals: {}
  quality: {}
  dedup: {needs: langid}
  pii: {needs: langid, key: pii.key}
  count: {needs: langid}
  release: {needs: [pii, count]}"""
"""None comes after one that rejects: each works on all rows."""


def texts(n: int) -> Iterator[str]:
    """`n` texts of about 500 to 1,500 characters; no two are the same, a tenth hold addresses."""
    sites = [site(code) for code in WANTED]
    for i in range(n):
        one = sites[i % len(sites)]
        page = one.pages[i // 24 % len(one.pages)]
        parts = [
            f"{page.paragraphs[(i + k) % len(page.paragraphs)]} {i * 7919 + k:,}"
            for k in range(2 + i % 4)
        ]
        if i % 10 == 0:
            parts.append(one.mailbox.format(i))
        yield "\n".join(parts)


def write_tables(folder: Path, rows: int) -> None:
    """`SHARDS` Parquet files and a recipe of all stages over them."""
    (folder / "in").mkdir(parents=True)
    found = list(texts(rows))
    for shard in range(SHARDS):
        part = found[shard * rows // SHARDS : (shard + 1) * rows // SHARDS]
        table = pa.table({"id": [f"{shard}-{i}" for i in range(len(part))], "text": part})
        pq.write_table(table, folder / "in" / f"{shard:02}.parquet")
    key = folder / "pii.key"
    key.write_text("no secret, only long enough")
    key.chmod(0o600)
    _write_recipe(folder, "in/*.parquet", f"\n  extract: {{}}{STAGES}")


def write_crawl(folder: Path, rows: int, engine: str) -> None:
    """`SHARDS` WARC files and a recipe that extracts them."""
    (folder / "in").mkdir(parents=True)
    pages = texts(rows)
    for shard in range(SHARDS):
        with (folder / "in" / f"{shard:02}.warc.gz").open("wb") as file:
            for number in range(rows // SHARDS):
                file.write(gzip.compress(_record(next(pages), f"{shard}/{number}"), 1))
    _write_recipe(folder, "in/*.warc.gz", f"\n  extract: {{engine: {engine}}}")


def _record(text: str, name: str) -> bytes:
    paragraphs = "".join(f"<p>{line}</p>" for line in text.split("\n"))
    html = f"<html><title>{name}</title><body><article>{paragraphs}</article></body></html>"
    head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    block = (head + html).encode()
    fields = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://x/{name}\r\n"
        "WARC-Date: 2024-05-06T07:08:09Z\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    return fields.encode() + block + b"\r\n\r\n"


def _write_recipe(folder: Path, path: str, stages: str) -> None:
    (folder / "recipe.yaml").write_text(
        f"version: 1\nname: memory\ninput: {{path: {path}}}\nlanguages: eu24\nstages:{stages}\n"
    )


def load(folder: Path) -> Run:
    """The run of a recipe, planned if it was not."""
    source = recipe.load(folder / "recipe.yaml")
    graph = build_dag(source)
    if plan.load(source.folder) is None:
        plan.save(source.folder, plan.make(source))
    files = plan.load(source.folder)
    assert files is not None
    return Run(graph, files, RunFiles(source.folder))


def rss_mb() -> float:
    """Resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def peak_mb() -> float:
    """The most that this process ever had resident."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024 / 1e6


def work(folder: Path) -> dict[str, Any]:
    """Do all items of one phase as a worker does; for a process of its own."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    pa.set_cpu_count(1)
    run = load(folder)
    tasks = pickle.loads((folder / "tasks").read_bytes())
    node = run.dag.nodes[tasks[0].stage]
    node.step.open()
    workspace = run.workspace(node)
    samples = [rss_mb()]
    for task in tasks:
        perform(run, task, workspace)
        samples.append(rss_mb())
    return {"samples": samples, "peak": peak_mb()}


def measure_phases(folder: Path, rows: int, label: str = "") -> Iterator[dict[str, Any]]:
    """Run all stages of a recipe; a row for each phase that works shard by shard."""
    run = load(folder)
    for node in run.dag.nodes.values():
        for phase in node.phases or (None,):
            if not (tasks := run.tasks(node, phase)):
                continue
            (folder / "tasks").write_bytes(pickle.dumps(tasks))
            name = node.name if phase is None or not phase.name else f"{node.name}.{phase.name}"
            found = json.loads(_output([__file__, "--work", str(folder)]))
            if len(tasks) == SHARDS:
                row = summary(name + label, rows, found["samples"], found["peak"], 100_000)
                print(f"  {row}", file=sys.stderr, flush=True)
                yield row


def measure_coordinator(folder: Path) -> dict[str, Any]:
    """The coordinator of a cheap stage over many small shards, read at each shard that is done."""
    (folder / "in").mkdir(parents=True)
    for shard in range(SMALL_SHARDS):
        line = json.dumps({"id": str(shard), "text": f"Document number {shard}."})
        (folder / "in" / f"{shard:05}.jsonl").write_text(line + "\n")
    _write_recipe(folder, "in/*.jsonl", "\n  extract: {}\n  count: {}")
    found = json.loads(_output([__file__, "--coordinate", str(folder)]))
    n = len(found["samples"]) - 1
    return summary("coordinator (shards)", n, found["samples"], found["peak"], 1_000)


def coordinate(folder: Path) -> dict[str, Any]:
    """Run a recipe as the command line does, and read this process's memory on the way."""
    from eurosift.pipeline import execute
    from eurosift.pipeline.cli import cli

    samples = [rss_mb()]
    write = execute.EventLog.write

    def watched(log: Any, event: str, **details: Any) -> None:
        write(log, event, **details)
        if event == "shard_done":
            samples.append(rss_mb())

    execute.EventLog.write = watched  # type: ignore[method-assign]
    arguments = ["run", str(folder / "recipe.yaml"), "--workers", "1", "--quiet"]
    cli.main(arguments, standalone_mode=False)
    return {"samples": samples, "peak": peak_mb()}


def summary(name: str, rows: int, samples: list[float], peak: float, unit: int) -> dict[str, Any]:
    """A row of the table from evenly spaced samples, in MB, of one process over `rows`."""
    places = np.linspace(0, rows, len(samples))
    memory = np.array(samples)
    half = places >= rows / 2
    told = {
        f"after {share:.0%}": round(float(np.interp(share * rows, places, memory)))
        for share in SHARES
    }
    slope = float(np.polyfit(places[half], memory[half], 1)[0]) * unit
    return {"name": name, "rows": rows, **told, "slope": round(slope, 1),
            "peak": round(peak)}  # fmt: skip


def _output(arguments: list[str]) -> str:
    done = subprocess.run([sys.executable, *arguments], stdout=subprocess.PIPE, check=True)
    return done.stdout.decode().splitlines()[-1]


def measure_stages(folder: Path, rows: int) -> Iterator[dict[str, Any]]:
    """A row for each phase of all stages, and for the extraction with each engine."""
    write_tables(folder / "tables", rows)
    yield from measure_phases(folder / "tables", rows)
    for engine in ("resiliparse", "auto", "trafilatura"):
        write_crawl(folder / engine, rows, engine)
        yield from measure_phases(folder / engine, rows, f" ({engine})")


def measure(rows: int = ROWS) -> list[dict[str, Any]]:
    """All rows of the table; a row per shard goes first, for which kernels are compiled."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        list(measure_stages(folder / "first", SHARDS))
        return [*measure_stages(folder / "all", rows), measure_coordinator(folder / "small")]


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--work", where]:
            print(json.dumps(work(Path(where))))
        case ["--coordinate", where]:
            print(json.dumps(coordinate(Path(where))))
        case given:
            print(json.dumps(measure(*map(int, given)), indent=1))
