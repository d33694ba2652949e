"""``eurosift validate``."""

from __future__ import annotations

from pathlib import Path

import click

from eurosift.pipeline import plan, recipe
from eurosift.pipeline.build import build_dag
from eurosift.pipeline.cli.common import check_stages, recipe_argument
from eurosift.pipeline.dag import Dag
from eurosift.stages.base import Account, SourceStage


@click.command("validate")
@recipe_argument
def command(recipe_file: Path) -> None:
    """Check a recipe: parameters, order of stages, columns, models, input files."""
    source = recipe.load(recipe_file)
    graph = build_dag(source)
    check_stages(source, graph.nodes.values(), load=True)
    files = plan.find_inputs(source)
    if graph.text_in_place:
        check_table(graph, plan.input_root(source) / files[0])
    stages = " → ".join(graph.nodes)
    n_languages = len(source.head.languages)
    click.echo(f"{recipe_file}: ok: input files {len(files)}, languages {n_languages}, {stages}")


def check_table(graph: Dag, path: Path) -> None:
    """Read the beginning of a table, so that wrong column names are told before a run.

    Raises
    ------
    InputError
        If it cannot be read, or has not the columns that the recipe names.
    """
    step = graph.source.step
    assert isinstance(step, SourceStage)  # noqa: S101 - tells mypy what Dag guarantees
    next(iter(step.read(path, path.name, Account())), None)
