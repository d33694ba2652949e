"""``eurosift report``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from eurosift.pipeline.cli.common import format_option, mendable, show, target_argument, uncollected
from eurosift.pipeline.launch import open_run
from eurosift.pipeline.report import VIEWS
from eurosift.pipeline.tables import Format


@click.command("report")
@target_argument
@click.option(
    "--by",
    type=click.Choice(tuple(VIEWS)),
    multiple=True,
    help="Which tables; by default languages and funnel, as JSON all.",
)
@format_option
@uncollected()
def command(target: Path, by: tuple[str, ...], style: Format) -> None:
    """Documents, characters, words and tokens per language and stage, and the funnel.

    Every number is a sum over the footers of the shards. CSV, TSV and JSON lines print one table.
    """
    run = open_run(target)
    names = by or (tuple(VIEWS) if style == "json" else ("languages", "funnel"))
    with mendable(), run.files.glance():
        tables = [VIEWS[name](run) for name in names]
    show(tables, style)
    unfinished = [state.label for state in run.states() if not state.done]
    if unfinished:
        click.echo(f"incomplete: {', '.join(unfinished)} not up to date", err=True)
        sys.exit(3)
