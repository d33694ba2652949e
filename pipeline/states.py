"""Work items of a run, and where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

LAYER = ""
"""Name of the phase that writes a layer."""


class State(StrEnum):
    """Where a work item stands."""

    DONE = "done"
    NEW = "new"
    STALE = "stale"
    WAITING = "waiting"


@dataclass(frozen=True)
class Task:
    """One work item of a run, ready to be done by any worker.

    Attributes
    ----------
    stage, phase, key
        What it is; the phase of a layer is empty.
    path
        Its result, relative to the run folder.
    version, config, inputs
        What shapes the result.
    fingerprint
        Digest of all these.
    payload
        For the phase alone.
    """

    stage: str
    phase: str
    key: str
    path: str
    version: int
    config: Mapping[str, Any]
    inputs: Mapping[str, str]
    fingerprint: str
    payload: Any = None

    @property
    def label(self) -> str:
        """How a message names it: ``dedup.match/mlt_Latn``."""
        return f"{self.stage}.{self.phase}/{self.key}" if self.phase else f"{self.stage}/{self.key}"


@dataclass(frozen=True)
class TaskState:
    """A task, its state, and why, in words."""

    task: Task
    state: State
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class PhaseState:
    """All tasks of a phase.

    Attributes
    ----------
    stage, phase
        What it is.
    tasks
        The tasks, if it was not known beforehand that all are done.
    waits
        What must be done before they can be listed.
    settled
        Number of tasks that are known to be done and are not listed, see `settled`.
    """

    stage: str
    phase: str
    tasks: tuple[TaskState, ...] = ()
    waits: str = ""
    settled: int = 0

    @property
    def label(self) -> str:
        """How a message names it: ``dedup.match``."""
        return f"{self.stage}.{self.phase}" if self.phase else self.stage

    @property
    def items(self) -> int:
        """Number of all tasks."""
        return self.settled + len(self.tasks)

    def count(self, state: State) -> int:
        """Number of tasks in a state."""
        known = self.settled if state is State.DONE else 0
        return known + sum(1 for task in self.tasks if task.state is state)

    @property
    def waits_for(self) -> str:
        """What must be done before they can be listed, in short."""
        return self.waits.partition(" is not there yet")[0]

    @property
    def todo(self) -> list[Task]:
        """Tasks that would run now."""
        return [t.task for t in self.tasks if t.state in {State.NEW, State.STALE}]

    @property
    def done(self) -> bool:
        """Whether nothing is left to do."""
        return not self.waits and all(task.state is State.DONE for task in self.tasks)
