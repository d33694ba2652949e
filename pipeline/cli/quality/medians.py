"""``eurosift quality medians``."""

from __future__ import annotations

from pathlib import Path

import click

from eurosift.pipeline.calibration import dump_medians, measure_medians
from eurosift.pipeline.calibration_sample import Rows
from eurosift.pipeline.cli.common import format_option, mendable, show, target_argument
from eurosift.pipeline.cli.quality.common import check_documents, open_sample, sample_options
from eurosift.pipeline.shards import write_text
from eurosift.pipeline.tables import Format, Table, Value

COLUMNS = ("language", "signal", "documents", "median", "spread")


@click.command("medians")
@target_argument
@sample_options("kept")
@format_option
def command(
    target: Path, stage: str | None, rows: Rows, min_documents: int, out: Path, style: Format
) -> None:
    """Measure what is usual in each language, for the quality score.

    Writes the median and the spread of each signal that counts, by language; `medians` of the stage
    `quality` names the file. Run it on text that is good, such as what your rules keep: a score
    says how near a document is to that. Counts of words and stop words are taken by their
    logarithm.
    """
    sample = open_sample(target, stage, rows)
    with mendable():
        check_documents(sample, min_documents)
        found = measure_medians(sample, min_documents)
        provenance = sample.provenance(rows)
    provenance = {"min_documents": min_documents, **provenance}
    write_text(out, dump_medians(found, sample.documents, provenance))
    table: list[dict[str, Value]] = [
        dict(zip(COLUMNS, (code, name, sample.documents[code], *spread), strict=True))
        for code, signals in found.items()
        for name, spread in signals.items()
    ]
    show([Table("medians", COLUMNS, table)], style)
    left = sorted(set(sample.documents) - set(found))
    if left:
        click.echo(f"too few documents: {', '.join(left)}", err=True)
