"""Distinct errors of a run, from its events: grouped, counted, the newest first.

A hundred items that fail in the same place are one row. Errors belong together if they were raised
in the same stage, with the same class, from the same line of code; where there is no traceback,
if they say the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from eurosift.pipeline.tables import Table, Value

_FRAME = re.compile(r'^  File "(?P<file>.*)", line (?P<line>\d+), in (?P<function>.*)$')
_HEADER = "Traceback (most recent call last):"


class Frame(NamedTuple):
    """One frame of a traceback."""

    file: str
    line: int
    function: str
    source: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} in {self.function}"


def frames(traceback: str) -> list[Frame]:
    """Frames of the error that was raised last, its origin first."""
    lines = traceback.rpartition(_HEADER)[2].splitlines()
    found: list[Frame] = []
    for i, line in enumerate(lines):
        match = _FRAME.match(line)
        if match:
            below = lines[i + 1] if i + 1 < len(lines) else ""
            source = below.strip() if below.startswith("    ") else ""
            found.append(Frame(match["file"], int(match["line"]), match["function"], source))
    return found[::-1]


def causes(traceback: str) -> list[str]:
    """What the error that was raised last came from: ``error, at frame``, the nearest first."""
    found = []
    for block in traceback.split(_HEADER)[1:-1]:
        at = frames(_HEADER + block)
        said = [x for x in block.splitlines() if x and not x.startswith(" ")]
        if said and at:
            found.append(f"{said[0]}, at {at[0]}")
    return found[::-1]


@dataclass
class ErrorGroup:
    """Failures with one origin.

    Attributes
    ----------
    stage
        Stage and phase.
    error, traceback
        Those of the newest failure.
    first, last
        Time of the oldest and of the newest failure.
    times
        Number of failures.
    items
        Items that failed so, and whether each is still to be done.
    """

    stage: str
    error: str
    traceback: str
    first: str
    last: str
    times: int = 0
    items: dict[str, bool] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        """Where the error was raised; empty if that is not known."""
        found = frames(self.traceback)
        return str(found[0]) if found else ""

    @property
    def open(self) -> int:
        """Number of items that are still to be done."""
        return sum(self.items.values())


def group(
    events: Iterable[Mapping[str, Any]], still_failed: Iterable[tuple[str, str]]
) -> list[ErrorGroup]:
    """Group the failures of a run.

    Parameters
    ----------
    events
        All events, by time.
    still_failed
        Stage and item of the failures that are still to be mended.
    """
    failed = set(still_failed)
    groups: dict[tuple[str, str], ErrorGroup] = {}
    for event in events:
        if event.get("event") != "shard_failed":
            continue
        stage, item, error = (str(event.get(name)) for name in ("stage", "key", "error"))
        traceback, time = str(event.get("traceback") or ""), str(event.get("time"))
        at = frames(traceback)
        mark = f"{error.partition(':')[0]} at {at[0]}" if at else error
        found = groups.setdefault(
            (stage, mark), ErrorGroup(stage, error, traceback, first=time, last=time)
        )
        found.error, found.traceback, found.last = error, traceback, time
        found.times += 1
        found.items[item] = (stage, item) in failed
    return sorted(groups.values(), key=lambda g: g.last, reverse=True)


def table(groups: Iterable[ErrorGroup]) -> Table:
    """One row per group."""
    columns = ("stage", "items", "open", "times", "first", "last", "error", "origin", "traceback")
    rows: list[dict[str, Value]] = [
        {
            "stage": g.stage,
            "items": len(g.items),
            "open": g.open,
            "times": g.times,
            "first": g.first,
            "last": g.last,
            "error": g.error,
            "origin": g.origin,
            "traceback": g.traceback,
        }
        for g in groups
    ]
    return Table("errors", columns, rows)


def describe(found: ErrorGroup) -> str:
    """A group for people: what, where it came from, then the way there, then the items."""
    times = "" if found.times == len(found.items) else f", {found.times} times"
    state = f"{found.open} of them to be done" if found.open else "all done since"
    n = len(found.items)
    lines = [
        f"{found.stage}: {found.error}",
        f"  {n} item{'s' if n > 1 else ''}{times}, last {found.last}; {state}",
    ]
    for i, frame in enumerate(frames(found.traceback)):
        lines.append(f"  {'at' if i == 0 else 'by'} {frame}")
        if frame.source:
            lines.append(f"       {frame.source}")
    lines += [f"  because of {cause}" for cause in causes(found.traceback)]
    shown = sorted(found.items)[:5]
    more = f" and {n - len(shown)} more" if n > len(shown) else ""
    return "\n".join([*lines, f"  items: {', '.join(shown)}{more}"]) + "\n"
