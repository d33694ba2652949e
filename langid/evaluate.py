"""Measure a language model on labelled text: ``python -m eurosift.langid.evaluate``.

The text is a Parquet file with the columns ``lang``, ``text``, ``domain``, ``eu_label`` (one of
the 24 in ISO 639-1, or ``oth``) and ``suspect``. Macro-F1 is over the 24; FPR is the share of text
in no language of the 24 that is taken for one of them. Both are given for all rows and without
Bosnian, Montenegrin and Serbian in Latin script, which hold most of any model's false positives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import click
import polars as pl

from eurosift.langid.decide import Decider
from eurosift.langid.languages import EU24, canonical
from eurosift.langid.model import LanguageModel
from eurosift.langid.thresholds import load_thresholds

KINDS = {"sentences": ("web", "ud"), "paragraphs": ("ud-para", "page"), "word pairs": ("wordpair",)}
"""Domains of the evaluation text, by kind."""
NEIGHBOURS = ("bs", "cnr", "sr-Latn")
"""Labels that are next to inseparable from Croatian."""
NONE = "oth"
"""Label of text in none of the 24."""


class Score(NamedTuple):
    """Scores of one set of rows."""

    n: int
    macro_f1: float
    false_positive_rate: float
    f1: dict[str, float]


def labels_of(frame: pl.DataFrame) -> pl.Series:
    """True labels as canonical codes, ``oth`` for text in none of the 24."""
    codes = {label: label if label == NONE else canonical(label) for label in
             frame["eu_label"].unique()}  # fmt: skip
    return frame["eu_label"].replace_strict(codes, return_dtype=pl.String).alias("truth")


def answers(texts: pl.Series, model: LanguageModel, threshold: Callable[[str], float]) -> pl.Series:
    """The label of each text if it is kept, ``oth`` if it is rejected."""
    decide = Decider(model, EU24, threshold, segments=False)
    verdicts = decide.decide_all(texts.to_list())
    return pl.Series("answer", [NONE if v.reasons else v.language for v in verdicts])


def score(truth: pl.Series, answer: pl.Series) -> Score:
    """Macro-F1 over the languages of the 24 that occur, and false-positive rate."""
    counts = pl.DataFrame({"truth": truth, "answer": answer}).group_by("truth", "answer").len()
    f1 = {}
    for code in sorted(set(truth.unique()) - {NONE}):
        right = _count(counts, (pl.col("truth") == code) & (pl.col("answer") == code))
        said = _count(counts, pl.col("answer") == code)
        there = _count(counts, pl.col("truth") == code)
        f1[code] = 2 * right / (said + there)
    negatives = _count(counts, pl.col("truth") == NONE)
    false = _count(counts, (pl.col("truth") == NONE) & (pl.col("answer") != NONE))
    return Score(
        len(truth),
        sum(f1.values()) / len(f1) if f1 else float("nan"),
        false / negatives if negatives else float("nan"),
        f1,
    )


def _count(counts: pl.DataFrame, where: pl.Expr) -> int:
    return int(counts.filter(where)["len"].sum())


def evaluate(
    frame: pl.DataFrame, model: LanguageModel, threshold: Callable[[str], float]
) -> Iterator[tuple[str, str, Score]]:
    """Yield (kind of text, rows, score); `frame` as described above, suspect rows included."""
    answered = frame.with_columns(labels_of(frame), answers(frame["text"], model, threshold))
    for kind, domains in KINDS.items():
        rows = answered.filter(pl.col("domain").is_in(domains))
        sound = rows.filter(~pl.col("suspect"))
        for what, part in (
            ("all", sound),
            ("without bs, cnr, sr-Latn", sound.filter(~pl.col("lang").is_in(NEIGHBOURS))),
            ("suspect labels included", rows),
        ):
            if len(part):
                yield kind, what, score(part["truth"], part["answer"])


@click.command(help=__doc__)
@click.option("--data", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--model", type=click.Path(path_type=Path, exists=True), help="Default: embedded.")
@click.option("--per-language/--no-per-language", default=False, help="Print F1 by language, too.")
def main(data: Path, model: Path | None, *, per_language: bool) -> None:  # noqa: D103 - see help
    frame = pl.read_parquet(data)
    loaded = LanguageModel(model)
    for name, threshold in (("none", lambda _: 0.0), ("table", load_thresholds().of)):
        for kind, what, result in evaluate(frame, loaded, threshold):
            click.echo(
                f"thresholds: {name:<6} {kind:<11} {what:<25} n={result.n:<6} "
                f"macro-F1={100 * result.macro_f1:.1f} FPR={100 * result.false_positive_rate:.1f}"
            )
            if per_language and what == "all":
                click.echo(" ".join(f"{c[:3]}:{100 * v:.1f}" for c, v in result.f1.items()))


if __name__ == "__main__":
    main()
