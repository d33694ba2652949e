"""``eurosift assets``."""

from __future__ import annotations

from pathlib import Path

import click

from eurosift.pipeline import assets, recipe
from eurosift.pipeline.build import build_dag
from eurosift.pipeline.cli.common import format_option, recipe_argument, show
from eurosift.pipeline.tables import Format
from eurosift.stages.errors import AssetError


@click.command("assets")
@recipe_argument
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    help="A list that was printed earlier, or elsewhere, with `--format json`.",
)
@format_option
def command(recipe_file: Path, against: Path | None, style: Format) -> None:
    """List and verify all that a run needs beside its input: models, lists, tables, keys.

    Nothing is fetched, and nothing is written. Exit code 2 if anything is missing or changed.
    """
    earlier = None if against is None else assets.load(against)
    found = assets.collect(build_dag(recipe.load(recipe_file)), earlier)
    show([assets.table(found)], style)
    problems = [asset.remedy for asset in found if asset.remedy]
    if problems:
        raise AssetError("\n".join(problems))
