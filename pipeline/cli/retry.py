"""``eurosift retry``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from eurosift.pipeline import arrays, recipe
from eurosift.pipeline.build import build_dag
from eurosift.pipeline.cli import cluster
from eurosift.pipeline.cli.cluster import Wishes, launch_options
from eurosift.pipeline.cli.common import quiet_option, target_argument, workers_option
from eurosift.pipeline.cli.run import start
from eurosift.pipeline.dag import Dag
from eurosift.pipeline.errors import RecipeError, RunFolderError
from eurosift.pipeline.launch import Launch, is_folder_of_run, settled_plan
from eurosift.pipeline.progress import log
from eurosift.pipeline.run_files import RunFiles
from eurosift.pipeline.scheduler import Scheduler
from eurosift.pipeline.tasks import Run


@click.command("retry")
@target_argument
@workers_option
@quiet_option
@click.option("--stalled", is_flag=True, help="Only what has stalled, beside elements that go on.")
@launch_options
def command(
    target: Path, workers: int | None, *, quiet: bool, stalled: bool, **wishes: Any
) -> None:
    """Run again what failed in the last launch, or was cut off, and what comes after it.

    Selectors, workers and site are those of the last launch, the recipe is that of today; `--site
    local` goes on here. Stages that went well are not run again. Exit codes are those of `run`; 0
    also if nothing failed.

    With --stalled, elements of a launch on a cluster that have not been heard of for three minutes
    are queued again; the others go on, and what comes after them waits for both. Of a run on this
    machine it takes over from a process that hangs.
    """
    source, last = _last_launch(target)
    graph = build_dag(source)
    on_cluster = last.site is not None and not arrays.has_ended(last.folder, last.name)
    if stalled and on_cluster:
        _revive(source, graph, last, wait=Wishes(**wishes).wait, quiet=quiet)
        return
    try:
        selected = graph.select(last.select)
    except RecipeError as error:
        gone = [f"the last launch had {line}; use `eurosift run`" for line in error.problems]
        raise RecipeError(gone) from None
    finished = last.finished()
    left = [node.name for node in selected if node.name not in finished]
    if left:
        asked = Wishes(**wishes, stalled=stalled)
        if asked.site_name is None and last.site is not None:
            # As it was, so also with the account that was given then.
            before = arrays.Arrays.load(last.folder, last.name).site.account
            asked = replace(asked, site_name=last.site, account=asked.account or before)
        start(source, graph, left, workers=workers or last.workers, quiet=quiet, asked=asked)
    elif not quiet:
        click.echo("nothing failed in the last launch", err=True)


def _revive(source: recipe.Recipe, graph: Dag, last: Launch, *, wait: bool, quiet: bool) -> None:
    """Queue what has stalled of a launch on a cluster again."""
    from eurosift.pipeline import stalled  # noqa: PLC0415 - imports datatrove

    scheduler = Scheduler()
    told = stalled.requeue(last.folder, last.name, scheduler)
    if not quiet:
        for line in told or ["no element has stalled"]:
            log(line)
    if told and wait:
        run = Run(graph, settled_plan(source, last.base / last.file), RunFiles(last.folder))
        cluster.wait(last, run, graph.select(last.select), scheduler)


def _last_launch(target: Path) -> tuple[recipe.Recipe, Launch]:
    """The recipe as it is now, and the last launch of its run."""
    if is_folder_of_run(target):
        last = Launch.latest(target.resolve())
        path = last.base / last.file
        if not path.exists():
            raise RunFolderError(
                f"{path}: the recipe of the last launch is not there any more; where is it now? "
                "`eurosift retry RECIPE`"
            )
        source = recipe.load(path)
        if source.folder != last.folder:
            raise RunFolderError(
                f"{path}: leads to {source.folder} now, not to {last.folder}; "
                "mend `output` or `name`, or use `eurosift run`"
            )
        return source, last
    source = recipe.load(target)
    settled_plan(source, target)
    return source, Launch.latest(source.folder)
