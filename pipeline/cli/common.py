"""What several commands share: options, and how they find a run."""

from __future__ import annotations

import contextlib
import gc
import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from eurosift.pipeline import index, plan
from eurosift.pipeline.dag import Dag, Node
from eurosift.pipeline.errors import AlignmentError, InvariantError, PlanError, RecipeError
from eurosift.pipeline.recipe import Recipe
from eurosift.pipeline.staleness import fingerprint_config
from eurosift.pipeline.tables import FORMATS, Format, Table, render
from eurosift.pipeline.tasks import Run
from eurosift.stages.errors import AssetError, InputError, StageError
from eurosift.stages.extract.remote import Source
from eurosift.stages.source import SourceStage

target_argument = click.argument("target", type=click.Path(path_type=Path), metavar="RECIPE_OR_RUN")
recipe_argument = click.argument("recipe_file", type=click.Path(path_type=Path), metavar="RECIPE")
select_option = click.option(
    "-s", "--select", multiple=True, help="stage, +stage, stage+, +stage+; repeatable."
)
workers_option = click.option("--workers", type=click.IntRange(min=1), help="Worker processes.")
quiet_option = click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
MARKDOWN = "markdown"
"""Another name of the format `md`."""


class FormatName(click.Choice[str]):
    """Name of a format; ``markdown`` is ``md``."""

    def __init__(self, *more: str) -> None:
        super().__init__((*FORMATS, MARKDOWN, *more))

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read a name."""
        name = super().convert(value, param, ctx)
        return "md" if name == MARKDOWN else name


class Share(click.FloatRange):
    """A number from 0 to 1; ``nan``, which no bound excludes, is none.

    Parameters
    ----------
    within
        Whether 0 and 1 themselves are refused.
    """

    def __init__(self, *, within: bool = False) -> None:
        super().__init__(0, 1, min_open=within, max_open=within)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read a share."""
        share: float = super().convert(value, param, ctx)
        if math.isnan(share):
            self.fail(f"{value} is no number from 0 to 1.", param, ctx)
        return share


format_option = click.option(
    "--format", "style", type=FormatName(), default="table", help="How to print."
)


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """Leave cycles alone: looking through all of a large run's objects takes most of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def show(tables: Sequence[Table], style: Format) -> None:
    """Print tables to standard output."""
    click.echo(render(tables, style), nl=False)


def look_at_inputs(run: Run) -> plan.Survey:
    """How the inputs differ from the plan; those that look unchanged are not read again.

    If their store cannot be asked this is said on standard error: a look at a run needs no network.
    """
    try:
        return plan.survey(run.dag.recipe, run.plan, index.load_inputs(run.files.folder))
    except (PlanError, InputError) as error:
        click.echo(f"whether inputs have changed is not known: {error}", err=True)
        return plan.Survey()


def tell_inputs(run: Run) -> bool:
    """Say on standard error how the inputs differ from the plan; True if the run is affected."""
    found = look_at_inputs(run)
    for word, names in (("has changed", found.changed), ("is gone", found.missing)):
        for name in names:
            click.echo(f"input {name} {word}: `run --replan` takes it as it is now", err=True)
    for name in found.unplanned:
        click.echo(f"input {name} is not in the plan: `run --replan` adds it", err=True)
    return bool(found.changed or found.missing)


def check_stages(recipe: Recipe, nodes: Iterable[Node], *, load: bool = False) -> None:
    """Look for all that stages need beside documents, so that it is told before anything runs.

    Parameters
    ----------
    recipe
        Where the stages stand.
    nodes
        The stages.
    load
        Whether to load their models, too, as a worker does.

    Raises
    ------
    RecipeError
        With every stage that cannot work, and its place.
    """
    problems = stage_problems(recipe, nodes, load=load)
    if problems:
        raise RecipeError(problems)


def stage_problems(recipe: Recipe, nodes: Iterable[Node], *, load: bool) -> list[str]:
    """What keeps stages from working, as `check_stages` looks for it; a line each."""
    problems = []
    for node in nodes:
        place = ("stages", node.name)
        try:
            fingerprint_config(node.step)
        except AssetError as error:
            keys = _keys(str(error).partition(":")[0])
            problems.append(recipe.problem((*place, *keys), f"stages.{node.name}.{error}"))
            continue
        itself = [
            recipe.problem(
                (*place, *_keys(name)),
                f"stages.{node.name}.{name.partition('.')[0]}: {path}: is this run itself",
            )
            for name, path in node.step.config.runs().items()
            if path.resolve().is_relative_to(recipe.folder)
        ]
        if itself:
            problems += itself
            continue
        problems += [
            recipe.problem((*place, *refused.at), f"stages.{node.name}.{refused}")
            for refused in node.step.refusals()
        ]
        try:
            if load:
                node.step.open()
        except StageError as error:
            problems.append(recipe.problem(place, str(error)))
    return problems


def stage_remarks(recipe: Recipe, nodes: Iterable[Node]) -> list[str]:
    """What users should know of the files that stages take, a line each.

    Raises
    ------
    RecipeError
        If some cannot be used.
    """
    found = []
    for node in nodes:
        try:
            found += [f"stages.{node.name}: {remark}" for remark in node.step.remarks()]
        except StageError as error:
            raise RecipeError([recipe.problem(("stages", node.name), str(error))]) from error
    return found


def _keys(field: str) -> list[str | int]:
    """Place of a parameter of a stage, by its name in `StageConfig.assets` and `runs`."""
    return [int(key) if key.isdecimal() else key for key in field.split(".")]


def check_input(graph: Dag, path: Source) -> None:
    """Look at the beginning of an input, so that wrong names of columns are told before a run.

    Raises
    ------
    InputError
        If it cannot be read as it is configured.
    """
    step = graph.source.step
    assert isinstance(step, SourceStage)  # noqa: S101 - tells mypy what Dag guarantees
    step.check(path)


@contextlib.contextmanager
def mendable() -> Iterator[None]:
    """Say behind an error of damaged files how to mend them."""
    try:
        yield
    except AlignmentError:  # says itself what to do
        raise
    except InvariantError as error:
        remedy = "remove what is damaged and run again: it is made anew; `eurosift verify` finds it"
        raise InvariantError(f"{error}\n{remedy}") from error
