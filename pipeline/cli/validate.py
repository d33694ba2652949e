"""``eurosift validate``."""

from __future__ import annotations

from pathlib import Path

import click

from eurosift.pipeline import recipe
from eurosift.pipeline.build import build_dag
from eurosift.pipeline.cli.common import (
    check_input,
    recipe_argument,
    stage_problems,
    stage_remarks,
)
from eurosift.pipeline.errors import PlanError, RecipeError
from eurosift.pipeline.inputs import find_inputs
from eurosift.stages.errors import StageError

MOST_NAMED = 8
"""So many languages are named: `slo` is Slovak, not Slovenian."""


@click.command("validate")
@recipe_argument
def command(recipe_file: Path) -> None:
    """Check a recipe: parameters, order of stages, columns, models, earlier runs, input files."""
    source = recipe.load(recipe_file)
    graph = build_dag(source)
    problems = stage_problems(source, graph.nodes.values(), load=True)
    try:
        files = find_inputs(source)
        check_input(graph, next(iter(files.values())))
    except (PlanError, StageError) as error:
        problems.append(str(error))
    if problems:
        raise RecipeError(problems)
    for remark in stage_remarks(source, graph.nodes.values()):
        click.echo(remark, err=True)
    stages = " → ".join(graph.nodes)
    codes = source.head.languages
    languages = " ".join(codes) if len(codes) <= MOST_NAMED else len(codes)
    click.echo(f"{recipe_file}: ok: input files {len(files)}, languages {languages}, {stages}")
