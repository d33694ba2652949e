"""``eurosift verify``."""

from __future__ import annotations

from pathlib import Path

import click

from eurosift.pipeline.cli.common import target_argument
from eurosift.pipeline.comparison import compare
from eurosift.pipeline.errors import IncompleteError, InvariantError
from eurosift.pipeline.launch import open_run
from eurosift.pipeline.verify import verify

SHOWN = 20
"""How many files that are not up to date are named."""


@click.command("verify")
@target_argument
@click.option(
    "--content",
    "other",
    type=click.Path(path_type=Path),
    help="Compare the content with that of another run, whatever libraries wrote the files.",
)
def command(target: Path, other: Path | None) -> None:
    """Re-read every file, check bytes, digests, alignment, ledger, ids and the release."""
    run = open_run(target)
    against = None if other is None else open_run(other)
    result = verify(run)
    if result.problems:
        remedy = "remove the files that are damaged and run again: they are made anew"
        raise InvariantError("\n".join([*result.problems, remedy]))
    if result.unfinished:
        lines = ["not up to date: " + ", ".join(result.unfinished), *result.outdated[:SHOWN]]
        if len(result.outdated) > SHOWN:
            lines.append(f"{len(result.outdated) - SHOWN} more files; `eurosift plan` sums them up")
        raise IncompleteError("\n".join(lines))
    click.echo(
        f"verified: {result.files} files, {result.rows} documents; every row is accounted for",
        err=True,
    )
    if against is not None:
        comparison = compare(run, against)
        if comparison.differences:
            raise InvariantError("\n".join(comparison.differences))
        click.echo(
            f"same content: {comparison.files} files, {comparison.columns} columns as in {other}",
            err=True,
        )
