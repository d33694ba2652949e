"""``eurosift sample``."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click
import polars as pl
from click.shell_completion import CompletionItem

from eurosift.pipeline.api import Run, Verdict
from eurosift.pipeline.cli.common import mendable, target_argument
from eurosift.pipeline.excerpts import CHARS, EXCERPT_FORMATS, ExcerptFormat, render
from eurosift.pipeline.labels import beginning_with
from eurosift.pipeline.sampling import Query, draw, scrubbing_stages
from eurosift.pipeline.view import TEXT_FROM, View


def _labels(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(code, help=name) for code, name in beginning_with(incomplete).items()]


@click.command("sample")
@target_argument
@click.option("-n", "count", type=click.IntRange(min=1), default=10, help="How many documents.")
@click.option(
    "--language",
    shell_complete=_labels,
    help="Only this language, in any style of code, or one bucket of it, as mlt_Latn_near; "
    "und: none.",
)
@click.option("--stage", help="Only what this stage worked on; verdict and reason are its own.")
@click.option("--verdict", type=click.Choice(("kept", "rejected")), help="Only these.")
@click.option("--reason", help="Only documents rejected for this reason.")
@click.option(
    "--near",
    metavar="RULE",
    help="Documents closest to the threshold of this rule, rejected ones and others in turn.",
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, help="Another seed, other documents."
)
@click.option(
    "--chars",
    type=click.IntRange(min=0),
    default=CHARS,
    show_default=True,
    help="How much of each text tables and Markdown show; 0: all of it.",
)
@click.option(
    "--format", "style", type=click.Choice(EXCERPT_FORMATS), default="table", help="How to print."
)
def command(
    target: Path,
    count: int,
    language: str | None,
    stage: str | None,
    verdict: Verdict | None,
    reason: str | None,
    near: str | None,
    seed: int,
    chars: int,
    style: ExcerptFormat,
) -> None:
    """Show some documents, the same ones each time.

    Text is shown as the run has it: scrubbed where `pii` has been, so for kept documents only.
    """
    run = Run(target)
    query = Query(language, stage, verdict, reason, near).settled(run.runtime)
    view = run.sampled_view(query, partial=True)
    with mendable():
        found = draw(view, query, count, seed)
    width = min(shutil.get_terminal_size((100, 24)).columns, 100)
    click.echo(render(found.to_dicts(), style, chars=chars, width=width), nl=False)
    _tell(run, view, found, count)
    seen = {node.name for node in (*view.nodes, *view.deciders)}
    behind = seen if query.stage else set(run.stages)
    unfinished = [name for name in run.unfinished() if name.partition(".")[0] in behind]
    if unfinished:
        click.echo(f"incomplete: {', '.join(unfinished)} not up to date", err=True)
        sys.exit(3)


def _tell(run: Run, view: View, found: pl.DataFrame, count: int) -> None:
    planned = len(run.runtime.plan.shards)
    if len(view.shards) < planned:
        click.echo(
            f"drawn from {len(view.shards)} of {planned} shards: the others are not made yet",
            err=True,
        )
    if found.height < count:
        click.echo(f"there are no more than {found.height} such documents", err=True)
    scrubbed = scrubbing_stages(run.runtime)
    raw = found.filter(pl.col("text").is_not_null() & ~pl.col(TEXT_FROM).is_in(scrubbed)).height
    if raw:
        why = "`pii` scrubs kept documents only" if scrubbed else "no stage of this run scrubs"
        click.echo(
            f"{raw} of {found.height} texts are not scrubbed and may hold personal data: {why}",
            err=True,
        )
