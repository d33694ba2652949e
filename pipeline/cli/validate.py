"""``eurosift validate``."""

from __future__ import annotations

from pathlib import Path

import click

from eurosift.pipeline import recipe
from eurosift.pipeline.build import build_dag
from eurosift.pipeline.cli.common import check_input, check_stages, recipe_argument
from eurosift.pipeline.inputs import find_inputs


@click.command("validate")
@recipe_argument
def command(recipe_file: Path) -> None:
    """Check a recipe: parameters, order of stages, columns, models, input files."""
    source = recipe.load(recipe_file)
    graph = build_dag(source)
    check_stages(source, graph.nodes.values(), load=True)
    files = find_inputs(source)
    check_input(graph, next(iter(files.values())))
    stages = " → ".join(graph.nodes)
    n_languages = len(source.head.languages)
    click.echo(f"{recipe_file}: ok: input files {len(files)}, languages {n_languages}, {stages}")
