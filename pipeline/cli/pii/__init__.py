"""``eurosift pii``: what is done with personal identifiers, beside scrubbing them."""

from __future__ import annotations

import click

from eurosift.pipeline.cli.lazy import Lazy

COMMANDS: dict[str, str] = {
    "export": "Write side-car files that say what was found where, with keyed hashes as values.",
}


@click.group("pii", cls=Lazy, package=__name__, summaries=COMMANDS)
def command() -> None:
    """Export what was found of personal identifiers."""
