"""``eurosift extract``: what is done with the classifier of blocks, beside using it."""

from __future__ import annotations

import click

from eurosift.pipeline.cli.lazy import Lazy

COMMANDS: dict[str, str] = {
    "train": "Train the classifier of blocks from pages with gold text.",
}


@click.group("extract", cls=Lazy, package=__name__, summaries=COMMANDS)
def command() -> None:
    """Train the classifier of the blocks of web pages."""
