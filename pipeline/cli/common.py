"""What several commands share: options, and how they find a run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from eurosift.pipeline import plan
from eurosift.pipeline.tables import FORMATS, Format, Table, render
from eurosift.pipeline.tasks import Run

target_argument = click.argument("target", type=click.Path(path_type=Path), metavar="RECIPE_OR_RUN")
recipe_argument = click.argument("recipe_file", type=click.Path(path_type=Path), metavar="RECIPE")
select_option = click.option(
    "-s", "--select", multiple=True, help="stage, +stage, stage+, +stage+; repeatable."
)
workers_option = click.option("--workers", type=click.IntRange(min=1), help="Worker processes.")
quiet_option = click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
format_option = click.option(
    "--format", "style", type=click.Choice(FORMATS), default="table", help="How to print."
)


def show(tables: Sequence[Table], style: Format) -> None:
    """Print tables to standard output."""
    click.echo(render(tables, style), nl=False)


def tell_inputs(run: Run) -> bool:
    """Say on standard error how the inputs differ from the plan; True if the run is affected."""
    found = plan.survey(run.dag.recipe, run.plan)
    for word, names in (("has changed", found.changed), ("is gone", found.missing)):
        for name in names:
            click.echo(f"input {name} {word}: `run --replan` takes it as it is now", err=True)
    for name in found.unplanned:
        click.echo(f"input {name} is not in the plan: `run --replan` adds it", err=True)
    return bool(found.changed or found.missing)
