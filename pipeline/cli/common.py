"""What several commands share: options, and how they find a run."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import click

from eurosift.pipeline import dag, plan, recipe
from eurosift.pipeline.errors import RunFolderError
from eurosift.pipeline.launch import Launch
from eurosift.pipeline.tables import FORMATS, Format, Table, render
from eurosift.pipeline.tasks import Run
from eurosift.pipeline.workspace import RunFiles

target_argument = click.argument("target", type=click.Path(path_type=Path), metavar="RECIPE_OR_RUN")
recipe_argument = click.argument("recipe_file", type=click.Path(path_type=Path), metavar="RECIPE")
format_option = click.option(
    "--format", "style", type=click.Choice(FORMATS), default="table", help="How to print."
)


def open_run(target: Path) -> Run:
    """Open the run of a recipe or of a run folder; nothing is written.

    Raises
    ------
    RunFolderError
        If there is no such run yet.
    """
    if target.is_dir():
        return Launch.latest(target.resolve()).build()
    source = recipe.load(target)
    graph = dag.build(source)
    found = plan.load(source.folder)
    if found is None:
        raise RunFolderError(f"{source.folder}: nothing has been run yet; `eurosift run {target}`")
    return Run(graph, found, RunFiles(source.folder))


def show(tables: Sequence[Table], style: Format) -> None:
    """Print tables to standard output."""
    click.echo(render(tables, style), nl=False)


def default_workers() -> int:
    """Number of cores that this process may use."""
    return len(os.sched_getaffinity(0))
