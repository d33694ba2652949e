"""``eurosift quality train``."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np
import polars as pl
import pyarrow as pa

from eurosift.langid.errors import TrainingError
from eurosift.langid.labelled import read_texts
from eurosift.langid.train import fit
from eurosift.langid.trainer import versions
from eurosift.pipeline.cli.common import format_option, show
from eurosift.pipeline.cli.langid.common import told, trainer_option, trainer_python
from eurosift.pipeline.cli.training import described, out_option, write_record
from eurosift.pipeline.tables import Format, Table, Value
from eurosift.stages.classifier import ClassifierConfig, TextClassifier
from eurosift.stages.classifier_train import (
    HOLD_OUT,
    Text,
    area,
    held_out_table,
    lines,
    make_texts,
    parameters,
)

MODEL, HELD_OUT = "model.ftz", "held_out.parquet"
FEW = 100
"""With fewer texts held out, figures are rough: a tenth either way."""
files_option = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command("train")
@click.option(
    "--positive", type=files_option, multiple=True, required=True,
    help="Parquet or TSV file with text that is wanted; repeatable.",
)  # fmt: skip
@click.option(
    "--negative", type=files_option, multiple=True, required=True,
    help="Parquet or TSV file with text that is not; repeatable.",
)  # fmt: skip
@click.option("--text-column", default="text", show_default=True, help="Column with the text.")
@click.option(
    "--max-chars", type=click.IntRange(min=1), default=10_000, show_default=True,
    help="So much of each text is trained on.",
)  # fmt: skip
@click.option(
    "--epochs", type=click.IntRange(min=1),
    help="Passes over the text; by default 5, and more of fewer than 2,000 texts.",
)  # fmt: skip
@trainer_option
@out_option(MODEL, HELD_OUT)
@format_option
def command(
    positive: tuple[Path, ...],
    negative: tuple[Path, ...],
    text_column: str,
    max_chars: int,
    epochs: int | None,
    trainer: Path | None,
    out: Path,
    style: Format,
) -> None:
    """Train a classifier from text that is wanted and text that is not.

    Writes the model for the stage `classifier`, one text of twenty that was held out, and a record
    of what went in and came out. Prints how well the model parts held-out text: the area under the
    ROC curve, and the shares of right answers among those that it gives and of those it should give
    at a probability of one half. Take both kinds of text in the same languages, or it learns those.
    """
    with told():
        both = [[read_texts(path, text_column) for path in paths] for paths in (positive, negative)]
        texts = make_texts(*(pl.concat(each).to_arrow() for each in both))
        training = [text for text in texts if not text.is_held_out]
        if len({text.is_good for text in training}) < 2:
            raise TrainingError("there must be text of both kinds that is not the same in both")
        python = trainer_python(trainer)
        environment = versions(python)
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".train-", dir=out) as folder:
            work = Path(folder)
            with (work / "lines.txt").open("w", encoding="utf-8") as file:
                file.writelines(lines(training, max_chars))
            settings = parameters(len(training), epochs)
            passes = settings["fasttext"]["epoch"]
            click.echo(f"texts {len(training):,}, passes {passes}; fitting …", err=True)
            fit(python, settings, work / "lines.txt", work / MODEL)
            (work / MODEL).replace(out / MODEL)
    held_out = held_out_table(texts)
    pl.DataFrame(held_out).write_parquet(out / HELD_OUT)
    measured = _measure(out / MODEL, texts)
    record = {
        "environment": environment,
        "parameters": settings | {"max_chars": max_chars},
        "positive": described(positive),
        "negative": described(negative),
        "texts": {
            "positive": sum(text.is_good for text in training),
            "negative": sum(not text.is_good for text in training),
            "held_out": len(held_out),
        },
        "held_out": measured,
    }
    outputs = write_record(out, [MODEL, HELD_OUT], record)
    show([Table("held_out", ("texts", "area", "precision", "recall"), [measured]), outputs], style)
    if len(held_out) < FEW:
        click.echo(
            f"{len(held_out)} texts held out: too few to say much; train on more than "
            f"{FEW * HOLD_OUT:,} texts, or measure on others",
            err=True,
        )


def _measure(model: Path, texts: Sequence[Text]) -> dict[str, Value]:
    """How well a model parts the texts that were held out."""
    kept = [text for text in texts if text.is_held_out]
    stage = TextClassifier(ClassifierConfig(model=model), name="held_out")
    stage.open()
    batch = pa.record_batch({"text": pa.array([text.line for text in kept], pa.string())})
    scores = stage.process(batch).column(0).fill_null(0).to_numpy().astype(np.float64)
    is_good = np.array([text.is_good for text in kept], np.bool_)
    said = scores >= 0.5
    right = int((said & is_good).sum())
    found = area(scores, is_good)
    return {
        "texts": len(kept),
        "area": None if np.isnan(found) else found,
        "precision": right / int(said.sum()) if said.any() else None,
        "recall": right / int(is_good.sum()) if is_good.any() else None,
    }
