"""How the elements of a launch fare, told from their events alone; SLURM is not asked."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from eurosift.pipeline import events
from eurosift.pipeline.arrays import FINISH, LAUNCHES, Arrays, is_on_cluster
from eurosift.pipeline.tables import Table, Value

SILENT_S = 180.0
"""An element that has said nothing for so long is stalled: it says something every half minute."""

INTERRUPTED_CODE = 75


class Fate(StrEnum):
    """What became of an element."""

    PENDING = "pending"
    RUNNING = "running"
    STALLED = "stalled"
    INTERRUPTED = "interrupted"
    FAILED = "failed"
    DONE = "done"


@dataclass(frozen=True)
class Element:
    """One element of an array.

    Attributes
    ----------
    label, rank
        Its phase and its number.
    fate
        What became of it.
    job, node
        Its job as SLURM names it, and where it ran last; empty if it has not started.
    silent_s
        Seconds since it last said something.
    items
        Items that it has finished.
    error
        What it ended with.
    """

    label: str
    rank: int
    fate: Fate
    job: str = ""
    node: str = ""
    silent_s: float = 0.0
    items: int = 0
    error: str = ""


def last_launch(folder: Path) -> str | None:
    """The last launch of a run, if it was submitted to a cluster."""
    names = sorted(path.stem for path in (folder / LAUNCHES).glob("*.json"))
    return names[-1] if names and is_on_cluster(folder, names[-1]) else None


def has_ended(folder: Path, launch: str) -> bool:
    """Whether a launch on a cluster was wound up."""
    path = events.EventLog.file(folder, launch, 0, FINISH)
    return path.exists() and any(e.get("event") == "end" for e in events.read_file(path))


def unfinished(folder: Path) -> list[str]:
    """Launches on a cluster that were not wound up: they may still be in the queue."""
    names = [path.name for path in sorted((folder / LAUNCHES).glob("*/")) if path.is_dir()]
    return [n for n in names if is_on_cluster(folder, n) and not has_ended(folder, n)]


def of_launch(folder: Path, launch: str, now: dt.datetime | None = None) -> Iterator[Element]:
    """Every element of every array of a launch, in order."""
    now = now or dt.datetime.now(dt.UTC)
    for array in Arrays.load(folder, launch).phases:
        for rank in range(array.elements):
            path = events.EventLog.file(folder, launch, rank, array.label)
            found = events.read_file(path) if path.exists() else []
            yield _element(array.label, rank, found, now)


def _element(label: str, rank: int, found: list[dict[str, Any]], now: dt.datetime) -> Element:
    start = next((e for e in reversed(found) if e.get("event") == "element_start"), None)
    if start is None:
        return Element(label, rank, Fate.PENDING)
    last = found[-1]
    silent = (now - dt.datetime.fromisoformat(last["time"])).total_seconds()
    return Element(
        label,
        rank,
        _fate(last, silent),
        f"{start.get('job')}_{start.get('task')}",
        str(start.get("node") or start.get("host")),
        max(silent, 0.0),
        sum(e.get("event") == "shard_done" for e in found),
        str(last.get("error", "")),
    )


def _fate(last: Mapping[str, Any], silent: float) -> Fate:
    if last.get("event") != "element_end":
        return Fate.STALLED if silent > SILENT_S else Fate.RUNNING
    if last.get("code") == 0:
        return Fate.DONE
    return Fate.INTERRUPTED if last.get("code") == INTERRUPTED_CODE else Fate.FAILED


def tables(folder: Path) -> list[Table]:
    """Elements of the last launch by phase, and those that one should look after.

    Nothing if the last launch was none on a cluster, or is over.
    """
    launch = last_launch(folder)
    if launch is None:
        return []
    found = list(of_launch(folder, launch))
    if has_ended(folder, launch) and all(element.fate is Fate.DONE for element in found):
        return []
    rows: list[dict[str, Value]] = []
    for label in dict.fromkeys(element.label for element in found):
        counts = Counter(element.fate for element in found if element.label == label)
        rows.append({"array": label, **{fate.value: counts[fate] for fate in Fate}})
    columns = ("array", *(fate.value for fate in Fate))
    bad = {Fate.STALLED, Fate.FAILED, Fate.INTERRUPTED}
    looked: list[dict[str, Value]] = [
        {
            "array": e.label,
            "element": e.rank,
            "fate": e.fate.value,
            "job": e.job,
            "node": e.node,
            "silent_s": round(e.silent_s),
            "error": e.error.splitlines()[0] if e.error else "",
        }
        for e in found
        if e.fate in bad
    ]
    shown = [Table("elements", columns, rows)]
    if looked:
        names = ("array", "element", "fate", "job", "node", "silent_s", "error")
        shown.append(Table("look_after", names, looked))
    return shown
