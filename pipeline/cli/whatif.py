"""``eurosift whatif``."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import polars as pl

from eurosift.langid.languages import EU24
from eurosift.pipeline.changes import changed_dag, example, parse_change, settled
from eurosift.pipeline.cli.common import (
    format_option,
    mendable,
    show,
    target_argument,
    uncollected,
)
from eurosift.pipeline.errors import QueryError
from eurosift.pipeline.launch import open_run
from eurosift.pipeline.nearest import Near, identify
from eurosift.pipeline.tables import Format, Table, Value
from eurosift.pipeline.tallies import Tally
from eurosift.pipeline.tasks import Run
from eurosift.pipeline.whatif import Found, Preview

CHANGES = (
    *("language", "kept", "gained", "lost"),
    *("documents", "characters", "tokens", "estimated"),
)
NEAREST = ("rule", "side", "language", "value", "threshold", "now", "then", "id", "url")


@click.command("whatif")
@target_argument
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="STAGE.PARAMETER=VALUE",
    help="A parameter that would be different, repeatable; of one stage. "
    "quality.rules.RULE.min=5 (max; behind it a language) is the threshold of a rule.",
)
@click.option(
    "--near",
    "nearest",
    type=click.IntRange(min=0),
    default=3,
    show_default=True,
    help="So many documents nearest to each threshold that differs, on either side of it.",
)
@click.option("--excerpts", type=click.IntRange(min=0), metavar="CHARS", help="Show so much text.")
@format_option
@uncollected()
def command(
    target: Path,
    settings: tuple[str, ...],
    nearest: int,
    excerpts: int | None,
    style: Format,
) -> None:
    """Show what a change of rules would do, from the numbers that a run has left.

    Per language: documents that the stage keeps now, those that it would gain and lose, and what
    that is in documents, characters and tokens; then the documents nearest to the new thresholds.
    Tokens of documents that were never counted are estimated by the language's tokens per
    character; `estimated` says of how many. No text is read but for `--excerpts`, and nothing is
    written.
    """
    run = open_run(target)
    if not settings:
        raise click.UsageError(f"say what would be different: {example(run.dag, target)}")
    changes = [parse_change(text, run.dag) for text in settings]
    stages = {change.stage for change in changes}
    if len(stages) > 1:
        raise QueryError(f"--set: one stage at a time, not {' and '.join(sorted(stages))}")
    preview = Preview(run, changed_dag(run.dag, changes), changes[0].stage, nearest)
    with mendable():
        found = preview.find()
        documents = identify(run, found.near, excerpts)
    tables = [_changes(run, found), _nearest(found.near, documents)]
    show(tables if tables[1].rows or style == "json" else tables[:1], style)
    for change in settled(run.dag, changes):
        click.echo(f"to apply: {change}", err=True)
    _tell(preview, found)


def _changes(run: Run, found: Found) -> Table:
    tallies = found.tallies
    wanted = run.dag.recipe.head.languages or EU24
    order = [*(code for code in wanted if code in tallies), *sorted(set(tallies) - set(wanted))]
    total = Tally()
    for tally in tallies.values():
        total.add(tally)
    tokens = [t.all_tokens for t in tallies.values() if t.all_tokens is not None]
    rows = [_row(code, tallies[code], tallies[code].all_tokens) for code in order]
    rows.append(_row("total", total, sum(tokens) if tokens else None))
    return Table("changes", CHANGES, rows, footer=1)


def _row(language: str, tally: Tally, tokens: int | None) -> dict[str, Value]:
    values = (
        language,
        tally.kept,
        tally.gained,
        tally.lost,
        tally.gained - tally.lost,
        tally.characters,
        tokens,
        None if tokens is None else tally.uncounted,
    )
    return dict(zip(CHANGES, values, strict=True))


def _nearest(near: list[Near], documents: pl.DataFrame) -> Table:
    verdict = {True: "kept", False: "rejected"}
    rows: list[dict[str, Value]] = []
    for each, document in zip(near, documents.iter_rows(named=True), strict=True):
        values = (
            each.rule,
            "fails" if each.fails else "passes",
            each.language,
            each.value,
            each.threshold,
            verdict[each.now],
            verdict[each.then],
        )
        rows.append({**dict(zip(NEAREST, values, strict=False)), **document})
    return Table("nearest", (*NEAREST[:7], *documents.columns), rows, cut=("url",))


def _tell(preview: Preview, found: Found) -> None:
    planned = len(preview.run.plan.shards)
    stage = preview.node.name
    if found.recomputed:
        click.echo(
            f"{stage}: {found.recomputed} of {planned} shards are not up to date: compared with "
            "what the recipe's own rules say of them",
            err=True,
        )
    for name, n_shards in preview.outdated().items():
        click.echo(
            f"{name}: {n_shards} of {planned} shards are not up to date: their numbers are those "
            "of an earlier run",
            err=True,
        )
    if len(preview.shards) < planned:
        click.echo(
            f"incomplete: only {len(preview.shards)} of {planned} shards have the numbers", err=True
        )
        sys.exit(3)
