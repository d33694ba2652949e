"""``eurosift quality``: what is done for the stage `quality`, beside running it."""

from __future__ import annotations

import click

from eurosift.pipeline.cli.lazy import Lazy

COMMANDS: dict[str, str] = {
    "calibrate": "Compute thresholds of rules from a run, language by language.",
    "medians": "Measure what is usual in each language, for the quality score.",
    "train": "Train a classifier from text that is wanted and text that is not.",
}


@click.group("quality", cls=Lazy, package=__name__, summaries=COMMANDS)
def command() -> None:
    """Calibrate rules, measure medians, train classifiers of quality."""
