"""Choose thresholds on held-out training lines: ``python -m eurosift.langid.calibrate``.

The threshold of a language is the score that all but one in a hundred of its rightly labelled lines
reach, kept within bounds: held-out lines are of the same kinds as the training text, so the model
is surer of them than of web text, and a threshold above the upper bound would cost web text that is
right. Evaluation text has no part in this.
"""

from __future__ import annotations

from pathlib import Path

import click
import polars as pl
import yaml

from eurosift.langid.languages import EU24
from eurosift.langid.model import LanguageModel
from eurosift.langid.thresholds import Thresholds

MIN_CHARS = 40
"""Shorter lines say little of documents."""
QUANTILE = 0.01
"""Share of rightly labelled lines that may score less."""
LOWEST, HIGHEST = 0.5, 0.7
"""Bounds of every threshold; below one half, the other labels together are likelier."""


def thresholds(held_out: pl.DataFrame, model: LanguageModel, name: str) -> Thresholds:
    """Table for the 24 languages.

    Parameters
    ----------
    held_out
        Columns ``language`` (canonical code) and ``text`` (normalised).
    model
        The model to calibrate.
    name
        Name of the model, for the record.
    """
    lines = held_out.filter(pl.col("text").str.len_chars() >= MIN_CHARS)
    chosen = {}
    for code in EU24:
        best = model.predict_all(lines.filter(language=code)["text"].to_list(), 1)
        right = [found[0].score for found in best if found and found[0].language == code]
        low = pl.Series(right, dtype=pl.Float64).quantile(QUANTILE)
        chosen[code] = round(min(max(low or LOWEST, LOWEST), HIGHEST), 2)
    return Thresholds(model=name, default=LOWEST, languages=chosen)


@click.command(help=__doc__)
@click.option("--held-out", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--model", type=click.Path(path_type=Path, exists=True), help="Default: embedded.")
@click.option("--name", required=True, help="Name of the model, for the record.")
@click.option("--out", type=click.Path(path_type=Path), required=True)
def main(held_out: Path, model: Path | None, name: str, out: Path) -> None:  # noqa: D103 - see help
    table = thresholds(pl.read_parquet(held_out), LanguageModel(model), name)
    out.write_text(
        "# Least score of a label: python -m eurosift.langid.calibrate, which says how.\n"
        + yaml.safe_dump(table.model_dump(), sort_keys=False),
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
