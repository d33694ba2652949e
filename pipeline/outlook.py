"""What a launch on a cluster will take: elements, node-hours, files, bytes.

Hours come from the run's own events: how long the items of a phase took that were done before, on
whatever machine. Of a phase whose items cannot be listed yet, the bytes are taken that the stages
before it are going to read. Of one of which nothing was done yet nothing is known, nothing is said.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eurosift.pipeline.arrays import Arrays, PhaseArray
from eurosift.pipeline.packing import shares
from eurosift.pipeline.tables import Table, Value

START_S = 10.0
"""What an element takes to start."""

FILES_OF_ELEMENT = 5
"""Output, log, statistics, marker and events of an element."""

FILES_OF_ARRAY = 2
"""Script and gate of an array."""


@dataclass(frozen=True)
class Rates:
    """How long items took.

    Attributes
    ----------
    per_byte
        Seconds per byte of input; where items are no shards, per byte of all that went through.
    per_item
        Seconds per item.
    """

    per_byte: Mapping[str, float]
    per_item: Mapping[str, float]

    @classmethod
    def of(cls, events: Iterable[Mapping[str, Any]], sizes: Mapping[str, int]) -> Rates:
        """Learn from events; `sizes` are the bytes of each shard."""
        seconds: dict[str, float] = defaultdict(float)
        amounts: dict[str, int] = defaultdict(int)
        counts: dict[str, int] = defaultdict(int)
        for event in events:
            if event.get("event") != "shard_done":
                continue
            label = str(event.get("stage"))
            seconds[label] += float(event.get("seconds", 0.0))
            amounts[label] += sizes.get(str(event.get("key")), 0)
            counts[label] += 1
        through = max(amounts.values(), default=0)
        return cls(
            {label: seconds[label] / (n or through) for label, n in amounts.items() if through},
            {label: seconds[label] / n for label, n in counts.items()},
        )

    def seconds(self, label: str, size: int | None) -> float | None:
        """How long an item takes; None if nothing is known."""
        if size is not None and label in self.per_byte:
            return self.per_byte[label] * size
        return self.per_item.get(label)


@dataclass(frozen=True)
class Outlook:
    """What a launch will take.

    Attributes
    ----------
    arrays
        The launch.
    sizes
        Bytes of each shard.
    rates
        How long items took before.
    """

    arrays: Arrays
    sizes: Mapping[str, int]
    rates: Rates

    def node_hours(self, array: PhaseArray) -> float | None:
        """Node-hours of an array; None if nothing is known."""
        nodes = self.arrays.site.nodes_used
        if array.todo is None:
            rate = self.rates.per_byte.get(array.label)
            if rate is None:
                return None
            seconds = rate * self.coming_bytes / self.arrays.workers
            return (array.elements * START_S + seconds) / 3600 * nodes
        found = {key: self.rates.seconds(array.label, self.sizes.get(key)) for key in array.todo}
        if None in found.values():
            return None
        weights = {key: self.sizes.get(key, 1) for key in array.todo}
        total = 0.0
        for keys in shares(weights, array.elements):
            times = [found[key] or 0.0 for key in keys]
            total += START_S + max(sum(times) / self.arrays.workers, max(times, default=0.0))
        return total / 3600 * nodes

    @property
    def coming_bytes(self) -> int:
        """Bytes of the shards that something is to be done for."""
        known = {
            key for array in self.arrays.phases for key in array.todo or () if key in self.sizes
        }
        return sum(self.sizes[key] for key in known or self.sizes)

    @property
    def most_node_hours(self) -> float:
        """Node-hours if every element took all of its time."""
        site = self.arrays.site
        return self.arrays.elements * site.time / 60 * site.nodes_used

    @property
    def expected(self) -> float | None:
        """Node-hours of all arrays; None if nothing is known of some."""
        found = [self.node_hours(array) for array in self.arrays.phases]
        return None if None in found else sum(hours or 0.0 for hours in found)

    @property
    def files(self) -> int:
        """Files that will be written, as far as items are known."""
        items = sum(len(array.todo or ()) for array in self.arrays.phases)
        more = FILES_OF_ELEMENT * self.arrays.elements + FILES_OF_ARRAY * len(self.arrays.phases)
        return items + more

    def tables(self) -> list[Table]:
        """One row per array, and the whole."""
        rows: list[dict[str, Value]] = []
        for array in self.arrays.phases:
            hours = self.node_hours(array)
            todo = array.todo
            rows.append(
                {
                    "array": array.label,
                    "elements": array.elements,
                    "items": None if todo is None else len(todo),
                    "input_bytes": None if todo is None else self._bytes(todo),
                    "node_hours": None if hours is None else round(hours, 2),
                }
            )
        columns = ("array", "elements", "items", "input_bytes", "node_hours")
        expected = self.expected
        whole: dict[str, Value] = {
            "elements": self.arrays.elements,
            "jobs": self.arrays.elements + 1,
            "cores": self.arrays.site.cores_used,
            "workers": self.arrays.workers,
            "files": self.files,
            "input_bytes": sum(self.sizes.values()),
            "node_hours": None if expected is None else round(expected, 2),
            "node_hours_at_most": round(self.most_node_hours, 1),
        }
        return [Table("arrays", columns, rows), Table("whole", tuple(whole), [whole])]

    def _bytes(self, keys: Sequence[str]) -> int | None:
        known = [self.sizes[key] for key in keys if key in self.sizes]
        return sum(known) if known else None
