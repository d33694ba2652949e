"""How long it took, and which work items took longest: from the events, not from the footers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

import numpy as np

from eurosift.pipeline.html.charts import spread
from eurosift.pipeline.html.grid import Column, Grid

SHOWN: Final = 15
SLOW: Final = 2.0
"""A straggler takes longer than so many times the 95th percentile of its stage, or the median."""


class Done(NamedTuple):
    """One finished work item."""

    stage: str
    key: str
    seconds: float
    rows: int
    host: str


@dataclass(frozen=True)
class Timings:
    """What the events tell.

    Attributes
    ----------
    first, last
        Time of the first and of the last event, ISO 8601, UTC.
    launches
        How often `run` was started.
    troubles
        Events that tell of failures, by kind.
    stages
        Seconds per stage.
    stragglers
        The items that took much longer than others of their stage; None if there are none.
    """

    first: str
    last: str
    launches: int
    troubles: Mapping[str, int]
    stages: Grid
    stragglers: Grid | None

    @property
    def elapsed(self) -> float:
        """Seconds from the first to the last event."""
        return (
            datetime.fromisoformat(self.last) - datetime.fromisoformat(self.first)
        ).total_seconds()


_TROUBLES: Final = {
    "shard_failed": "failed items",
    "worker_died": "workers that died",
    "quarantined": "pages quarantined",
}


def timings(events: Iterable[Mapping[str, Any]]) -> Timings | None:
    """What events tell, as `eurosift.pipeline.events.read` gives them; None if there are none.

    An item that was done more than once counts as it was done last.
    """
    done: dict[tuple[str, str], Done] = {}
    times: list[str] = []
    launches = 0
    troubles: dict[str, int] = {}
    for event in events:
        kind = event.get("event")
        times.append(str(event.get("time")))
        if kind == "start":
            launches += 1
        elif kind == "shard_done":
            item = Done(
                str(event.get("stage")),
                str(event.get("key")),
                float(event.get("seconds", 0)),
                int(event.get("rows", 0)),
                str(event.get("host")),
            )
            done[item.stage, item.key] = item
        elif kind in _TROUBLES:
            troubles[_TROUBLES[kind]] = troubles.get(_TROUBLES[kind], 0) + 1
    if not done:
        return None
    by_stage: dict[str, list[Done]] = {}
    for item in done.values():
        by_stage.setdefault(item.stage, []).append(item)
    return Timings(
        times[0], times[-1], launches, troubles, _stages(by_stage), _stragglers(by_stage)
    )


def _stages(by_stage: Mapping[str, list[Done]]) -> Grid:
    longest = max(item.seconds for items in by_stage.values() for item in items)
    rows = []
    for stage, items in by_stage.items():
        seconds = np.array([item.seconds for item in items])
        low, middle, high = np.quantile(seconds, [0, 0.5, 0.95])
        n, total = sum(item.rows for item in items), float(seconds.sum())
        rows.append(
            {
                "stage": stage,
                "items": len(items),
                "rows": n,
                "total": total,
                "rate": round(n / total) if total else None,
                "median": float(middle),
                "p95": float(high),
                "max": float(seconds.max()),
                "chart": spread(low, middle, high, float(seconds.max()), longest),
            }
        )
    columns = (
        Column("stage", "stage", "code"),
        Column("items", "items"),
        Column("rows", "rows"),
        Column("total", "worker time", "seconds"),
        Column("rate", "rows per second"),
        Column("median", "median", "seconds"),
        Column("p95", "95%", "seconds"),
        Column("max", "longest", "seconds"),
        Column("chart", "least, median, 95%, longest", "chart"),
    )
    return Grid("timings-stages", "Time per work item, by stage", columns, rows)


def _stragglers(by_stage: Mapping[str, list[Done]]) -> Grid | None:
    slow: list[tuple[float, Done, float]] = []
    for items in by_stage.values():
        seconds = np.array([item.seconds for item in items])
        middle, high = (float(x) for x in np.quantile(seconds, [0.5, 0.95]))
        limit = SLOW * max(middle, high if len(items) >= 20 else middle)
        slow += [(item.seconds - middle, item, middle) for item in items if item.seconds > limit]
    slow.sort(key=lambda found: (-found[0], found[1].stage, found[1].key))
    rows = [
        {
            "item": f"{item.stage}/{item.key}",
            "seconds": item.seconds,
            "median": middle,
            "times": round(item.seconds / middle, 1) if middle else None,
            "rows": item.rows,
            "host": item.host,
        }
        for _, item, middle in slow[:SHOWN]
    ]
    columns = (
        Column("item", "item", "code"),
        Column("seconds", "time", "seconds"),
        Column("median", "median of the stage", "seconds"),
        Column("times", "times the median"),
        Column("rows", "rows"),
        Column("host", "host", "code"),
    )
    caption = f"Items that took much longer than others of their stage ({len(slow):,})"
    return Grid("timings-stragglers", caption, columns, rows) if rows else None
