"""``eurosift validate``."""

from __future__ import annotations

from pathlib import Path

import click

from eurosift.pipeline import dag, plan, recipe
from eurosift.pipeline.cli.common import recipe_argument
from eurosift.pipeline.tasks import fingerprint_config


@click.command("validate")
@recipe_argument
def command(recipe_file: Path) -> None:
    """Check a recipe: parameters, order of stages, columns, models, input files."""
    source = recipe.load(recipe_file)
    graph = dag.build(source)
    for node in graph.nodes.values():
        fingerprint_config(node.step)
        node.step.open()
    files = plan.find_inputs(source)
    click.echo(
        f"{recipe_file}: ok: {len(files)} input files, {len(source.head.languages)} languages, "
        f"stages {' → '.join(graph.nodes)}"
    )
