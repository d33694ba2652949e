"""Train a language model from a recipe: ``python -m eurosift.langid.train``.

Lines are made in this environment; the model is fitted in one of its own that ``--trainer`` names
(see `eurosift.langid.fit`). With one thread, the same sources, recipe and build of fastText give
the same bytes on the same kind of processor.
"""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from pathlib import Path

import click
import polars as pl

from eurosift.langid.corpus import Line, is_held_out, lines, phrases, span
from eurosift.langid.errors import TrainingError
from eurosift.langid.normalise import normalise
from eurosift.langid.recipe import Recipe, load_recipe


def phrases_to_avoid(evaluation: Path, recipe: Recipe) -> frozenset[int]:
    """Hashes of all evaluation texts and of their runs of words; they are never trained on."""
    texts = pl.read_parquet(evaluation, columns=["text"])["text"]
    return frozenset(
        phrase for text in texts for phrase in phrases(normalise(text), recipe.overlap_words)
    )


def write_lines(chosen: list[Line], recipe: Recipe, path: Path) -> int:
    """Write fastText's input, each line followed by the span cut from it; returns the count."""
    n = 0
    with path.open("w", encoding="utf-8") as out:
        for line in chosen:
            for text in (line.text, span(line.text, recipe)):
                if text is not None:
                    out.write(f"__label__{line.language} {text}\n")
                    n += 1
    return n


def fit(trainer: str, recipe: Recipe, lines_path: Path, model: Path) -> None:
    """Fit and quantise the model in the trainer's environment.

    Raises
    ------
    TrainingError
        If the interpreter is missing or cannot import fastText's training build.
    """
    settings = lines_path.with_name("parameters.json")
    settings.write_text(json.dumps(recipe.model_dump(include={"fasttext", "quantise"})))
    script = Path(__file__).with_name("fit.py")
    command = [trainer, "-I", str(script), str(lines_path), str(settings), str(model)]
    try:
        subprocess.run(command, check=True)  # noqa: S603 - the user names the interpreter
    except (OSError, subprocess.CalledProcessError) as error:
        raise TrainingError(
            f"training with {trainer} failed ({error}); it must be the Python of an environment "
            "of its own with fasttext-numpy2-wheel and numpy"
        ) from error


@click.command(help=__doc__)
@click.option("--data", type=click.Path(path_type=Path, exists=True), required=True)
@click.option(
    "--evaluation",
    type=click.Path(path_type=Path, exists=True),
    required=True,
    help="Parquet file with the text that must not be trained on.",
)
@click.option("--recipe", "recipe_path", type=click.Path(path_type=Path, exists=True))
@click.option("--trainer", required=True, help="Python of the environment to train in.")
@click.option("--work", type=click.Path(path_type=Path), required=True, help="Working folder.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The model, .ftz.")
def main(  # noqa: D103 - its help is the module's docstring
    data: Path, evaluation: Path, recipe_path: Path | None, trainer: str, work: Path, out: Path
) -> None:
    recipe = load_recipe(recipe_path)
    work.mkdir(parents=True, exist_ok=True)
    chosen = lines(data, recipe, phrases_to_avoid(evaluation, recipe))
    held = [line for line in chosen if is_held_out(line, recipe)]
    pl.DataFrame(held, schema=Line._fields, orient="row").write_parquet(work / "held_out.parquet")
    training = [line for line in chosen if not is_held_out(line, recipe)]
    n = write_lines(training, recipe, work / "lines.txt")
    counts = Counter(line.language for line in training)
    click.echo(f"{n} lines with spans, {len(training)} without, {len(counts)} labels")
    click.echo(" ".join(f"{code}:{count}" for code, count in counts.most_common()))
    fit(trainer, recipe, work / "lines.txt", out)
    click.echo(f"{out}: {out.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
