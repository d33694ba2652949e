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
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from datatrove.executor.local import LocalPipelineExecutor
from loguru import logger

from eurosift.pipeline import resources, settled
from eurosift.pipeline.claim import Claim
from eurosift.pipeline.dag import Node
from eurosift.pipeline.errors import IncompleteError, InterruptedRunError, ShardsFailedError
from eurosift.pipeline.events import EventLog
from eurosift.pipeline.launch import Launch
from eurosift.pipeline.map_tasks import Host, MapTasks
from eurosift.pipeline.pool import WorkerPool
from eurosift.pipeline.shards import remove_leftovers
from eurosift.pipeline.states import Task
from eurosift.pipeline.strays import prune
from eurosift.pipeline.tasks import Run
from eurosift.pipeline.work import Outcome
from eurosift.pipeline.worker import prepare, work
from eurosift.stages.errors import StageError


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
        None if limits.stalled_minutes is None else 60 * limits.stalled_minutes,
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
