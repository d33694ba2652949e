"""``eurosift plan``."""

from __future__ import annotations

from pathlib import Path

import click

from eurosift.pipeline import dag, plan, recipe, status
from eurosift.pipeline.cli.common import format_option, recipe_argument, show
from eurosift.pipeline.tables import Format
from eurosift.pipeline.tasks import Run
from eurosift.pipeline.workspace import RunFiles


@click.command("plan")
@recipe_argument
@click.option("-s", "--select", multiple=True, help="stage, +stage, stage+, +stage+; repeatable.")
@format_option
def command(recipe_file: Path, select: tuple[str, ...], style: Format) -> None:
    """Show what `run` would do, and why each item is new, stale or done. Writes nothing."""
    source = recipe.load(recipe_file)
    graph = dag.build(source)
    chosen = {node.name for node in graph.select(select)}
    old = plan.load(source.folder)
    inputs = old or plan.make(source)
    states = Run(graph, inputs, RunFiles(source.folder)).states()
    states = [state for state in states if state.stage in chosen]
    if old is not None:
        found = plan.survey(source, old)
        for word, names in (("changed", found.changed), ("missing", found.missing)):
            for name in names:
                click.echo(
                    f"input {name} is {word}: `run --replan` takes it as it is now", err=True
                )
        for name in found.unplanned:
            click.echo(f"input {name} is not in the plan: `run --replan` adds it", err=True)
    show([status.stages(states), status.why(states)], style)
