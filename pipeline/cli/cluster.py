"""What `run`, `retry` and `plan` have for clusters."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from eurosift.pipeline import activity, events, places, site, status
from eurosift.pipeline.activity import Pulse
from eurosift.pipeline.arrays import Arrays, arrange
from eurosift.pipeline.dag import Node
from eurosift.pipeline.durations import minutes_of
from eurosift.pipeline.errors import (
    IncompleteError,
    RecipeError,
    SchedulerError,
    ShardsFailedError,
)
from eurosift.pipeline.inputs import local_root
from eurosift.pipeline.launch import Launch
from eurosift.pipeline.outlook import Outlook, Rates
from eurosift.pipeline.progress import log
from eurosift.pipeline.recipe import Recipe
from eurosift.pipeline.scheduler import Limits, Scheduler
from eurosift.pipeline.site import Site
from eurosift.pipeline.tables import render
from eurosift.pipeline.tasks import Run

LOCAL = "local"
LOOK_S = (1.0, 2.0, 5.0, 10.0, 20.0)
"""How long to wait between looks at the queue: ever longer."""

_OPTIONS = (
    click.option("--site", "site_name", metavar="NAME|FILE", help="Run on a cluster; a profile."),
    click.option("--account", help="The account that is charged."),
    click.option("--time", "limit", help="Time of an element, e.g. 6h."),
    click.option("--elements", type=click.IntRange(min=1), help="Elements of a phase at most."),
)
_LAUNCHING = (
    click.option("--yes", is_flag=True, help="Do not ask, however much it takes."),
    click.option("--wait", is_flag=True, help="Wait until it is over; exit codes as without."),
    click.option(
        "--take-over", is_flag=True, help="Cancel what is left of an earlier launch, and go on."
    ),
)


@dataclass(frozen=True)
class Wishes:
    """What was asked for on the command line."""

    site_name: str | None = None
    account: str | None = None
    limit: str | None = None
    elements: int | None = None
    workers: int | None = None
    yes: bool = False
    wait: bool = False
    take_over: bool = False
    stalled: bool = False

    @property
    def local(self) -> bool:
        """Whether this machine is meant."""
        return self.site_name in {None, LOCAL}

    @property
    def profile(self) -> str | None:
        """The site by a name that is good from anywhere."""
        name = self.site_name
        return name if name is None or name in site.names() else str(Path(name).resolve())

    def check(self) -> None:
        """Refuse wishes for a cluster where none is meant.

        Raises
        ------
        click.UsageError
            If there are some.
        """
        if self.local and (self.account or self.limit or self.elements or self.wait):
            raise click.UsageError("--account, --time, --elements and --wait go with --site")

    def site(self, *, needs_account: bool = True) -> Site:
        """The profile with what was asked for in its place.

        Raises
        ------
        RecipeError
            If the profile, or what was asked for, is wrong.
        SchedulerError
            If the site needs an account and there is none.
        """
        found = site.load(self.site_name or "")
        found = site.with_account(found, self.account, needed=needs_account)
        if self.limit is None:
            return found
        try:
            minutes = minutes_of(self.limit)
        except ValueError as error:
            raise RecipeError([f"--time: {error}"]) from None
        if not 0 < minutes <= found.max_time:
            raise RecipeError([f"--time {self.limit}: the site allows {found.max_time // 60} h"])
        return found.model_copy(update={"time": minutes})


def _decorate(function: Callable[..., Any], options: Sequence[Callable[..., Any]]) -> Any:
    for option in reversed(options):
        function = option(function)
    return function


def cluster_options(function: Callable[..., Any]) -> Any:
    """Options of commands that look at a launch on a cluster."""
    return _decorate(function, _OPTIONS)


def launch_options(function: Callable[..., Any]) -> Any:
    """Options of commands that launch on a cluster."""
    return _decorate(function, (*_OPTIONS, *_LAUNCHING))


def look_ahead(
    run: Run, nodes: Sequence[Node], where: Site, wishes: Wishes, limits: Limits | None = None
) -> Outlook:
    """What a launch would be like."""
    workers = wishes.workers or where.workers(run.dag.recipe.head.limits.worker_memory)
    bounds = [where.max_jobs, limits.max_jobs if limits else None]
    most = min((bound for bound in bounds if bound is not None), default=None)
    arrays = arrange(
        run.dag,
        run.states(),
        nodes,
        where,
        workers=workers,
        elements=wishes.elements,
        most_jobs=most,
    )
    sizes = {file.shard: file.size_bytes for file in run.plan.files}
    return Outlook(arrays, sizes, Rates.of(events.read(run.files.folder), sizes))


def check_site(source: Recipe, where: Site, scheduler: Scheduler) -> Limits:
    """Look for what would keep a launch from running, before anything is written or submitted."""
    limits = scheduler.limits()
    inputs = local_root(source)
    places.check_shared(where, [source.folder, *([inputs] if inputs is not None else [])])
    if where.python is None and not where.launcher:
        places.check_shared(where, [Path(sys.prefix)], "the environment that eurosift runs in")
    places.check_room(source.folder)
    return limits


def agree(found: Outlook, wishes: Wishes) -> None:
    """Ask whether a launch that takes much is meant.

    Raises
    ------
    click.UsageError
        If nobody can be asked.
    click.Abort
        If it is not meant.
    """
    expected = found.expected
    hours = found.most_node_hours if expected is None else expected
    if wishes.yes or hours < found.arrays.site.ask_node_hours:
        return
    known = "" if expected is not None else "nothing is known of the speed of some phases yet; "
    text = f"{known}{'up to ' if expected is None else ''}{hours:,.0f} node-hours"
    if not sys.stdin.isatty():
        raise click.UsageError(f"{text}: say --yes if that is meant; `plan --site` has the figures")
    click.echo(render(found.tables(), "table"), nl=False, err=True)
    click.confirm(f"{text}: submit", abort=True, err=True)


def submit(
    launch: Launch, run: Run, found: Outlook, scheduler: Scheduler, limits: Limits
) -> Arrays:
    """Submit a launch and say so."""
    from eurosift.pipeline import submission  # noqa: PLC0415 - imports datatrove

    try:
        jobs = submission.submit(launch, found.arrays, scheduler, limits)
    except BaseException:
        launch.discard()
        raise
    log(
        f"submitted: {len(found.arrays.phases)} phases, {found.arrays.elements} elements, "
        f"jobs {jobs[0]} to {jobs[-1]}; `eurosift status {run.files.folder}` shows how they fare"
    )
    return found.arrays


def wait(launch: Launch, run: Run, nodes: Sequence[Node], scheduler: Scheduler) -> None:
    """Wait until nothing of a launch is in the queue, and tell what came of it.

    Raises
    ------
    ShardsFailedError
        If items failed.
    IncompleteError
        If something else is missing.
    """
    from eurosift.pipeline import submission  # noqa: PLC0415 - imports datatrove

    pauses = iter(LOOK_S)
    pause = next(pauses)
    while True:
        try:
            if not submission.in_queue(launch.folder, [launch.name], scheduler):
                break
        except SchedulerError as error:
            log(f"{error}; still waiting", "WARNING")
        time.sleep(pause)
        pause = next(pauses, pause)
    chosen = {node.name for node in nodes}
    states = run.states()
    behind = [state for state in states if state.stage in chosen and not state.done]
    if not behind:
        return
    failures = status.failures(run, states)
    if failures.rows:
        lines = [f"{row['stage']}/{row['item']}: {row['error']}" for row in failures.rows[:20]]
        raise ShardsFailedError("\n".join(lines))
    label = behind[0].label
    last = f"{label}: not complete; `eurosift retry` goes on"
    raise IncompleteError("\n".join([*_ends(launch, label)[:20], last]))


def _ends(launch: Launch, label: str) -> list[str]:
    """What became of the elements of a phase that is not complete."""
    heard = {e.name: e for e in activity.elements(launch.folder, launch=launch.name)}
    told, silent = [], False
    for rank in range(Arrays.load(launch.folder, launch.name).find(label).elements):
        element = heard.get(f"{label}-{rank:05d}")
        if element is None:
            silent = True
        elif element.error:
            told.append(f"{element.name}: {element.error}")
        elif element.pulse is not Pulse.ENDED:
            told.append(
                f"{element.name}: its job {element.job} on {element.host} was ended from outside: "
                "cancelled, killed, or out of time"
            )
    if told or not silent:
        return told
    logs = launch.folder / "logs" / launch.name / label / "slurm_logs"
    texts = [path.read_text(errors="replace").strip() for path in sorted(logs.glob("*.out"))]
    said = next((text.splitlines()[-1] for text in texts if text), None)
    if said is not None:
        return [f"{label}: {said}"]
    text = (
        f"{label}: its elements ended without having written anything here: does "
        f"{launch.folder} lie on a file system that all nodes share?"
    )
    return [text]
