"""``eurosift verify``."""

from __future__ import annotations

from pathlib import Path

import click

from eurosift.pipeline import shipped
from eurosift.pipeline.comparison import compare
from eurosift.pipeline.errors import IncompleteError, InvariantError
from eurosift.pipeline.launch import open_run
from eurosift.pipeline.verify import verify
from eurosift.stages.dedup.ids import MEND_IDS

SHOWN = 20
"""How many files that are not up to date are named."""


@click.command("verify")
@click.argument("target", type=click.Path(path_type=Path), metavar="RECIPE_OR_RUN_OR_RELEASE")
@click.option(
    "--content",
    "other",
    type=click.Path(path_type=Path),
    help="Compare the content with that of another run, whatever libraries wrote the files.",
)
def command(target: Path, other: Path | None) -> None:
    """Re-read every file, check bytes, digests, alignment, ledger, ids and the release.

    Of a release alone, without its run: files, schemas, ids, splits, and every figure of manifest
    and card.
    """
    if shipped.is_release(target):
        if other is not None:
            raise click.UsageError("--content compares runs; this is a release")
        _verify_release(target)
        return
    run = open_run(target)
    against = None if other is None else open_run(other)
    result = verify(run)
    if result.problems:
        remedies = []
        if len(result.problems) > len(result.repeated):
            remedies = ["remove the files that are damaged and run again: they are made anew"]
        if result.repeated:
            remedies.append(f"documents with one id: {MEND_IDS}")
        raise InvariantError("\n".join([*result.problems, *remedies]))
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


def _verify_release(folder: Path) -> None:
    found = shipped.inspect(folder)
    if found.unlisted:
        click.echo(f"not in the manifest, and not looked at: {', '.join(found.unlisted)}", err=True)
    if found.problems:
        raise InvariantError("\n".join(found.problems))
    click.echo(
        f"verified: {found.files} files, {found.rows} documents; files, ids and all figures agree; "
        f"sha256 of manifest.json: {found.sha256}",
        err=True,
    )
