"""``eurosift run``."""

from __future__ import annotations

import signal
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self

import click

from eurosift.pipeline import arrays, index, lease, plan, recipe, resources
from eurosift.pipeline.build import build_dag
from eurosift.pipeline.cli import cluster
from eurosift.pipeline.cli.cluster import Wishes, launch_options
from eurosift.pipeline.cli.common import (
    check_stages,
    quiet_option,
    recipe_argument,
    select_option,
    stage_remarks,
    workers_option,
)
from eurosift.pipeline.dag import Dag
from eurosift.pipeline.errors import InterruptedRunError, PlanError, RunFolderError
from eurosift.pipeline.launch import Launch
from eurosift.pipeline.lease import Lease
from eurosift.pipeline.progress import log
from eurosift.pipeline.run_files import RunFiles
from eurosift.pipeline.scheduler import Scheduler
from eurosift.pipeline.stamp import Stamp
from eurosift.pipeline.tasks import Run


@click.command("run")
@recipe_argument
@select_option
@workers_option
@click.option(
    "--replan", is_flag=True, help="Take added, changed and removed inputs as they are now."
)
@quiet_option
@launch_options
def command(
    recipe_file: Path,
    select: tuple[str, ...],
    workers: int | None,
    *,
    replan: bool,
    quiet: bool,
    **wishes: Any,
) -> None:
    """Run what is not done yet. Resuming is the same command.

    With --site the stages are submitted to SLURM as arrays, and the command ends there unless
    --wait is given; a run may go on at another site, or here.
    """
    source = recipe.load(recipe_file)
    asked = Wishes(**wishes)
    start(
        source, build_dag(source), select, workers=workers, replan=replan, quiet=quiet, asked=asked
    )


def start(
    source: recipe.Recipe,
    graph: Dag,
    select: Sequence[str],
    *,
    workers: int | None,
    replan: bool = False,
    quiet: bool,
    asked: Wishes | None = None,
) -> None:
    """Launch the selected stages of a recipe, here or where `asked` says."""
    asked = replace(asked or Wishes(), workers=workers)
    asked.check()
    nodes = graph.select(select)
    check_stages(source, nodes)
    for remark in stage_remarks(source, nodes):
        log(remark, "WARNING")
    check_folder(source.folder)
    if not asked.local:
        _submit(source, graph, select, replan=replan, asked=asked)
        return
    _refuse_second(source.folder, asked)
    held = Lease(source.folder, take_over=asked.stalled or asked.take_over)
    with held, Interruption() as interruption:
        inputs = settle_plan(source, replan=replan)
        from eurosift.pipeline import execute  # noqa: PLC0415 - datatrove takes 1.5 s to import

        run = Run(graph, inputs, RunFiles(source.folder))
        launch = Launch.create(source, select=select, workers=workers)
        count = workers or source.head.workers or resources.cores()
        session = execute.execute(launch, run, nodes, workers=count, quiet=quiet, claim=held.claim)
        interruption.handler = session.interrupt
        session.run()
    if not quiet:
        log(f"done: {source.folder}")


def _refuse_second(folder: Path, asked: Wishes) -> None:
    if arrays.unfinished(folder):
        from eurosift.pipeline import submission  # noqa: PLC0415 - imports datatrove

        submission.refuse_second(folder, Scheduler(), take_over=asked.take_over)


def _submit(
    source: recipe.Recipe, graph: Dag, select: Sequence[str], *, replan: bool, asked: Wishes
) -> None:
    """Submit the selected stages to a cluster."""
    from eurosift.pipeline.execute import check_unselected  # noqa: PLC0415 - imports datatrove

    nodes = graph.select(select)
    site, scheduler = asked.site(), Scheduler()
    limits = cluster.check_site(source, site, scheduler)
    with Lease(source.folder):
        _refuse_second(source.folder, asked)
        run = Run(graph, settle_plan(source, replan=replan), RunFiles(source.folder))
        check_unselected(run, nodes)
        found = cluster.look_ahead(run, nodes, site, asked, limits)
        if not found.arrays.phases:
            log(f"nothing to do: {source.folder}")
            return
        cluster.agree(found, asked)
        launch = Launch.create(source, select=select, workers=asked.workers, site=asked.profile)
        cluster.submit(launch, run, found, scheduler, limits)
    if asked.wait:
        cluster.wait(launch, run, nodes, scheduler)
        log(f"done: {source.folder}")


class Interruption:
    """Tells TERM and USR1 to `handler` while it is open; before there is one, they end the run."""

    def __init__(self) -> None:
        self.handler: Callable[[str], None] | None = None
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        for number in (signal.SIGTERM, signal.SIGUSR1):
            self._before[number] = signal.signal(number, self._receive)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _receive(self, number: int, _frame: FrameType | None) -> None:
        name = signal.Signals(number).name
        if self.handler is None:
            raise InterruptedRunError(f"stopped by {name} before anything ran; run again")
        self.handler(name)


def check_folder(folder: Path) -> None:
    """Refuse to write among somebody's other files.

    Raises
    ------
    RunFolderError
        If the folder is there, is not empty, and is not that of a run.
    """
    names = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    foreign = {name for name in names if not name.startswith(".")}
    if foreign and not foreign & {plan.PLAN_FILE, lease.FILE}:
        raise RunFolderError(
            f"{folder}: is not empty and no run folder; name another one as `output`, or empty it"
        )


def settle_plan(source: recipe.Recipe, *, replan: bool) -> plan.Plan:
    """Make the plan at the first run; later check that the inputs are still those.

    Raises
    ------
    PlanError
        If an input has changed or is gone, and `replan` is not set.
    """
    stamps: dict[str, Stamp] = {}
    old = plan.load(source.folder)
    if old is None or replan:
        new = plan.make(source, old, stamps)
        if new != old:
            plan.save(source.folder, new)
        index.save_inputs(source.folder, new, stamps)
        return new
    found = plan.survey(source, old, stamps=stamps)
    problems = [f"input {name} has changed" for name in found.changed]
    problems += [f"input {name} is gone" for name in found.missing]
    if problems:
        remedy = "put them back, or take them as they are now with `eurosift run --replan`"
        raise PlanError("\n".join([*problems, remedy]))
    for name in found.unplanned:
        log(f"input {name} is not in the plan and is not read; `--replan` adds it", "WARNING")
    index.save_inputs(source.folder, old, stamps)
    return old
