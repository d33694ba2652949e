"""``eurosift langid calibrate``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import polars as pl

from eurosift.filters.buffers import string_buffers
from eurosift.langid import points
from eurosift.langid.calibrate import Bin, Goal, Threshold, judged, reliability, thresholds
from eurosift.langid.decide import Decider
from eurosift.langid.evaluate import best_labels
from eurosift.langid.labelled import read_labelled
from eurosift.langid.languages import EU24
from eurosift.langid.model import digest
from eurosift.langid.short import characters_of
from eurosift.langid.short_scores import ShortScore, asked, cut, short_scores
from eurosift.langid.thresholds import Thresholds, dump_thresholds, load_thresholds
from eurosift.pipeline.cli.common import Share, format_option, show
from eurosift.pipeline.cli.langid.common import (
    EMBEDDED,
    file_argument,
    labelled_options,
    load_model,
    path_of,
    select,
    told,
    warn_of_strange_labels,
)
from eurosift.pipeline.shards import write_text
from eurosift.pipeline.tables import Format, Table, Value

VIEWS = ("languages", "short", "bins", "language_bins")
"""The tables, in the order in which they are printed."""
LENGTHS = (20, 30, 50)
"""Ends of the classes of short texts."""
share = Share()


@click.command("calibrate")
@file_argument
@click.option(
    "--model",
    "model_name",
    default=EMBEDDED,
    metavar="PATH",
    help="A fastText model with language labels; `normalised:PATH` for one that "
    "`eurosift langid train` has made. Default: the embedded one.",
)
@click.option(
    "--for",
    "for_name",
    metavar="PATH",
    help="The model that the table is for, if it was trained on the text and so would be too sure "
    "of it: --model is then its twin of `eurosift langid train --hold-out`.",
)
@click.option("--name", help="Name of the model, for the record; by default that of its file.")
@click.option(
    "--target-precision", type=share, default=0.99, show_default=True,
    help="Share of the texts labelled as a language that has to be right.",
)  # fmt: skip
@click.option(
    "--min-recall", type=share, default=0.5, show_default=True,
    help="A threshold that keeps less of a language's texts does not count as reaching the target.",
)  # fmt: skip
@click.option(
    "--other-share", type=Share(within=True),
    help="Share of text in none of the 24 languages where the model will be used; texts are "
    "weighted to have it. By default the file's own.",
)  # fmt: skip
@click.option(
    "--lowest", type=share, default=0.5, show_default=True,
    help="No threshold is less, though all labels be right.",
)  # fmt: skip
@click.option(
    "--default", type=share, default=0.5, show_default=True,
    help="Threshold of languages with too little text, and of those beyond the 24.",
)  # fmt: skip
@click.option(
    "--short-fpr", type=share,
    help="Also compute what is asked of short texts, measured on words cut from the text: of those "
    "in none of the 24 languages, at most this share may be kept.",
)  # fmt: skip
@click.option(
    "--short-recall", type=share,
    help="No more is asked of short texts than keeps this share of what thresholds alone keep "
    "rightly; by default that of --min-recall.",
)  # fmt: skip
@click.option(
    "--min-texts", type=click.IntRange(min=1), default=50, show_default=True,
    help="So many texts in a language are enough.",
)  # fmt: skip
@labelled_options
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the table of thresholds to this file; `thresholds_file` of the stage `langid`.",
)
@click.option(
    "--by",
    type=click.Choice(VIEWS),
    multiple=True,
    help="Which tables; by default all but language_bins, as JSON that, too.",
)
@format_option
def command(
    file: Path,
    model_name: str,
    for_name: str | None,
    name: str | None,
    target_precision: float,
    min_recall: float,
    other_share: float | None,
    lowest: float,
    default: float,
    min_texts: int,
    short_fpr: float | None,
    short_recall: float | None,
    out: Path | None,
    by: tuple[str, ...],
    style: Format,
    **options: Any,
) -> None:
    """Compute thresholds for a model from labelled text.

    FILE is Parquet or TSV, with the columns `text` and `language`: codes in any style, or `other`
    for text in none of the 24 languages. The threshold of a language is the least score from which
    on the target share of the texts labelled as it is right. Where none is, it is the one of the
    best F1, and `how` says so. Bins show how far scores can be trusted: the mean score of a bin
    should be the share of its labels that is right. CSV, TSV and JSON lines print one table.
    """
    if short_recall is not None and short_fpr is None:
        raise click.UsageError("--short-recall: asks less than --short-fpr does; give that, too")
    goal = Goal(target_precision, min_recall, lowest, default, min_texts, other_share)
    enough = min_recall if short_recall is None else short_recall
    with told():
        earlier = load_thresholds(out) if out is not None and out.exists() else None
        meant = for_name or model_name
        digests = digest(path_of(meant)), digest(path_of(model_name))
        rows = read_labelled(file, select(options))
        warn_of_strange_labels(rows)
        if for_name is not None:
            load_model(for_name)  # a table for what is no model would be of no use
        decide = Decider(load_model(model_name), EU24, lambda _: 0.0, segments=False)
        frame = judged(rows["label"], best_labels(rows["text"], decide), goal)
        found = list(thresholds(frame, goal))
        short = [] if short_fpr is None else _short(rows, decide, goal, found, short_fpr, enough)
    if all(row.outcome == "default" for row in found):
        click.echo(
            f"no language has {min_texts} texts (--min-texts): all thresholds are the default",
            err=True,
        )
    bins = list(reliability(frame))
    views = {
        "languages": _languages(found),
        "short": _short_table(short),
        "bins": _bins("bins", [x for x in bins if x.language is None]),
        "language_bins": _bins("language_bins", [x for x in bins if x.language is not None]),
    }
    usual = [view for view in VIEWS if view != "language_bins" or style == "json"]
    show([views[view] for view in by or usual if view != "short" or short], style)
    if out is not None:
        table = _record(found, short, goal, file, *digests, name or Path(meant).name)
        table = table.model_copy(update={"version": _version(table, earlier)})
        write_text(out, dump_thresholds(table))
        click.echo(f"wrote {out}, version {table.version}", err=True)
    else:
        click.echo("nothing was written; --out FILE writes the table", err=True)


def _short(
    rows: pl.DataFrame,
    decide: Decider,
    goal: Goal,
    found: Sequence[Threshold],
    most: float,
    enough: float,
) -> list[ShortScore]:
    """What is asked of short texts, measured on words cut from labelled ones."""
    spans = pl.DataFrame(
        [
            {"text": span, "label": label}
            for text, label in rows.select("text", "label").iter_rows()
            for span in cut(text, LENGTHS)
        ],
        schema={"text": pl.String, "label": pl.String},
    ).unique(maintain_order=True)
    # What is written in several languages is in none of them.
    spans = spans.filter(pl.len().over("text") == 1)
    frame = judged(spans["label"], best_labels(spans["text"], decide), goal)
    characters = characters_of(
        decide.model.read(points.spans(string_buffers(spans["text"].to_arrow())))
    )
    thresholds = {row.language: row.threshold for row in found}
    return list(
        short_scores(
            frame.with_columns(characters=characters),
            thresholds,
            LENGTHS,
            most,
            enough,
            _eased(found),
        )
    )


def _eased(found: Sequence[Threshold]) -> frozenset[str]:
    """Languages that no score makes sure."""
    return frozenset(row.language for row in found if row.outcome == "best_f1")


def _record(
    found: Sequence[Threshold],
    short: Sequence[ShortScore],
    goal: Goal,
    file: Path,
    meant: str,
    measured: str,
    name: str,
) -> Thresholds:
    return Thresholds(
        model=name,
        model_sha256=meant,
        measured_sha256="" if meant == measured else measured,
        text=file.name,
        text_sha256=digest(file),
        target_precision=goal.precision,
        other_share=goal.other_share,
        default=goal.default,
        fallbacks={row.language: row.outcome for row in found if row.outcome != "reached"},
        languages={row.language: row.threshold for row in found},
        short=dict(asked(short)),
        short_but=tuple(_eased(found)) if short else (),
    )


def _version(table: Thresholds, earlier: Thresholds | None) -> int:
    """That of the table before it if nothing has changed, else the next."""
    if earlier is None:
        return 1
    same = table.model_copy(update={"version": earlier.version}) == earlier
    return earlier.version if same else earlier.version + 1


def _languages(found: Sequence[Threshold]) -> Table:
    columns = {
        "language": "language",
        "n": "n",
        "labelled": "n_labelled",
        "all_right": "untouched",
        "threshold": "threshold",
        "precision": "precision",
        "recall": "recall",
        "how": "outcome",
    }
    return _table("languages", columns, found)


def _short_table(short: Sequence[ShortScore]) -> Table:
    columns = {
        "below": "below",
        "n": "n",
        "n_other": "n_other",
        "fpr_before": "untouched",
        "score": "score",
        "fpr": "false_positive_rate",
        "recall": "recall",
    }
    return _table("short", columns, short)


def _table(
    name: str, columns: Mapping[str, str], found: Sequence[Threshold] | Sequence[ShortScore]
) -> Table:
    """A row for each of what was found, by column the field that it shows."""
    rows: list[dict[str, Value]] = [
        {column: getattr(row, field) for column, field in columns.items()} for row in found
    ]
    return Table(name, tuple(columns), rows)


def _bins(name: str, bins: Sequence[Bin]) -> Table:
    columns = ("low", "high", "n", "mean_score", "right")
    rows = [
        {"language": row.language} | {column: getattr(row, column) for column in columns}
        for row in bins
    ]
    named = any(row.language for row in bins)
    return Table(name, ("language", *columns) if named else columns, rows)
