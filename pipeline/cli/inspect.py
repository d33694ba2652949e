"""``eurosift inspect``."""

from __future__ import annotations

from pathlib import Path

import click

from eurosift.pipeline import inspection
from eurosift.pipeline.cli.common import format_option, show
from eurosift.pipeline.errors import InvariantError
from eurosift.pipeline.inspection import ParquetInfo
from eurosift.pipeline.tables import Format, Table

CELL_CHARS = 80


@click.command("inspect")
@click.argument("path", type=click.Path(path_type=Path, exists=True))
@click.option(
    "-n", "--rows", type=click.IntRange(min=0), default=3, show_default=True, help="Rows to show."
)
@format_option
def command(path: Path, rows: int, style: Format) -> None:
    """Show what a Parquet file holds, or a folder of them: schema, footer, counts, a few rows.

    A folder is one table; of a folder whose files are all alike the first is shown, too. CSV, TSV
    and JSON lines print the first table only.
    """
    if not path.is_dir():
        show(_file(path, rows, style), style)
        return
    summary, problems = inspection.folders(path)
    tables = [summary]
    if len(summary.rows) == 1 and not problems:
        tables += _file(next(inspection.parquet_files(path)), rows, style)
    show(tables, style)
    if problems:
        raise InvariantError("\n".join(problems))


def _file(path: Path, rows: int, style: Format) -> list[Table]:
    info = ParquetInfo.read(path)
    chars = 0 if style == "json" else CELL_CHARS
    head = inspection.head(info, rows, chars)
    tables = [
        inspection.facts(info, chars),
        inspection.columns(info),
        inspection.row_groups(info),
        inspection.counts(info),
        inspection.reasons(info),
        head,
    ]
    if any(row["column"] == "text" and row["value"] is not None for row in head.rows):
        click.echo(f"{path}: text is shown as it is there, and may hold personal data", err=True)
    return [table for table in tables if table.rows or style == "json"]
