"""``eurosift schema``."""

from __future__ import annotations

import click

from eurosift.pipeline import schema


@click.command("schema")
def command() -> None:
    """Print the JSON Schema of recipes, with the parameters of every installed stage.

    Editors with a YAML language server complete and check recipes by it; `init` writes it next to
    the recipe. After installing further stages: eurosift schema > recipe.schema.json
    """
    click.echo(schema.text(), nl=False)
