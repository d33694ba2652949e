"""``eurosift retry``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from eurosift.pipeline import recipe
from eurosift.pipeline.arrays import Arrays
from eurosift.pipeline.build import build_dag
from eurosift.pipeline.cli.cluster import Wishes, launch_options
from eurosift.pipeline.cli.common import quiet_option, target_argument, workers_option
from eurosift.pipeline.cli.run import start
from eurosift.pipeline.errors import RecipeError, RunFolderError
from eurosift.pipeline.launch import Launch, is_folder_of_run, settled_plan


@click.command("retry")
@target_argument
@workers_option
@quiet_option
@launch_options
def command(target: Path, workers: int | None, *, quiet: bool, **wishes: Any) -> None:
    """Run again what failed in the last launch, or was cut off, and what comes after it.

    Selectors, workers and site are those of the last launch, the recipe is that of today; `--site
    local` goes on here. Stages that went well are not run again. Exit codes are those of `run`; 0
    also if nothing failed.
    """
    source, last = _last_launch(target)
    graph = build_dag(source)
    try:
        selected = graph.select(last.select)
    except RecipeError as error:
        gone = [f"the last launch had {line}; use `eurosift run`" for line in error.problems]
        raise RecipeError(gone) from None
    finished = last.finished()
    left = [node.name for node in selected if node.name not in finished]
    if left:
        asked = Wishes(**wishes)
        if asked.site_name is None and last.site is not None:
            # As it was, so also with the account that was given then.
            before = Arrays.load(last.folder, last.name).site.account
            asked = replace(asked, site_name=last.site, account=asked.account or before)
        start(source, graph, left, workers=workers or last.workers, quiet=quiet, asked=asked)
    elif not quiet:
        click.echo("nothing failed in the last launch", err=True)


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
