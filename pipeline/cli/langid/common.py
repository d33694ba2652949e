"""What the commands around language identification share."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import polars as pl

from eurosift.langid.errors import LabelledTextError, ModelError, TrainingError
from eurosift.langid.labelled import OTHER, Selection, label_of
from eurosift.langid.languages import LANGUAGES, UnknownLanguageError
from eurosift.langid.model import LanguageModel
from eurosift.langid.trainer import cache_folder, make_environment
from eurosift.stages.errors import AssetError, InputError, StageError

EMBEDDED = "embedded"
"""Stands for the embedded model."""
NORMALISED = "normalised:"
"""Stands before the path of a model that is trained on normalised text."""

SHOWN = 10
"""So many unknown labels are told."""

trainer_option = click.option(
    "--trainer",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Python of an environment with fasttext-numpy2-wheel and numpy. By default one is made in "
    "the cache, which needs a package index once.",
)

file_argument = click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))


def labelled_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options that say which columns and rows of a file of labelled text are meant."""
    for option in reversed((
        click.option("--text-column", "text", default="text", show_default=True, metavar="COLUMN",
                     help="Column with the text."),
        click.option("--label-column", "language", default="language", show_default=True,
                     metavar="COLUMN", help="Column with the language."),
        click.option("--only", multiple=True, metavar="COLUMN=VALUE,…",
                     help="Only rows with one of these values; repeatable. "
                     "Values are compared as text (true, false); the empty one is a missing one."),
        click.option("--without", metavar="LANGUAGE,…",
                     help="Leave text in these languages out."),
        click.option("--min-chars", type=click.IntRange(min=0), default=0,
                     help="Leave shorter texts out."),
    )):  # fmt: skip
        command = option(command)
    return command


def select(options: Mapping[str, Any], group: str | None = None) -> Selection:
    """The selection that `labelled_options` make.

    Raises
    ------
    click.UsageError
        If one of them makes no sense.
    """
    only = {}
    for condition in options["only"]:
        column, equals, values = condition.partition("=")
        if not equals:
            raise click.UsageError(f"--only {condition!r}: must be COLUMN=VALUE,VALUE…")
        only[column] = values.split(",")
    codes = (options["without"] or "").split(",")
    try:
        without = [label_of(code, known=True) for code in codes if code]
    except UnknownLanguageError as error:
        raise click.UsageError(f"--without: {error}") from error
    return Selection(
        options["text"], options["language"], only, without, options["min_chars"], group
    )


def trainer_python(given: Path | None) -> Path:
    """Python of the trainer's environment: the one that was given, or else that of the cache.

    Raises
    ------
    TrainingError
        If none can be made.
    """
    return given or make_environment(cache_folder(), lambda line: click.echo(line, err=True))


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Turn errors of language identification into those that the command line tells."""
    try:
        yield
    except ModelError as error:
        raise AssetError(str(error)) from error
    except LabelledTextError as error:
        raise InputError(str(error)) from error
    except TrainingError as error:
        raise StageError(str(error)) from error


def warn_of_strange_labels(rows: pl.DataFrame) -> None:
    """Say on standard error which labels no table of languages has: they may be misspelt."""
    strange = rows.filter(~pl.col("label").is_in([*LANGUAGES, OTHER]))["label"]
    if len(strange):
        names = sorted(set(strange))
        more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
        click.echo(
            f"{len(strange):,} texts have labels that are not known here, and count as other: "
            f"{', '.join(names[:SHOWN])}{more}",
            err=True,
        )


def path_of(name: str) -> Path | None:
    """Path of the model that is asked for by a name; None for the embedded one."""
    return None if name == EMBEDDED else Path(name.removeprefix(NORMALISED))


def load_model(name: str) -> LanguageModel:
    """The model that is asked for by a name.

    Raises
    ------
    ModelError
        If it cannot be read or is no model of languages.
    """
    path = path_of(name)
    return LanguageModel(path, normalised=path is None or name.startswith(NORMALISED))
