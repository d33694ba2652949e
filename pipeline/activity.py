"""Who is at work on a run, and on what: told from the events of its last launch alone.

A launch consists of one element, or, on a cluster, of many; each writes events into a file of its
own. An element that has not said that it ended, and says nothing for longer than a few heartbeats,
has stalled: its node is gone, or it was killed, or it hangs.
"""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from eurosift.pipeline import events
from eurosift.pipeline.processes import start_time
from eurosift.pipeline.states import PhaseState, State
from eurosift.pipeline.tables import Table, Value

STALLED_S = 180.0
"""Silence after which an element has stalled; while it works it is heard every 30 s."""

_STARTS = {"start", "element_start"}
_ENDS = {"end", "element_end"}
"""What a launch on one machine, and an array element, say at their beginning and end."""

_OVER = {"shard_done", "shard_failed", "worker_died"}
"""Events after which nobody is at work on an item."""


class Pulse(StrEnum):
    """Whether an element is alive."""

    RUNNING = "running"
    STALLED = "stalled"
    ENDED = "ended"


@dataclass
class Element:
    """One array element, or the whole of a launch on one machine.

    Attributes
    ----------
    name
        That of its file of events.
    host, pid
        Where its coordinator is.
    job
        Its job, as SLURM names it; empty if it is none.
    stage
        The phase that it began last.
    heard
        Time of its last event.
    pulse
        Whether it is alive.
    done, failed
        Items that it has done, and that failed, counting all attempts; 0 once it has ended.
    items
        Stage and item of what it is at work on, the longest first, with the time when it began.
    error
        What it ended with, if that was an error.
    """

    name: str
    host: str = ""
    pid: int = 0
    job: str = ""
    stage: str = ""
    heard: str = ""
    pulse: Pulse = Pulse.ENDED
    done: int = 0
    failed: int = 0
    items: dict[tuple[str, str], str] = field(default_factory=dict)
    error: str = ""

    def hear(self, event: Mapping[str, Any]) -> None:
        """Take in its next event."""
        kind, item = event.get("event"), (str(event.get("stage")), str(event.get("key")))
        who = str(event.get("host")), int(event.get("pid") or 0)
        if kind not in _STARTS and self.host and who != (self.host, self.pid):
            return  # of an earlier attempt, which lives on although another has taken over
        self.host, self.pid = who
        self.heard = str(event.get("time"))
        self.pulse = Pulse.RUNNING
        self.job = str(event.get("job") or self.job)
        if kind in _STARTS | _ENDS:
            self.items, self.error = {}, str(event.get("error") or "")
        if kind in _ENDS:
            self.pulse = Pulse.ENDED
        elif kind == "phase":
            self.stage, self.items = item[0], {}
        elif kind == "shard_start":
            self.items.pop(item, None)  # of an attempt that failed without a word
            self.items[item] = self.heard
        elif kind in _OVER:
            self.items.pop(item, None)
            self.done += kind == "shard_done"
            self.failed += kind == "shard_failed"

    def check(self, now: dt.datetime) -> None:
        """Find out whether it still lives, if it has not said that it ended."""
        if self.pulse is Pulse.ENDED:
            return
        try:
            silent = (now - dt.datetime.fromisoformat(self.heard)).total_seconds()
        except ValueError:
            silent = STALLED_S + 1
        gone = self.host == os.uname().nodename and start_time(self.pid) is None
        self.pulse = Pulse.STALLED if gone or silent > STALLED_S else Pulse.RUNNING


def elements(
    folder: Path, now: dt.datetime | None = None, launch: str | None = None
) -> list[Element]:
    """Elements of a launch of a run that have begun, in the order of their names.

    Parameters
    ----------
    folder
        The run folder.
    now
        The time; by default that of the clock.
    launch
        The launch; by default the last.
    """
    launches = sorted(path.stem for path in (folder / "launches").glob("*.json"))
    launch = launch or (launches[-1] if launches else None)
    paths = sorted((folder / events.FOLDER).glob(f"{launch}-*.jsonl")) if launch else []
    found = []
    for path in paths:
        element = Element(path.stem.removeprefix(f"{launch}-"))
        last = events.last(path)
        # Of one that has ended nothing else is of interest, and there may be very many events.
        ended = last.get("event") in _ENDS
        for event in [last] if ended else events.read_file(path):
            element.hear(event)
        element.check(now or dt.datetime.now(dt.UTC))
        found.append(element)
    return found


def at_work(found: Iterable[Element]) -> Table:
    """One row per element that has not ended, with its job where there is one.

    `since` is when the first of the items that it works on began.
    """
    found = [e for e in found if e.pulse is not Pulse.ENDED]
    job = ("job",) if any(e.job for e in found) else ()
    rows: list[dict[str, Value]] = [
        {
            "element": e.name,
            **dict.fromkeys(job, e.job),
            "host": e.host,
            "pid": e.pid,
            "state": e.pulse.value,
            "stage": e.stage,
            "done": e.done,
            "failed": e.failed,
            "working_on": ", ".join(key for _, key in e.items),
            "since": next(iter(e.items.values()), ""),
            "last_heard": e.heard,
        }
        for e in found
    ]
    columns = ("element", *job, "host", "pid", "state", "stage", "done", "failed", "working_on")
    return Table("at_work", (*columns, "since", "last_heard"), rows, cut=("working_on",))


def progress(
    states: Iterable[PhaseState],
    found: Iterable[Element],
    failures: Iterable[tuple[str, str]],
) -> Table:
    """One row per phase: how many items are done, in the works, stalled, failed, or pending.

    Parameters
    ----------
    states
        State of every phase.
    found
        The elements of the last launch.
    failures
        Stage and item of what failed when it was last tried.
    """
    standing = dict.fromkeys(failures, "failed")
    for element in found:
        standing |= dict.fromkeys(element.items, element.pulse.value)
    rows: list[dict[str, Value]] = []
    for state in states:
        counts = Counter(
            standing.get((state.label, t.task.key), "pending")
            for t in state.tasks
            if t.state is not State.DONE
        )
        row: dict[str, Value] = {"stage": state.label, "items": state.items}
        row |= {"done": state.count(State.DONE)}
        row |= {name: counts[name] for name in ("running", "stalled", "failed", "pending")}
        rows.append(row | {"waits_for": state.waits_for})
    columns = ("stage", "items", "done", "running", "stalled", "failed", "pending", "waits_for")
    return Table("stages", columns, rows)
