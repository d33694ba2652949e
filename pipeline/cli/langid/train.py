"""``eurosift langid train``."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from itertools import chain, compress
from pathlib import Path
from typing import Any

import click
import polars as pl
from pydantic import ValidationError

from eurosift.filters.errors import YamlError
from eurosift.filters.yaml12 import without_prefix
from eurosift.langid.corpus import Line, is_held_out, lines
from eurosift.langid.errors import TrainingError
from eurosift.langid.known_words import dump_words
from eurosift.langid.labelled import read_texts
from eurosift.langid.model import digest, words_file
from eurosift.langid.recipe import Recipe, load_recipe
from eurosift.langid.train import (
    check_sources,
    fit,
    make_words,
    phrases_to_avoid,
    source_file,
    write_lines,
)
from eurosift.langid.trainer import versions
from eurosift.pipeline.cli.common import format_option, show
from eurosift.pipeline.cli.langid.common import told, trainer_option, trainer_python
from eurosift.pipeline.cli.training import out_option, write_record
from eurosift.pipeline.tables import Format, Table

MODEL, HELD_OUT = "model.ftz", "held_out.parquet"
WORDS = words_file(Path(MODEL)).name
NOTHING = "none"
"""Instead of a source to hold out."""


@click.command("train")
@click.option(
    "--data",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    required=True,
    help="Folder with the sources that the recipe names: SOURCE.parquet, columns lang and text.",
)
@click.option(
    "--avoid",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    help="Parquet or TSV file with evaluation text, repeatable: lines that share a text or a run "
    "of words with it are left out.",
)
@click.option("--avoid-column", default="text", show_default=True, help="Its column with the text.")
@click.option(
    "--recipe",
    "recipe_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Which text to take, and fastText's parameters; default: that of the embedded model.",
)
@click.option(
    "--hold-out",
    multiple=True,
    metavar="SOURCE",
    help="Keep a whole source from training, repeatable, in place of one line in twenty of each: "
    "text of other kinds than a model was trained on tells more of its scores. `none` keeps "
    "nothing: for a model whose thresholds are calibrated with a twin.",
)
@trainer_option
@out_option(MODEL, WORDS, HELD_OUT)
@format_option
def command(
    data: Path,
    avoid: tuple[Path, ...],
    avoid_column: str,
    recipe_file: Path | None,
    hold_out: tuple[str, ...],
    trainer: Path | None,
    out: Path,
    style: Format,
) -> None:
    """Train a model from a recipe.

    Writes the model, its table of known words if the recipe wants one, the text that was held out
    of training (for `eurosift langid calibrate`), and a record with the sources and their licences,
    numbers of lines, parameters and digests of what went in and came out. The same sources, recipe
    and versions give the same bytes on the same kind of processor.
    """
    with told():
        recipe = _recipe(recipe_file)
        names = {NOTHING, *(source.name for source in recipe.sources)}
        if unknown := sorted(set(hold_out) - names):
            raise TrainingError(f"--hold-out {unknown[0]}: the recipe names no such source")
        check_sources(data, recipe)
        python = trainer_python(trainer)
        environment = versions(python)
        texts = {path: read_texts(path, avoid_column) for path in avoid}
        chosen = lines(data, recipe, phrases_to_avoid(chain.from_iterable(texts.values()), recipe))
        apart = [
            line.source in hold_out if hold_out else is_held_out(line, recipe) for line in chosen
        ]
        held = list(compress(chosen, apart))
        training = [line for line, is_apart in zip(chosen, apart, strict=True) if not is_apart]
        _check_lines(training, recipe)
        out.mkdir(parents=True, exist_ok=True)
        # A training that fails leaves an earlier model with the text that was held out of it.
        with tempfile.TemporaryDirectory(prefix=".train-", dir=out) as folder:
            work = Path(folder)
            pl.DataFrame(held, schema=Line._fields, orient="row").write_parquet(work / HELD_OUT)
            n = write_lines(training, recipe, work / "lines.txt")
            counts = f"lines {len(training):,}, with spans {n:,}, held out {len(held):,}"
            click.echo(f"{counts}; fitting …", err=True)
            fit(python, recipe.parameters, work / "lines.txt", work / MODEL)
            words = make_words(data, recipe, training, work / MODEL, hold_out)
            if words is not None:
                (work / WORDS).write_bytes(dump_words(words))
            files = (MODEL, *([WORDS] if words is not None else []), HELD_OUT)
            (out / WORDS).unlink(missing_ok=True)  # of an earlier model
            for name in files:
                (work / name).replace(out / name)
    record: dict[str, Any] = {
        "environment": environment,
        "recipe": recipe.model_dump(mode="json"),
        "sources": _sources(data, recipe, training),
        "avoid": [
            {"file": path.name, "sha256": digest(path), "texts": len(found)}
            for path, found in texts.items()
        ],
        "hold_out": sorted(hold_out),
        "lines": {"training": len(training), "with_spans": n, "held_out": len(held)},
        "labels": dict(sorted(Counter(line.language for line in training).items())),
    }
    outputs = write_record(out, files, record)
    sources = Table("sources", ("name", "licence", "lines"), record["sources"])
    labels = [{"language": code, "lines": n} for code, n in record["labels"].items()]
    further = [Table("labels", ("language", "lines"), labels)] if style == "json" else []
    show([sources, outputs, *further], style)


def _recipe(path: Path | None) -> Recipe:
    try:
        return load_recipe(path)
    except (YamlError, UnicodeDecodeError) as error:
        raise TrainingError(f"{path}: not a recipe of a language model: {error}") from error
    except ValidationError as error:
        lines = [
            f"{'.'.join(str(part) for part in problem['loc']) or 'recipe'}: "
            f"{without_prefix(problem['msg'])}"
            for problem in error.errors()
        ]
        raise TrainingError(
            "\n".join([f"{path}: not a recipe of a language model:", *lines])
        ) from error


def _check_lines(training: Sequence[Line], recipe: Recipe) -> None:
    """Tell of which labels there is no text; without any, there is nothing to train."""
    there = {line.language for line in training}
    missing = [code for code in recipe.languages if code not in there]
    if len(missing) == len(recipe.languages):
        raise TrainingError(
            "the sources have no text in any of the recipe's languages that could be trained on; "
            "look at `min_letters`, `leave_out`, --avoid and --hold-out, and at the column `lang`"
        )
    if missing:
        click.echo(f"no text, so no label, for {', '.join(missing)}", err=True)


def _sources(data: Path, recipe: Recipe, training: Sequence[Line]) -> list[dict[str, Any]]:
    """What was taken of each source; lines that were made stand for themselves."""
    counts = Counter(line.source for line in training)
    found = [
        {
            **source.model_dump(include={"name", "origin", "licence", "unit"}),
            "sha256": digest(source_file(data, source)),
            "lines": counts.pop(source.name, 0),
        }
        for source in recipe.sources
    ]
    return found + [{"name": name, "licence": None, "lines": n} for name, n in counts.items()]
