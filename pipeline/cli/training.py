"""What the commands that train have in common: where they write, and the record beside it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import click

from eurosift.pipeline import digest
from eurosift.pipeline.shards import write_text
from eurosift.pipeline.tables import Table, Value

Function = TypeVar("Function", bound=Callable[..., Any])

RECORD = "training.json"
SCHEMA_VERSION = 1


def out_option(*files: str) -> Callable[[Function], Function]:
    """The option `--out`: the folder for these files and the record."""
    return click.option(
        "--out",
        type=click.Path(path_type=Path, file_okay=False),
        required=True,
        help=f"Folder for {', '.join(files)} and {RECORD}.",
    )


def described(paths: Iterable[Path]) -> list[dict[str, Any]]:
    """Files that were read, for the record: their names and SHA-256."""
    return [{"file": path.name, "sha256": digest.of_file(path)} for path in paths]


def write_record(out: Path, files: Iterable[str], what: Mapping[str, Any]) -> Table:
    """Write what a training was made from, and of.

    Parameters
    ----------
    out
        The folder.
    files
        What was written there.
    what
        Of what, by the keys of the record.

    Returns
    -------
    Table
        The files with their sizes and SHA-256.
    """
    outputs: list[dict[str, Value]] = [
        {"file": name, "sha256": digest.of_file(out / name), "bytes": (out / name).stat().st_size}
        for name in files
    ]
    record = {
        "schema_version": SCHEMA_VERSION,
        "eurosift": version("eurosift"),
        **what,
        "outputs": outputs,
    }
    write_text(out / RECORD, json.dumps(record, indent=1, ensure_ascii=False) + "\n")
    return Table("outputs", ("file", "bytes", "sha256"), outputs)
