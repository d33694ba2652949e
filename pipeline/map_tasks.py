"""What a task of datatrove's runs: a phase, mapped over its unfinished items in a pool."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, TextIO

from datatrove.pipeline.base import PipelineStep

from eurosift.pipeline import quarantine
from eurosift.pipeline.child import Death
from eurosift.pipeline.claim import Claim
from eurosift.pipeline.dag import Node
from eurosift.pipeline.deaths import Deaths
from eurosift.pipeline.errors import IncompleteError
from eurosift.pipeline.events import EventLog
from eurosift.pipeline.packing import share
from eurosift.pipeline.pool import WorkerPool
from eurosift.pipeline.progress import Progress
from eurosift.pipeline.states import Task
from eurosift.pipeline.tasks import Run
from eurosift.pipeline.work import Outcome
from eurosift.stages.phases import Phase

FULL = (errno.ENOSPC, errno.EDQUOT)
"""Errors of a disk that is full, or on which the user may have no more."""


@dataclass
class Host:
    """What one task needs to host: the run, its pool, its events, and where it may speak.

    ``first`` are the items that were to be done when the array of a task was submitted, see
    `packing.share`; ``claim`` tells whether the task was given to another; None if that cannot be.
    """

    run: Run
    pool: WorkerPool[Task, Outcome]
    events: EventLog
    quiet: bool = False
    stderr: TextIO = field(default_factory=lambda: sys.stderr)
    first: Collection[str] | None = None
    claim: Claim | None = None

    @property
    def superseded(self) -> bool:
        """Whether another does what this one was there for."""
        return self.claim is not None and not self.claim.held

    def check(self) -> None:
        """Go on only if that is not so; as `Claim.check`."""
        if self.claim is not None:
            self.claim.check()


class MapTasks(PipelineStep):  # type: ignore[misc]  # datatrove is untyped
    """datatrove step: each rank does what is unfinished of its share, the heaviest items first."""

    type = "eurosift"

    def __init__(self, host: Host, node: Node, phase: Phase | None) -> None:
        super().__init__()
        self._host, self._node, self._phase = host, node, phase
        self.name = node.name if phase is None or not phase.name else f"{node.name}.{phase.name}"
        self.failures: dict[str, str] = {}
        self.error: Exception | None = None
        self.done = 0

    def run(self, data: Any, rank: int = 0, world_size: int = 1) -> Iterable[Any]:
        """Do the items of this rank; `data` is not used, nothing is yielded.

        What goes wrong is kept in `error`, for the session to raise again.
        """
        with contextlib.redirect_stderr(self._host.stderr):
            try:
                self._run(rank, world_size)
            except Exception as error:  # noqa: BLE001 - see above
                self.error = error
        return ()

    def _run(self, rank: int, world_size: int) -> None:
        host = self._host
        state = host.run.phase_state(self._node, self._phase)
        if state.waits:
            raise IncompleteError(f"{self.name}: {state.waits}")
        unfinished = {task.key: task for task in state.todo}
        keys = [t.task.key for t in state.tasks]
        weights = {file.shard: file.size_bytes for file in host.run.plan.files}
        mine = [
            unfinished[key]
            for key in share(keys, weights, rank, world_size, host.first)
            if key in unfinished
        ]
        host.events.write("phase", stage=self.name, items=len(state.tasks), todo=len(mine))
        if not mine:
            return

        def heartbeat(items: int, rows: int) -> None:
            if host.superseded:
                host.pool.stop(0)
                return
            host.events.write("heartbeat", stage=self.name, items=items, rows=rows)

        # Only those of layers are documents.
        unit = "rows" if self.name == self._node.name else "records"
        with Progress(
            self.name, len(mine), quiet=host.quiet, heartbeat=heartbeat, unit=unit
        ) as progress:
            deaths = Deaths(host.run.files.folder, host.run.plan.file, self._renewed)

            def again(task: Task, death: Death, n: int) -> Task | None:
                host.events.write(
                    "worker_died", stage=self.name, key=task.key, why=death.words, page=death.note
                )
                progress.say(f"{task.label}: a worker died ({death.words})", "WARNING")
                return deaths.again(task, death, n)

            def begun(task: Task) -> None:
                host.events.write("shard_start", stage=self.name, key=task.key)

            for task, outcome, error, trace in host.pool.map(mine, again, begun):
                host.check()
                if outcome is None:
                    message = f"{task.label}: {error}"
                    self.failures[task.label] = message
                    host.events.write(
                        "shard_failed",
                        stage=self.name,
                        key=task.key,
                        error=error,
                        traceback=trace,
                    )
                    progress.say(f"failed: {message}", "ERROR")
                    full = next((n for n in FULL if os.strerror(n) in str(error)), None)
                    if full is not None:
                        host.pool.stop()
                        raise OSError(full, str(error), str(host.run.files.folder))
                    continue
                for note in outcome.notes:
                    progress.say(note, "WARNING")
                for page, reason in outcome.quarantined.items():
                    progress.say(f"{task.label}: page {page} is quarantined: {reason}", "WARNING")
                    host.events.write(
                        "quarantined", stage=self.name, key=task.key, page=page, reason=reason
                    )
                self.stat_update("rows", value=outcome.rows, unit="row")
                host.events.write(
                    "shard_done",
                    stage=self.name,
                    key=task.key,
                    rows=outcome.rows,
                    seconds=round(outcome.seconds, 3),
                )
                self.done += 1
                progress.advance(outcome.rows)
        host.check()

    def _renewed(self, task: Task) -> Task:
        """A shard of the documents layer, with the quarantine list as it is now."""
        run = self._host.run
        pages = quarantine.load(run.files.folder, run.plan.file(task.key))
        return run.source_task(self._node, task.key, pages)
