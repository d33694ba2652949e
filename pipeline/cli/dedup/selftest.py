"""``eurosift dedup selftest``."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, cast

import click
import polars as pl

from eurosift.dedup.plant import SIMILARITIES, words_needed
from eurosift.dedup.selftest import Precision, Recall, measure
from eurosift.dedup.sign import MinHash
from eurosift.pipeline.api import Run
from eurosift.pipeline.cli.common import Share, format_option, mendable, show, target_argument
from eurosift.pipeline.dag import LANGUAGE, Node
from eurosift.pipeline.labels import language_code
from eurosift.pipeline.sampling import Query, draw
from eurosift.pipeline.tables import Format, Table
from eurosift.pipeline.view import View
from eurosift.stages.dedup import Dedup
from eurosift.stages.footer import UNDETERMINED

RECALL = ("language", "similarity", "pairs", "true_similarity", "measured", "expected", "margin")
PRECISION = (
    *("language", "documents", "threshold", "found", "similar", "measured", "expected"),
    *("own_found", "own_similar"),
)


@click.command("selftest")
@target_argument
@click.option(
    "-n",
    "count",
    type=click.IntRange(min=1),
    default=200,
    show_default=True,
    help="Documents drawn of each language.",
)
@click.option(
    "--language",
    "languages",
    multiple=True,
    help="Only this language, in any style of code; repeatable. By default all that there are.",
)
@click.option(
    "--similarity",
    "similarities",
    type=Share(within=True),
    multiple=True,
    help="Jaccard similarity of what is planted; repeatable. By default 0.5 to 0.95.",
)
@click.option(
    "--threshold",
    type=Share(),
    help="Similarity from which on pairs are wanted. By default where the curve of the parameters "
    "is steepest.",
)
@click.option("--n-grams", type=click.IntRange(1, 64), help="Instead of the recipe's.")
@click.option("--bands", type=click.IntRange(1, 256), help="Instead of the recipe's.")
@click.option("--rows", type=click.IntRange(1, 64), help="Instead of the recipe's.")
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, help="Another seed, other documents."
)
@format_option
def command(
    target: Path,
    count: int,
    languages: tuple[str, ...],
    similarities: tuple[float, ...],
    threshold: float | None,
    seed: int,
    style: Format,
    **parameters: int | None,
) -> None:
    """Measure how many near-duplicates the parameters find in your documents.

    Of each language some documents are drawn, and copies of them at known Jaccard similarities are
    made by replacing words. `recall` says how many of these copies the parameters find, and how
    many they should; a difference above `margin` is more than chance. `precision` says how much of
    what is found is as similar as is wanted: of the copies, and of the pairs that the documents
    hold themselves. Documents have to be extracted; nothing else has to be done, and nothing is
    written. A copy can only be as similar as the number of words allows: with 5-grams, 0.95 takes
    about 133 of them, 0.8 about 44, 0.5 about 19.
    """
    run = Run(target)
    minhash = replace(_minhash(run), **{k: v for k, v in parameters.items() if v is not None})
    view = _before(run)
    wanted = similarities or SIMILARITIES
    recall: list[Mapping[str, Any]] = []
    precision: list[Mapping[str, Any]] = []
    unplanted: dict[float, list[str]] = {}
    with mendable():
        for language in [language_code(code) for code in languages] or _languages(view):
            query = Query(language if LANGUAGE in view.types else None, verdict="kept")
            drawn = draw(view, query, count, seed, ["text"])["text"].drop_nulls().to_list()
            if not drawn:
                click.echo(f"no documents in {language}", err=True)
                continue
            found = measure(drawn, minhash, wanted, threshold, seed)
            for similarity in sorted({*wanted} - {row.similarity for row in found[0]}):
                unplanted.setdefault(similarity, []).append(language)
            recall += [_row(language, row) for row in found[0]]
            precision.append(_row(language, found[1]) | {"documents": len(drawn)})
    click.echo(", ".join(f"{name} {value}" for name, value in asdict(minhash).items()), err=True)
    show([Table("recall", RECALL, recall), Table("precision", PRECISION, precision)], style)
    for similarity, without in sorted(unplanted.items()):
        click.echo(
            f"nothing planted at {similarity:g} in {', '.join(without)}: that takes documents of "
            f"about {words_needed(similarity, minhash)} words or more, and some of them (-n)",
            err=True,
        )
    if not recall:
        sys.exit(3)


def _minhash(run: Run) -> MinHash:
    """Parameters of the recipe's stage, or the default ones."""
    node = _node(run)
    return MinHash() if node is None else cast(Dedup, node.step).config.minhash()


def _node(run: Run) -> Node | None:
    nodes = run.runtime.dag.nodes.values()
    return next((node for node in nodes if isinstance(node.step, Dedup)), None)


def _before(run: Run) -> View:
    """What the stage gets to see, of the stages that are done: duplicates, and text as it was."""
    done, node = run.view(partial=True), _node(run)
    if node is None:
        return done
    before = [n.name for n in done.nodes if n.name in node.ancestors]
    return View(run.runtime, before, partial=True, text_for=node)


def _languages(view: View) -> list[str]:
    if LANGUAGE not in view.types:
        return [UNDETERMINED]
    kept = view.lazy().filter(pl.col("kept"))
    found = kept.select(pl.col(LANGUAGE).unique()).collect()[LANGUAGE]
    return sorted(label for label in found if label is not None)


def _row(language: str, found: Recall | Precision) -> dict[str, Any]:
    values = {
        name: None if isinstance(value, float) and math.isnan(value) else value
        for name, value in found._asdict().items()
    }
    return {"language": language} | values
