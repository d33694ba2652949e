"""A worker process: the run and its stages, opened once, and items done one after the other."""

from __future__ import annotations

from pathlib import Path

from eurosift.pipeline.launch import Launch
from eurosift.pipeline.tasks import Run, Task
from eurosift.pipeline.work import Outcome, perform


class _Process:
    """What a worker process has opened."""

    run: Run | None = None
    opened: set[str] = set()  # noqa: RUF012 - one per process, on purpose


def prepare(folder: str, launch: str) -> None:
    """Build the run from its folder; called once per worker process."""
    _Process.run = Launch.load(Path(folder), launch).build()


def work(task: Task) -> Outcome:
    """Do one item, with the stage's models opened at the first."""
    run = _Process.run
    if run is None:
        raise RuntimeError("the worker was not prepared")
    if task.stage not in _Process.opened:
        run.dag.nodes[task.stage].step.open()
        _Process.opened.add(task.stage)
    return perform(run, task)
