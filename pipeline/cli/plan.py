"""``eurosift plan``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from eurosift.pipeline import plan, recipe, status
from eurosift.pipeline.build import build_dag
from eurosift.pipeline.cli.cluster import Wishes, cluster_options, look_ahead
from eurosift.pipeline.cli.common import (
    check_input,
    check_stages,
    format_option,
    recipe_argument,
    select_option,
    show,
    tell_inputs,
    uncollected,
)
from eurosift.pipeline.inputs import Inputs
from eurosift.pipeline.run_files import RunFiles
from eurosift.pipeline.tables import Format
from eurosift.pipeline.tasks import Run


@click.command("plan")
@recipe_argument
@select_option
@click.option("--replan", is_flag=True, help="Show it for the inputs as they are now.")
@format_option
@cluster_options
@uncollected()
def command(
    recipe_file: Path, select: tuple[str, ...], style: Format, *, replan: bool, **wishes: Any
) -> None:
    """Show what `run` would do, and why each item is new, stale or done. Writes nothing.

    With --site also what it would take there: elements, node-hours, files, bytes.
    """
    source = recipe.load(recipe_file)
    graph = build_dag(source)
    nodes = graph.select(select)
    check_stages(source, nodes)
    chosen = {node.name for node in nodes}
    old = plan.load(source.folder)
    inputs = plan.make(source, old) if replan or old is None else old
    if inputs is not old:
        check_input(graph, Inputs(source)[inputs.files[0].path])
    run = Run(graph, inputs, RunFiles(source.folder, indexed=True))
    states = [state for state in run.states() if state.stage in chosen]
    tell_inputs(run)
    why = status.why(states)
    tables = [status.stages(states)]
    if why.rows or style == "json":
        tables.append(why)
    asked = Wishes(**wishes)
    if not asked.local:
        tables += look_ahead(run, nodes, asked.site(needs_account=False), asked).tables()
    show(tables, style)
