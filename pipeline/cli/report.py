"""``eurosift report``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from eurosift.pipeline.cli.common import format_option, mendable, show, uncollected
from eurosift.pipeline.launch import open_run
from eurosift.pipeline.report import VIEWS
from eurosift.pipeline.shards import write_text
from eurosift.pipeline.tables import Format
from eurosift.pipeline.tasks import Run

PAGE = "report.html"
PAGES = (".html", ".htm")
"""How the file of a page must end, so that no recipe is written over by mistake."""
ALL = "all"
STDOUT = "-"


class Documents(click.ParamType[int | None]):
    """A number of documents, or all of them: None."""

    name = "documents"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """How help shows it."""
        return "N|all"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> int | None:
        """Understand what was written."""
        if value == ALL:
            return None
        return click.IntRange(min=0).convert(value, param, ctx)


class Target(click.Argument):
    """A recipe or a run, which `--html` before it would take for the name of the page."""

    def process_value(self, ctx: click.Context, value: Any) -> Any:
        """Explain where it went."""
        page = ctx.params.get("page")
        try:
            return super().process_value(ctx, value)
        except click.MissingParameter:
            if not isinstance(page, str) or not page:
                raise
            raise click.UsageError(
                f"`--html` took {page} for the name of the page; write the run before it: "
                f"eurosift report {page} --html"
            ) from None


@click.command("report")
@click.argument("target", type=click.Path(path_type=Path), metavar="RECIPE_OR_RUN", cls=Target)
@click.option(
    "--by",
    type=click.Choice(tuple(VIEWS)),
    multiple=True,
    help="Which tables; by default languages and funnel, as JSON all.",
)
@format_option
@click.option(
    "--html",
    "page",
    is_eager=True,
    is_flag=False,
    flag_value="",
    metavar="[FILE]",
    help=f"Write one self-contained HTML page instead; `{PAGE}` of the run folder without a file, "
    "standard output as `-`.",
)
@click.option(
    "--documents",
    type=Documents(),
    default="100000",
    show_default=True,
    help="How many documents the page counts for what footers do not tell (signals, clusters, "
    "domains, identifiers).",
)
@click.option(
    "--with-samples",
    "samples",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Show N documents of each language and fate on the page; rejected ones are not scrubbed.",
)
@click.option(
    "--without-timings",
    is_flag=True,
    help="Leave out of the page what differs from launch to launch.",
)
@uncollected()
def command(
    target: Path,
    by: tuple[str, ...],
    style: Format,
    page: str | None,
    documents: int | None,
    samples: int,
    without_timings: bool,  # noqa: FBT001 - click passes options by name
) -> None:
    """Documents, characters, words and tokens per language and stage, and the funnel.

    Every number is a sum over the footers of the shards. CSV, TSV and JSON lines print one table.
    `--html` writes all tables and charts of the run as one page.
    """
    context = click.get_current_context()
    _check_options(context, is_page=page is not None)
    run = open_run(target)
    unfinished = [state.label for state in run.states() if not state.done]
    if page is None:
        names = by or (tuple(VIEWS) if style == "json" else ("languages", "funnel"))
        with mendable(), run.files.glance():
            tables = [VIEWS[name](run) for name in names]
        show(tables, style)
    else:
        from eurosift.pipeline.html.page import Options, render  # noqa: PLC0415 - takes its time

        options = Options(documents, samples, timings=not without_timings)
        with mendable(), run.files.glance():
            text = render(run, options, unfinished)
        _write(run, page, text)
    if unfinished:
        click.echo(f"incomplete: {', '.join(unfinished)} not up to date", err=True)
        sys.exit(3)


def _check_options(context: click.Context, *, is_page: bool) -> None:
    """Refuse options that would do nothing."""
    page = context.params["page"]
    if page and page != STDOUT and not Path(page).is_dir() and Path(page).suffix not in PAGES:
        raise click.UsageError(
            f"--html {page}: is no name of a page: end it with {PAGES[0]}, or name a folder or `-`"
        )
    of_page = {"documents": "--documents", "samples": "--with-samples"}
    of_page["without_timings"] = "--without-timings"
    of_tables = {"by": "--by", "style": "--format"}
    for name, option in (of_tables if is_page else of_page).items():
        if context.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT:
            word = "is for tables: leave out `--html`, or this" if is_page else "needs `--html`"
            raise click.UsageError(f"{option} {word}")
    if context.params["samples"] and context.params["documents"] == 0:
        raise click.UsageError("--with-samples shows some of `--documents`, which are none")


def _write(run: Run, page: str, text: str) -> None:
    if page == STDOUT:
        click.echo(text, nl=False)
        return
    path = Path(page or run.files.folder)
    if path.is_dir():
        path /= PAGE
    write_text(path, text)
    click.echo(f"{path}: {len(text.encode()):,} bytes", err=True)
