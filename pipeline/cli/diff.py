"""``eurosift diff``."""

from __future__ import annotations

from pathlib import Path

import click

from eurosift.pipeline import diff
from eurosift.pipeline.cli.common import format_option, mendable, show
from eurosift.pipeline.launch import open_run
from eurosift.pipeline.tables import Format, Table
from eurosift.pipeline.tasks import Run
from eurosift.pipeline.verdicts import Verdicts, put_side_by_side

VIEWS = ("parameters", "counts", "documents", "rules", "verdicts", "languages", "changed")
USUAL = ("parameters", "documents", "rules", "changed")
"""What people are shown unless they ask for more; what has no rows is left out."""


@click.command("diff")
@click.argument("first", type=click.Path(path_type=Path))
@click.argument("second", type=click.Path(path_type=Path))
@click.option(
    "--by",
    type=click.Choice(VIEWS),
    multiple=True,
    help="Which tables; by default some, as JSON all.",
)
@click.option(
    "-n",
    "--documents",
    "listed",
    type=click.IntRange(min=0),
    default=0,
    help="How many documents to name that one run keeps and the other rejects.",
)
@format_option
def command(first: Path, second: Path, by: tuple[str, ...], listed: int, style: Format) -> None:
    """Compare two runs: parameters, counts, and documents whose verdict has changed.

    FIRST and SECOND are recipes or run folders. Documents are the same if they have the same id.
    Verdicts are of the stages that each run has finished. CSV, TSV and JSON lines print one table.
    """
    one, other = open_run(first), open_run(second)
    names = by or (VIEWS if style == "json" else USUAL)
    with mendable():
        tables = _tables(names, one, other, listed, brief=style == "table")
    show([t for t in tables if t.rows or by or style == "json"] or tables[:1], style)
    for side, run in ((first, one), (second, other)):
        missing = [state.label for state in run.states() if not state.done]
        if missing:
            click.echo(f"{side}: {', '.join(missing)} not up to date", err=True)


def _tables(
    names: tuple[str, ...], first: Run, second: Run, listed: int, *, brief: bool
) -> list[Table]:
    found = None
    if set(names) - {"parameters", "counts"}:
        found = put_side_by_side(first, second, listed=listed)
    tables = []
    for name in names:
        if name == "parameters":
            tables.append(diff.parameters(first, second, brief=brief))
        elif name == "counts":
            tables.append(diff.counts(first, second))
        elif found is not None:
            tables.append(_of_documents(name, first, found))
    return tables


def _of_documents(name: str, first: Run, found: Verdicts) -> Table:
    if name == "changed":
        return diff.changed(first, found)
    views = {
        "documents": diff.documents,
        "rules": diff.rules,
        "verdicts": diff.verdicts,
        "languages": diff.languages,
    }
    return views[name](found)
