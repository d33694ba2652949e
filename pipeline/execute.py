"""Running the phases of a pipeline through datatrove's executor.

A local run and an array element are the same thing: one datatrove task that hosts a pool of
worker processes. What the task runs is one of our pipeline steps, `MapTasks`, which maps a phase
over its unfinished items.

Of datatrove's local executor its worker contract and log layout are kept. Replaced are its
completion markers (an item is done when its file is in place, nothing else counts) and its
manager process, which outlives a killed parent.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from datatrove.executor.local import LocalPipelineExecutor
from datatrove.pipeline.base import PipelineStep
from loguru import logger

from eurosift.pipeline import quarantine, resources, settled
from eurosift.pipeline.child import Death
from eurosift.pipeline.claim import Claim
from eurosift.pipeline.dag import Node
from eurosift.pipeline.deaths import Deaths
from eurosift.pipeline.errors import (
    IncompleteError,
    InterruptedRunError,
    ShardsFailedError,
)
from eurosift.pipeline.events import EventLog
from eurosift.pipeline.launch import Launch
from eurosift.pipeline.packing import share
from eurosift.pipeline.pool import WorkerPool
from eurosift.pipeline.progress import Progress
from eurosift.pipeline.shards import remove_leftovers
from eurosift.pipeline.strays import prune
from eurosift.pipeline.tasks import Run, Task
from eurosift.pipeline.work import Outcome
from eurosift.pipeline.worker import prepare, work
from eurosift.stages.errors import StageError
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


class Stateless:
    """For executors of datatrove: one task in this process, and no state of its own."""

    pipeline: list[MapTasks]

    def host(self, rank: int) -> None:
        """Run a task here; its log goes to the logging folder only.

        No ``executor.json`` is written: what a launch runs is told by its record. Standard error is
        kept from datatrove, which would print errors with all their frames; `MapTasks` has it back.
        """
        step = self.pipeline[0]
        with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stderr(nowhere):
            try:
                self._run_for_rank(rank, local_rank=1)  # type: ignore[attr-defined]
            except OSError as error:
                step.error = step.error or error
            finally:
                logger.remove()

    def is_rank_completed(self, rank: int) -> bool:
        """Never: files alone tell what is done."""
        return False

    def mark_rank_as_completed(self, rank: int) -> None:
        """Mark only what has not failed, for datatrove's own tools to read."""
        if not self.pipeline[0].failures and self.pipeline[0].error is None:
            super().mark_rank_as_completed(rank)  # type: ignore[misc]


class HostExecutor(Stateless, LocalPipelineExecutor):  # type: ignore[misc]  # datatrove is untyped
    """datatrove's local executor, with its one task in this process."""

    def run(self) -> None:
        """Run the task here."""
        self.host(0)


def execute(
    launch: Launch,
    run: Run,
    nodes: list[Node],
    *,
    workers: int,
    quiet: bool = False,
    claim: Claim | None = None,
) -> Session:
    """Make ready to run stages; call `Session.run` on what is returned."""
    pool = make_pool(launch, run, workers, claim)
    host = Host(run, pool, EventLog(launch.folder, launch.name), quiet, claim=claim)
    return Session(launch, host, nodes)


def make_pool(
    launch: Launch, run: Run, workers: int, claim: Claim | None
) -> WorkerPool[Task, Outcome]:
    """Worker processes for the items of a launch; they start with the first of these."""
    limits = run.dag.recipe.head.limits
    return WorkerPool(
        work,
        workers,
        prepare,
        (str(launch.folder), launch.name, claim),
        limits.worker_memory,
        resources.workers_memory(),
        resources.thread_environment(limits.worker_threads),
    )


@dataclass
class Session:
    """One run of some stages on this machine."""

    launch: Launch
    host: Host
    nodes: list[Node]
    signal: str | None = None

    def interrupt(self, name: str) -> None:
        """Finish or abandon what is in the works and stop; for a signal handler."""
        self.signal = name
        self.host.pool.stop()

    def run(self) -> None:
        """Run the stages one after the other.

        Raises
        ------
        ShardsFailedError
            If items failed; stages that do not depend on them were run all the same.
        InterruptedRunError
            If a signal stopped it.
        IncompleteError
            If a stage that was not selected has to run first.
        """
        check_unselected(self.host.run, self.nodes)
        failed: set[str] = set()
        finished: list[str] = []
        messages: list[str] = []
        self.host.events.write("start", launch=self.launch.name)
        remove_leftovers(self.launch.folder)
        try:
            for node in self.nodes:
                if failed & set(node.ancestors):
                    messages.append(f"{node.name}: not run, because a stage before it failed")
                    failed.add(node.name)
                    continue
                failures = self._run_stage(node)
                if failures:
                    failed.add(node.name)
                    messages += failures
                else:
                    finished.append(node.name)
        except KeyboardInterrupt:
            self.signal = "INT"
            self.host.pool.kill()
            raise
        finally:
            self.host.pool.close()
            remove_leftovers(self.launch.folder)
            self.host.events.write(
                "end", finished=finished, failed=sorted(failed), signal=self.signal
            )
        if messages:
            raise ShardsFailedError("\n".join(messages))

    def _run_stage(self, node: Node) -> list[str]:
        failures: list[str] = []
        for phase in node.phases or (None,):
            step = MapTasks(self.host, node, phase)
            logs = self.launch.folder / "logs" / self.launch.name / step.name
            HostExecutor([step], tasks=1, workers=1, logging_dir=str(logs)).run()
            if isinstance(step.error, StageError):
                return [f"{step.name}: {step.error}"]
            if step.error is not None:
                raise step.error
            if self.host.pool.stopped:
                raise InterruptedRunError(
                    f"stopped by {self.signal} in {step.name}; run again to go on"
                )
            failures = grouped(step.failures)
            if failures:
                return failures
        prune(self.host.run, node)
        settled.remember(self.host.run, node)
        return failures


def check_unselected(run: Run, nodes: list[Node]) -> None:
    """Refuse to run stages behind others that are neither selected nor up to date.

    Raises
    ------
    IncompleteError
        If there is such a stage.
    """
    chosen = {node.name for node in nodes}
    behind = {a for node in nodes for a in node.ancestors} - chosen
    if not behind:
        return
    for state in run.states():
        if state.stage in behind and not state.done:
            raise IncompleteError(
                f"stage `{state.stage}` comes first and is not up to date: "
                f"`eurosift run RECIPE -s +{nodes[-1].name}` does it, "
                "`eurosift plan RECIPE` says why"
            )


def grouped(failures: Mapping[str, str]) -> list[str]:
    """One line per distinct error, with the items that it struck."""
    items: dict[str, list[str]] = {}
    for label, message in failures.items():
        items.setdefault(message.removeprefix(f"{label}: "), []).append(label)
    lines = []
    for error, labels in items.items():
        more = f" and {len(labels) - 1} more" if len(labels) > 1 else ""
        lines.append(f"{labels[0]}{more}: {error}")
    return lines
