"""``eurosift clean``."""

from __future__ import annotations

import contextlib
from pathlib import Path

import click

from eurosift.pipeline import cleaning
from eurosift.pipeline.arrays import unfinished
from eurosift.pipeline.cli.common import format_option, show, target_argument
from eurosift.pipeline.launch import open_run
from eurosift.pipeline.lease import Lease
from eurosift.pipeline.scheduler import Scheduler
from eurosift.pipeline.tables import Format


@click.command("clean")
@target_argument
@click.option("--yes", is_flag=True, help="Remove it. Without this nothing is removed.")
@click.option(
    "--parts",
    is_flag=True,
    help="Also release/.parts. The release stays whole, but counts as incomplete: the next run "
    "makes them again.",
)
@format_option
def command(target: Path, style: Format, *, yes: bool, parts: bool) -> None:
    """Show what a run no longer needs, and with --yes remove it.

    That is what killed runs left behind, and logs and events of launches before the last. Data is
    never touched, nor are events that tell of items still failed.
    """
    run = open_run(target)
    if yes and unfinished(run.files.folder):
        from eurosift.pipeline.submission import refuse_second  # noqa: PLC0415 - imports datatrove

        refuse_second(run.files.folder, Scheduler())
    with Lease(run.files.folder) if yes else contextlib.nullcontext():
        found = cleaning.removals(run, parts=parts)
        printed = cleaning.table(found)
        if yes:
            cleaning.remove(found)
    show([printed], style)
    if not found:
        click.echo("nothing to remove", err=True)
    elif yes:
        click.echo("removed", err=True)
    else:
        click.echo("nothing was removed; --yes removes it", err=True)
