"""``eurosift status``."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from eurosift.pipeline import activity
from eurosift.pipeline.cli.common import (
    format_option,
    look_at_inputs,
    show,
    target_argument,
    tell_inputs,
    uncollected,
)
from eurosift.pipeline.errors import IncompleteError
from eurosift.pipeline.launch import open_run
from eurosift.pipeline.status import Look
from eurosift.pipeline.tables import Format, Table
from eurosift.pipeline.watch import looks, stamped


@click.command("status")
@target_argument
@click.option("-q", "--quiet", is_flag=True, help="Print nothing; the exit code tells.")
@click.option("--watch", is_flag=True, help="Look every 2 s until all is done, or Ctrl-C.")
@format_option
@uncollected()
def command(target: Path, style: Format, *, quiet: bool, watch: bool) -> None:
    """Show what of each stage is done, running, stalled, failed or pending.

    Below it, who is at work, and each distinct error of what failed, once. Exit code 0: all are
    done; 1: some failed; 3: there is more to do.
    """
    if watch and (quiet or style != "table"):
        raise click.UsageError("--watch is for people: leave out --quiet and --format")
    if watch:
        sys.exit(_watch(target))
    if quiet:
        sys.exit(_quiet(target))
    run = open_run(target)
    found = Look.at(run)
    show(_tables(found, always=style == "json"), style)
    if found.stalled and not found.done:
        click.echo(
            f"stalled: `eurosift retry {target} --stalled` has it done again, beside the rest",
            err=True,
        )
    changed = not found.failures.rows and tell_inputs(run)
    sys.exit(3 if changed else found.exit_code)


def _tables(found: Look, *, always: bool = False) -> list[Table]:
    tables = [activity.at_work(found.elements), found.errors]
    if always:
        return [found.progress, *tables, found.failures]
    return [found.progress, *(table for table in tables if table.rows)]


def _quiet(target: Path) -> int:
    try:
        run = open_run(target)
    except IncompleteError:
        return 3
    code = Look.at(run).exit_code
    inputs = look_at_inputs(run)
    return 3 if code == 0 and (inputs.changed or inputs.missing) else code


def _watch(target: Path) -> int:
    terminal = sys.stdout.isatty()
    code, before = 3, ""
    try:
        for found in looks(target, time.sleep):
            code = found.exit_code
            if terminal:
                click.clear()
                if found.states:
                    show(_tables(found), "table")
                click.echo(stamped(found.line()))
            elif found.line() != before:
                before = found.line()
                click.echo(stamped(before))
    except KeyboardInterrupt:
        return 130
    return code
