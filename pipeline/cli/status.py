"""``eurosift status``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from eurosift.pipeline import status
from eurosift.pipeline.cli.common import format_option, open_run, show, target_argument, tell_inputs
from eurosift.pipeline.tables import Format


@click.command("status")
@target_argument
@format_option
def command(target: Path, style: Format) -> None:
    """Show how many items of each stage are done.

    Exit code 0: all are done; 1: some failed; 3: there is more to do.
    """
    run = open_run(target)
    states = run.states()
    failures = status.failures(run, states)
    tables = [status.stages(states)]
    if failures.rows or style == "json":
        tables.append(failures)
    show(tables, style)
    if failures.rows:
        sys.exit(1)
    if tell_inputs(run) or not all(state.done for state in states):
        sys.exit(3)
