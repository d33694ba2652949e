"""``eurosift langid evaluate``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from eurosift.langid.decide import Decider
from eurosift.langid.evaluate import best_labels, confusions, length_classes, said
from eurosift.langid.labelled import read_labelled
from eurosift.langid.languages import EU24
from eurosift.langid.model import digest
from eurosift.langid.short import Short
from eurosift.langid.thresholds import load_thresholds
from eurosift.pipeline.cli.common import format_option, show
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
from eurosift.pipeline.cli.langid.scores import by_language, by_model, by_part, top_mistakes
from eurosift.pipeline.tables import Format, Table

VIEWS = ("models", "languages", "confusions", "lengths", "groups")
"""The tables, in the order in which they are printed."""


@click.command("evaluate")
@file_argument
@click.option(
    "--model",
    "models",
    multiple=True,
    default=(EMBEDDED,),
    metavar="PATH",
    help="A fastText model with language labels, repeatable; `embedded` for the embedded one, the "
    "default; `normalised:PATH` for one that `eurosift langid train` has made.",
)
@click.option(
    "--thresholds",
    "table_names",
    multiple=True,
    metavar="PATH|none",
    help="A table of thresholds, repeatable: for the model that it names, or else for all. `none`: "
    "no thresholds. Default: the embedded table for the embedded model, its default for others.",
)
@click.option(
    "--agree-with",
    metavar="PATH",
    help="A second model, named in the same way; where it does not agree, text is rejected.",
)
@labelled_options
@click.option(
    "--by",
    type=click.Choice(VIEWS),
    multiple=True,
    help="Which tables; by default models, languages and confusions, as JSON all.",
)
@click.option("--group-by", metavar="COLUMN", help="Also a table by the values of this column.")
@click.option(
    "--top", type=click.IntRange(min=1), default=10, show_default=True, help="Confusions to list."
)
@format_option
def command(
    file: Path,
    models: tuple[str, ...],
    table_names: tuple[str, ...],
    agree_with: str | None,
    by: tuple[str, ...],
    group_by: str | None,
    top: int,
    style: Format,
    **options: Any,
) -> None:
    """Measure models on labelled text, side by side.

    FILE is Parquet or TSV, with the columns `text` and `language`: codes in any style, or `other`
    for text in none of the 24 languages. Macro-F1 is over those of the 24 that occur; fpr is the
    share of other text that is taken for one of the 24. Rejected text counts as other. Lengths are
    in characters. CSV, TSV and JSON lines print one table.
    """
    if "groups" in by and group_by is None:
        raise click.UsageError("`--by groups` needs `--group-by COLUMN`")
    if agree_with is not None and set(models) == {agree_with}:
        raise click.UsageError(
            f"--agree-with {agree_with}: is the --model, which always agrees with itself"
        )
    with told():
        rows = read_labelled(file, select(options, group_by))
        warn_of_strange_labels(rows)
        thresholds = _thresholds(models, table_names)
        second = load_model(agree_with) if agree_with else None
        answers = {}
        for name in models:
            model = load_model(name)
            threshold, short = thresholds[name]
            decide = Decider(model, EU24, threshold, short=short, segments=False, second=second)
            answers[name] = said(best_labels(rows["text"], decide))
    labels = rows["label"]
    counted = {name: confusions(labels, answer) for name, answer in answers.items()}
    views: dict[str, Callable[[], Table]] = {
        "models": lambda: by_model(counted),
        "languages": lambda: by_language(counted),
        "confusions": lambda: top_mistakes(counted, top),
        "lengths": lambda: by_part("length", length_classes(rows["text"]), labels, answers),
        "groups": lambda: by_part("group", rows["group"].fill_null("-"), labels, answers),
    }
    default = [view for view in VIEWS if view != "lengths" or style == "json"]
    show([views[name]() for name in by or default if name != "groups" or group_by], style)


_Asked = tuple[Callable[[str], float], Short]
"""Thresholds, and what is asked of short texts."""


def _thresholds(models: Sequence[str], table_names: Sequence[str]) -> dict[str, _Asked]:
    """What is asked of the scores of each model.

    Raises
    ------
    click.UsageError
        If some are to be used, and none; or two for one model.
    ModelError
        If a table cannot be read, or is for none of the models.
    """
    if "none" in table_names:
        if len(table_names) > 1:
            raise click.UsageError("--thresholds none: there cannot be others, too")
        return dict.fromkeys(models, (lambda _: 0.0, Short()))
    tables = {name: load_thresholds(Path(name)) for name in table_names}
    embedded = load_thresholds()
    chosen: dict[str, _Asked] = {
        name: (embedded.of, embedded.short_texts())
        if name == EMBEDDED
        else (lambda _: embedded.default, Short())
        for name in models
    }
    if tables:
        digests = {name: digest(path_of(name)) for name in models}
        named = [table.model_sha256 for table in tables.values()]
        if twice := [at for at, table in tables.items() if named.count(table.model_sha256) > 1]:
            raise click.UsageError(f"--thresholds: {' and '.join(twice)} are for the same model")
        # What names a model goes before what is for all, in whatever order.
        for at, table in sorted(tables.items(), key=lambda item: item[1].model_sha256):
            table.check_model(digests.values(), at)
            asked = (table.of, table.short_texts())
            chosen |= {name: asked for name in models if table.is_for(digests[name])}
    return chosen
