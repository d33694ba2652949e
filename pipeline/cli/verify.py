"""``eurosift verify``."""

from __future__ import annotations

from pathlib import Path

import click

from eurosift.pipeline.cli.common import target_argument
from eurosift.pipeline.errors import IncompleteError, InvariantError
from eurosift.pipeline.launch import open_run
from eurosift.pipeline.verify import verify


@click.command("verify")
@target_argument
def command(target: Path) -> None:
    """Re-read every file, check pages, digests, alignment, ledger, ids and the release."""
    run = open_run(target)
    result = verify(run)
    if result.problems:
        remedy = "remove the files that are damaged and run again: they are made anew"
        raise InvariantError("\n".join([*result.problems, remedy]))
    if result.unfinished:
        raise IncompleteError("not up to date: " + ", ".join(result.unfinished))
    click.echo(
        f"verified: {result.files} files, {result.rows} documents; every row is accounted for",
        err=True,
    )
