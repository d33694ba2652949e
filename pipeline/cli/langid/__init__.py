"""``eurosift langid``: what is done with models for language identification, beside using them."""

from __future__ import annotations

import click

from eurosift.pipeline.cli.lazy import Lazy

COMMANDS: dict[str, str] = {
    "evaluate": "Measure models on labelled text.",
    "calibrate": "Compute thresholds for a model from labelled text.",
    "train": "Train a model from a recipe.",
}


@click.group("langid", cls=Lazy, package=__name__, summaries=COMMANDS)
def command() -> None:
    """Measure, calibrate and train models for language identification."""
