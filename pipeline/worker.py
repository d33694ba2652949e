"""A worker process: the run and its stages, opened once, and items done one after the other."""

from __future__ import annotations

from pathlib import Path

from eurosift.pipeline.claim import Claim
from eurosift.pipeline.launch import Launch
from eurosift.pipeline.states import Task
from eurosift.pipeline.tasks import Run
from eurosift.pipeline.work import Outcome, perform
from eurosift.pipeline.workspace import StageWorkspace


class _Process:
    """What a worker process has opened."""

    run: Run | None = None
    opened: set[str] = set()  # noqa: RUF012 - one per process, on purpose
    phase: tuple[str, str] | None = None
    workspace: StageWorkspace | None = None
    claim: Claim | None = None


def prepare(folder: str, launch: str, claim: Claim | None) -> None:
    """Build the run from its folder; called once per worker process."""
    _Process.claim = claim
    _Process.run = Launch.load(Path(folder), launch).build()


def work(task: Task) -> Outcome:
    """Do one item, with the stage's models opened at the first."""
    run = _Process.run
    if run is None:
        raise RuntimeError("the worker was not prepared")
    node = run.dag.nodes[task.stage]
    if task.stage not in _Process.opened:
        node.step.open()
        _Process.opened.add(task.stage)
    if _Process.workspace is None or _Process.phase != (task.stage, task.phase):
        _Process.phase, _Process.workspace = (task.stage, task.phase), run.workspace(node)
    return perform(run, task, _Process.workspace, _Process.claim)
