"""``eurosift pii export``."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click

from eurosift.pipeline.cli.common import format_option, mendable, show, target_argument
from eurosift.pipeline.dag import Node
from eurosift.pipeline.errors import QueryError
from eurosift.pipeline.launch import open_run
from eurosift.pipeline.new_folder import new_folder
from eurosift.pipeline.shards import write_lines
from eurosift.pipeline.tables import Format, Table
from eurosift.pipeline.tasks import Run
from eurosift.stages.pii import Pii

SUFFIX = ".pii.jsonl"


@click.command("export")
@target_argument
@click.option(
    "--to",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help=f"New folder, which appears when it is complete: <input file>{SUFFIX}, at the same "
    "relative path.",
)
@click.option("--stage", help="Which stage, if the run has several that scrub.")
@click.option(
    "--key",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File with the secret key of the hashes; default: that of the stage.",
)
@format_option
def command(target: Path, to: Path, stage: str | None, key: Path | None, style: Format) -> None:
    """Write side-car files of the identifiers that a run masks.

    One JSON object per find: id of the document, name of the identifier, its keyed hash as value,
    start_pos and end_pos in code points of the text before it was scrubbed. The texts are searched
    again, by the policy of the recipe; documents that the run rejects before are left out.
    """
    from eurosift.stages.pii.key import read_key  # noqa: PLC0415 - the stage's modules take long
    from eurosift.stages.pii.sidecar import records  # noqa: PLC0415

    run = open_run(target)
    node, step = _find(run, stage)
    secret = read_key(key or step.config.key)
    step.open()
    workspace = run.workspace(node)
    by_file: dict[str, list[str]] = {}
    for shard in run.plan.shards:
        by_file.setdefault(run.plan.file(shard).path, []).append(shard)
    counts: Counter[str] = Counter()

    def lines(shards: list[str]) -> Iterator[str]:
        for shard in shards:
            for rows in workspace.rows(shard, ["id", "text", "language", "url"]):
                for record in records(step, rows.batch.filter(rows.active), secret):
                    counts[record["name"]] += 1
                    yield json.dumps(record, ensure_ascii=False)

    with mendable(), new_folder(to) as folder:
        for name, shards in by_file.items():
            write_lines(folder / f"{name}{SUFFIX}", lines(shards))
    found: list[dict[str, str | int | float | None]] = [
        {"name": name, "found": n} for name, n in sorted(counts.items())
    ]
    show([Table("identifiers", ("name", "found"), found)], style)


def _find(run: Run, stage: str | None) -> tuple[Node, Pii]:
    """The stage that scrubs.

    Raises
    ------
    QueryError
        If there is none of that name, or several and none is named.
    """
    found = {n: node for n, node in run.dag.nodes.items() if isinstance(node.step, Pii)}
    if stage is None and len(found) == 1:
        stage = next(iter(found))
    node = found.get(stage or "")
    if node is None or not isinstance(node.step, Pii):
        names = ", ".join(found) or "none"
        raise QueryError(f"which stage? name one by --stage; those that scrub are: {names}")
    return node, node.step
