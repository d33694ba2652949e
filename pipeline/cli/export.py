"""``eurosift export``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import click

from eurosift.pipeline import shipped
from eurosift.pipeline.cli.common import mendable, show, workers_option
from eurosift.pipeline.errors import IncompleteError, QueryError
from eurosift.pipeline.export.jsonl import WORDS
from eurosift.pipeline.export.openeurollm import Exported, Source, export
from eurosift.pipeline.launch import open_run
from eurosift.pipeline.tables import Table
from eurosift.stages.release import Release

LAYOUTS: Mapping[str, Callable[[Source, Path, int], Exported]] = {"openeurollm": export}


@click.command("export")
@click.argument("target", type=click.Path(path_type=Path), metavar="RELEASE_OR_RUN")
@click.option(
    "--to",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="New folder; it appears when it is complete.",
)
@click.option(
    "--format",
    "layout",
    type=click.Choice(tuple(LAYOUTS)),
    default="openeurollm",
    help="Whose layout; openeurollm: {clean,noisy,blocked}/xxx_Yyyy/*.jsonl.zst, with counts.",
)
@workers_option
def command(target: Path, to: Path, layout: str, workers: int | None) -> None:
    """Write a release in the layout of others.

    Of a run, documents that the rules of quality alone reject are exported, too, scrubbed by the
    run's own stages; a release alone does not have their text.
    """
    source = _source(target)
    with mendable():
        done = LAYOUTS[layout](source, to, workers or 1)
    show([_table(done)], "table")
    if done.no_noise:
        click.echo(f"no noisy documents: {done.no_noise}", err=True)


def _source(target: Path) -> Source:
    """What is exported.

    Raises
    ------
    QueryError
        If the run makes no release, or several.
    IncompleteError
        If its release is not up to date.
    """
    if shipped.is_release(target):
        return Source(target)
    run = open_run(target)
    nodes = [node for node in run.dag.nodes.values() if isinstance(node.step, Release)]
    if len(nodes) != 1:
        names = ", ".join(node.name for node in nodes) or "none"
        raise QueryError(f"{target}: one stage has to make a release; there are: {names}")
    (node,) = nodes
    unfinished = [state.label for state in run.states() if not state.done]
    if unfinished:
        raise IncompleteError(f"not up to date: {', '.join(unfinished)}; `eurosift run` first")
    return Source(run.files.folder / node.name, run, node)


def _table(done: Exported) -> Table:
    columns = ("part", "files", "documents", "characters", "words", "tokens", "bytes")
    rows: list[dict[str, str | int | float | None]] = [
        {
            "part": part,
            "files": len(written.md5),
            "documents": written.sizes.documents,
            "characters": written.sizes.characters,
            "words": written.counts.get(WORDS),
            "tokens": None if (tokens := done.tokens[part]) is None else tokens.count,
            "bytes": written.file_bytes,
        }
        for part, written in done.parts.items()
    ]
    return Table("export", columns, rows)
