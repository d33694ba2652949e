"""What the commands around quality share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from eurosift.pipeline.calibration_sample import Rows, Sample
from eurosift.pipeline.errors import QueryError
from eurosift.pipeline.launch import open_run


def sample_options(rows: Rows) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Options that say which documents of a run are measured; `rows` by default."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed((
            click.option("--stage", metavar="NAME", help="The stage, if several have rules."),
            click.option(
                "--rows", type=click.Choice(("kept", "active")), default=rows, show_default=True,
                help="Documents that `quality` keeps, or all that nothing before it rejected.",
            ),
            click.option(
                "--min-documents", type=click.IntRange(min=1), default=1000, show_default=True,
                help="Languages with fewer are left as they are.",
            ),
            click.option(
                "--out", type=click.Path(path_type=Path, dir_okay=False), required=True,
                help="The file to write.",
            ),
        )):  # fmt: skip
            command = option(command)
        return command

    return decorate


def open_sample(target: Path, stage: str | None, rows: Rows) -> Sample:
    """The documents of a run that are measured; says on standard error if shards are missing."""
    run = open_run(target)
    sample = Sample(run, stage, rows)
    if len(sample.shards) < len(run.plan.shards):
        click.echo(
            f"measured on {len(sample.shards)} of {len(run.plan.shards)} shards: the others are "
            "not made yet",
            err=True,
        )
    return sample


def check_documents(sample: Sample, min_documents: int) -> None:
    """Refuse to measure where no language has documents enough.

    Raises
    ------
    QueryError
        Naming the most that a language has.
    """
    most = max(sample.documents.values(), default=0)
    if most < min_documents:
        raise QueryError(
            f"no language has {min_documents:,} documents; the most are {most:,}: lower "
            "--min-documents, or measure more text"
        )
