"""``eurosift init``."""

from __future__ import annotations

import contextlib
import os
from importlib import resources
from pathlib import Path

import click

from eurosift.pipeline.errors import RunFolderError

KEY_FILE = "secrets/pii.key"


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path), default=".")
@click.option(
    "--template",
    type=click.Choice(("web", "demo")),
    default="web",
    help="web: a recipe for your own crawl; demo: the built-in crawl with its recipe.",
)
def command(folder: Path, template: str) -> None:
    """Write a commented recipe and a secret key into FOLDER; nothing is overwritten.

    The key makes the surrogates of personal identifiers. Keep it: without it a later run replaces
    the same identifiers by others. Keep it secret: with it they can be guessed at.
    """
    recipe = folder / "recipe.yaml"
    if recipe.exists():
        raise RunFolderError(f"{recipe} exists already; choose another folder")
    folder.mkdir(parents=True, exist_ok=True)
    text = (resources.files("eurosift.pipeline") / f"templates/{template}.yaml").read_text("utf-8")
    if template == "demo":
        from eurosift.pipeline.demo.crawl import write_crawl  # noqa: PLC0415 - only the demo needs it

        files = write_crawl(folder / "crawl")
        click.echo(f"wrote {len(files)} WARC files to {folder / 'crawl'}", err=True)
    from eurosift.pipeline import schema  # noqa: PLC0415 - loads every stage

    recipe.write_text(f"{schema.MODELINE}\n{text}", encoding="utf-8")
    click.echo(f"wrote {recipe}", err=True)
    with contextlib.suppress(FileExistsError), (folder / schema.FILE).open("x") as file:
        file.write(schema.text())
        click.echo(f"wrote {folder / schema.FILE} (for editors)", err=True)
    if _write_key(folder / KEY_FILE):
        click.echo(f"wrote {folder / KEY_FILE} (secret; back it up, do not publish it)", err=True)
    edit = "" if template == "demo" else f"say in {recipe} where your files are, then "
    click.echo(f"next: {edit}eurosift validate {recipe} && eurosift run {recipe}", err=True)


def _write_key(path: Path) -> bool:
    from eurosift.stages.pii.key import make_key  # noqa: PLC0415 - stages import pyarrow

    path.parent.mkdir(mode=0o700, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(make_key())
    (path.parent / ".gitignore").write_text("*\n", encoding="utf-8")
    return True
