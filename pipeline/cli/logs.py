"""``eurosift logs``."""

from __future__ import annotations

from pathlib import Path

import click

from eurosift.pipeline import errorlog, events, status
from eurosift.pipeline.cli.common import format_option, show, target_argument
from eurosift.pipeline.harmless import printable
from eurosift.pipeline.launch import open_run
from eurosift.pipeline.tables import Format


@click.command("logs")
@target_argument
@click.option("--failed", is_flag=True, help="Only errors of items that are still to be done.")
@format_option
def command(target: Path, style: Format, *, failed: bool) -> None:
    """Show what went wrong: distinct errors, counted, the newest first.

    Below each stands where it was raised, and the way there, innermost first.
    """
    run = open_run(target)
    still = status.failures(run, run.states())
    pairs = [(str(row["stage"]), str(row["item"])) for row in still.rows]
    groups = errorlog.group(events.read(run.files.folder), pairs)
    if failed:
        groups = [group for group in groups if group.open]
    if style == "table":
        click.echo(printable("\n".join(errorlog.describe(group) for group in groups)), nl=False)
    else:
        show([errorlog.table(groups)], style)
    if not groups:
        click.echo("no item is failed" if failed else "no item has failed yet", err=True)
