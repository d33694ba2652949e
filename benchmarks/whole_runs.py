"""Whole runs in this process, and how they are told beside a peer's."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from eurosift.pipeline import plan, recipe
from eurosift.pipeline.build import build_dag
from eurosift.pipeline.run_files import RunFiles
from eurosift.pipeline.tasks import Run
from eurosift.pipeline.work import perform


def prepare(folder: Path, stages: str) -> Run:
    """A run over the tables in `in/` of a folder, from `extract` to `release`."""
    target = folder / "recipe.yaml"
    target.write_text(
        "version: 1\nname: ours\ninput: {path: in/*.parquet}\n"
        f"stages: {{extract: {{}}, {stages}, release: {{}}}}\n"
    )
    source = recipe.load(target)
    return Run(build_dag(source), plan.make(source), RunFiles(source.folder))


def perform_all(run: Run) -> dict[str, float]:
    """Do all tasks, in their order; the processor time of each stage."""
    spent = {}
    for node in run.dag.nodes.values():
        start = time.process_time()
        node.step.open()
        for phase in node.phases or (None,):
            workspace = run.workspace(node)
            for task in run.tasks(node, phase, workspace):
                perform(run, task, workspace)
        spent[str(node.name)] = time.process_time() - start
    return spent


def seconds(side: Callable[[], int]) -> tuple[float, int]:
    """Processor time, and what was found."""
    start = time.process_time()
    found = side()
    return time.process_time() - start, found


def compared(name: str, peer: str, n: int, ours: float, theirs: float) -> dict[str, object]:
    """A row of results; times are in seconds."""
    return {
        "name": name,
        "ours docs/s": round(n / ours),
        "peer docs/s": round(n / theirs),
        "ratio": round(theirs / ours, 1),
        "peer": peer,
        "n docs": n,
    }
