"""Train a language model from a recipe: the parts of ``eurosift langid train``.

Lines are made in this environment; the model is fitted in one of its own (see
`eurosift.langid.trainer` and `eurosift.langid.fit`). With one thread, the same sources, recipe and
build of fastText give the same bytes on the same kind of processor.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from eurosift.langid.choose_words import known_words
from eurosift.langid.corpus import COLUMNS, Line, phrases, spans, told_of
from eurosift.langid.errors import TrainingError
from eurosift.langid.known_words import WordsFile
from eurosift.langid.normalise import normalise
from eurosift.langid.recipe import WORDS, Recipe, Source
from eurosift.langid.word_lists import read_lists


def phrases_to_avoid(texts: Iterable[str], recipe: Recipe) -> frozenset[int]:
    """Hashes of all evaluation texts and of their runs of words; they are never trained on."""
    return frozenset(
        phrase for text in texts for phrase in phrases(normalise(text), recipe.overlap_words)
    )


def write_lines(chosen: list[Line], recipe: Recipe, path: Path) -> int:
    """Write fastText's input, each line followed by the spans cut from it; returns the count."""
    n = 0
    with path.open("w", encoding="utf-8") as out:
        for line in chosen:
            for text in (line.text, *spans(line.text, recipe)):
                out.write(f"__label__{line.language} {text}\n")
                n += 1
    return n


def check_sources(folder: Path, recipe: Recipe) -> None:
    """Look at the files of all sources before any text is read.

    Raises
    ------
    TrainingError
        With all that are missing, or the first that has no labelled text.
    """
    missing = [s.name for s in recipe.sources if not source_file(folder, s).is_file()]
    if missing:
        raise TrainingError(
            f"{folder}: has no {', '.join(f'{name}.parquet' for name in missing)}; the recipe "
            "names these sources"
        )
    for path in (source_file(folder, source) for source in recipe.sources):
        with told_of(path):
            schema = pl.read_parquet_schema(path)
        for column, kinds in COLUMNS.items():
            if schema.get(column) not in kinds:
                held = f"holds {schema[column]}, not text" if column in schema else "is not there"
                raise TrainingError(
                    f"{path}: column {column!r} {held}; a source has the columns "
                    f"{' and '.join(map(repr, COLUMNS))}"
                )


def source_file(folder: Path, source: Source) -> Path:
    """Where the text of a source is."""
    return folder / f"{source.name}.parquet"


def fit(python: Path, parameters: Mapping[str, Any], lines_path: Path, model: Path) -> None:
    """Fit and quantise the model in the trainer's environment.

    Parameters
    ----------
    python
        Interpreter of that environment.
    parameters
        ``fasttext``: parameters of ``train_supervised``; ``quantise``: of ``quantize``.
    lines_path
        fastText's input; parameters are written beside it.
    model
        Where the model is written.

    Raises
    ------
    TrainingError
        If that fails.
    """
    settings = lines_path.with_name("parameters.json")
    settings.write_text(json.dumps(parameters))
    script = Path(__file__).with_name("fit.py")
    command = [str(python), "-I", str(script), str(lines_path), str(settings), str(model)]
    try:
        subprocess.run(command, check=True)  # noqa: S603 - the user names the interpreter
    except (OSError, subprocess.CalledProcessError) as error:
        raise TrainingError(f"training with {python} failed: {error}") from error


def make_words(
    folder: Path, recipe: Recipe, training: Iterable[Line], model: Path, without: Collection[str]
) -> WordsFile | None:
    """The table of known words of a fitted model, if the recipe wants one.

    Parameters
    ----------
    folder
        Where the sources are.
    recipe
        What is wanted.
    training
        The lines that the model was fitted on.
    model
        The fitted model.
    without
        Sources whose lists are not taken.
    """
    lists = [source for source in recipe.sources if source.unit == WORDS]
    taken = [source for source in lists if source.name not in without]
    if recipe.known_words is None or not taken:
        return None
    words = [read_lists(source_file(folder, source), recipe.languages) for source in taken]
    text = (line for line in training if line.unit != WORDS)
    return known_words(pl.concat(words).unique(), text, model, recipe.known_words)
