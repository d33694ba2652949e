"""What a launch on a cluster consists of: one array per phase, how many elements, and their shares.

It is decided when the launch is submitted and written down once, in a file that no one ever writes
again. Every element starts from this record and from the plan of the run: nothing is pickled, and
which items an element does cannot change under it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from eurosift.pipeline import events
from eurosift.pipeline.dag import Dag, Node
from eurosift.pipeline.errors import RunFolderError, SchedulerError
from eurosift.pipeline.events import EventLog
from eurosift.pipeline.shards import write_text
from eurosift.pipeline.site import Site
from eurosift.pipeline.states import PhaseState, State

LAUNCHES = "launches"
FILE = "arrays.json"
JOBS = "jobs.json"
FINISH = "finish"
"""Name of the last job of a launch, which winds it up."""

UNKNOWN_ITEMS = 48
"""Items that a phase is taken to have before they are known: two for each language."""


@dataclass(frozen=True)
class PhaseArray:
    """The array of one phase.

    Attributes
    ----------
    stage, phase
        What it runs; the phase of a layer is empty.
    elements
        How many elements do it, perhaps in several arrays of SLURM.
    todo
        Keys of the items that were to be done when it was submitted; None if they cannot be known
        before earlier phases are done.
    needs
        Labels of the arrays that come directly before it.
    """

    stage: str
    phase: str
    elements: int
    todo: tuple[str, ...] | None
    needs: tuple[str, ...]

    @property
    def label(self) -> str:
        """How a message names it: ``dedup.match``."""
        return f"{self.stage}.{self.phase}" if self.phase else self.stage


@dataclass(frozen=True)
class Arrays:
    """All arrays of a launch.

    Attributes
    ----------
    site
        The site profile, as it was.
    workers
        Worker processes of an element.
    phases
        The arrays, in the order in which they are submitted.
    """

    site: Site
    workers: int
    phases: tuple[PhaseArray, ...]

    @property
    def elements(self) -> int:
        """Jobs in the queue, but for the last one."""
        return sum(phase.elements for phase in self.phases)

    def find(self, label: str) -> PhaseArray:
        """The array of a phase."""
        return next(phase for phase in self.phases if phase.label == label)

    def save(self, folder: Path, launch: str) -> None:
        """Write the record."""
        record = {
            "site": self.site.model_dump(mode="json"),
            "workers": self.workers,
            "phases": [vars(phase) for phase in self.phases],
        }
        write_text(of_launch(folder, launch) / FILE, json.dumps(record, indent=1) + "\n")

    @classmethod
    def load(cls, folder: Path, launch: str) -> Arrays:
        """Read the record of a launch.

        Raises
        ------
        RunFolderError
            If it is not there, or damaged.
        """
        path = of_launch(folder, launch) / FILE
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            phases = tuple(_phase(phase) for phase in record["phases"])
            return cls(Site.model_validate(record["site"]), record["workers"], phases)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise RunFolderError(f"{path}: cannot be read: {error}") from error


def _phase(record: Mapping[str, Any]) -> PhaseArray:
    todo = record["todo"]
    return PhaseArray(
        record["stage"],
        record["phase"],
        record["elements"],
        None if todo is None else tuple(todo),
        tuple(record["needs"]),
    )


def of_launch(folder: Path, launch: str) -> Path:
    """Where what belongs to a launch on a cluster is kept."""
    return folder / LAUNCHES / launch


def has_ended(folder: Path, launch: str) -> bool:
    """Whether a launch on a cluster was wound up."""
    path = EventLog.file(folder, launch, phase=FINISH)
    return path.exists() and any(e.get("event") == "end" for e in events.read_file(path))


def unfinished(folder: Path) -> list[str]:
    """Launches on a cluster that were not wound up: they may still be in the queue."""
    names = sorted(path.parent.name for path in (folder / LAUNCHES).glob(f"*/{FILE}"))
    return [name for name in names if not has_ended(folder, name)]


def arrange(
    dag: Dag,
    states: Sequence[PhaseState],
    nodes: Sequence[Node],
    site: Site,
    *,
    workers: int,
    elements: int | None = None,
    most_jobs: int | None = None,
) -> Arrays:
    """Decide which arrays a launch has, and how many elements each.

    Without a wish there are as many elements as have work for all of their workers, up to
    `max_elements` of the site. If all phases together have more than the queue takes, the widest
    get fewer.

    Parameters
    ----------
    dag, states
        The stages, and where every phase stands.
    nodes
        The stages that are to run.
    site
        Where.
    workers
        Worker processes of an element.
    elements
        How many elements a phase has if it has so many items.
    most_jobs
        How many jobs the queue takes.

    Raises
    ------
    SchedulerError
        If the queue does not take even one element of each phase.
    """
    chosen = {node.name for node in nodes}
    last: dict[str, str] = {}
    phases: list[PhaseArray] = []
    shards = max((len(s.tasks) for s in states), default=1)
    for state in states:
        if state.stage not in chosen:
            continue
        todo = None
        if not state.waits:
            todo = tuple(t.task.key for t in state.tasks if t.state is not State.DONE)
            if not todo:
                continue
        items = min(shards, UNKNOWN_ITEMS) if todo is None else len(todo)
        wanted = elements or min(site.max_elements, math.ceil(items / workers))
        # An earlier phase of the same stage, or else the last ones of the stages before.
        own = last.get(state.stage)
        before = [own] if own else _last_of(dag, state.stage, last)
        array = PhaseArray(
            state.stage, state.phase, max(1, min(wanted, items)), todo, tuple(before)
        )
        phases.append(array)
        last[state.stage] = array.label
    return Arrays(site, workers, tuple(_fitted(phases, most_jobs)))


def _last_of(dag: Dag, stage: str, last: Mapping[str, str]) -> list[str]:
    """Labels of the last arrays of the stages directly before a stage.

    A stage that has nothing to do has none, and then no stage before it has.
    """
    return [last[need] for need in dag.nodes[stage].needs if need in last]


def _fitted(phases: list[PhaseArray], most_jobs: int | None) -> list[PhaseArray]:
    if most_jobs is None:
        return phases
    room = most_jobs - 1  # the last job
    if len(phases) > room:
        raise SchedulerError(
            f"the queue takes {most_jobs} jobs, but {len(phases)} phases and the last job need "
            f"{len(phases) + 1}: select fewer stages with -s, and run the others behind them"
        )
    widest = max((phase.elements for phase in phases), default=1)
    while sum(min(phase.elements, widest) for phase in phases) > room:
        widest -= 1
    return [replace(phase, elements=min(phase.elements, widest)) for phase in phases]
