"""``eurosift dedup``: what is done with the parameters of deduplication, beside using them."""

from __future__ import annotations

import click

from eurosift.pipeline.cli.lazy import Lazy

COMMANDS: dict[str, str] = {
    "selftest": "Measure how many near-duplicates the parameters find in your documents.",
}


@click.group("dedup", cls=Lazy, package=__name__, summaries=COMMANDS)
def command() -> None:
    """Try out parameters of deduplication."""
