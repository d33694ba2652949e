"""Whether a release holds every document of the run exactly once, in the files where it belongs.

Each place (``data/mlt_Latn``, ``rejected/und``) is compared by the number and the sum of the 64-bit
hashes of its ids, so that a run of any size needs no memory for it. Only where these differ are ids
read again, to say which.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from eurosift.langid import buckets
from eurosift.pipeline.audit import Hashes, ShardAudit, id_hashes
from eurosift.pipeline.dag import BUCKET, LANGUAGE, Node
from eurosift.pipeline.shards import read_batches
from eurosift.pipeline.states import Task
from eurosift.pipeline.tasks import Run
from eurosift.stages.release.assemble import Assemble
from eurosift.stages.release.columns import KEPT_VERDICT, REJECTED_VERDICT
from eurosift.stages.release.parts import folder_of

SHOWN = 5
"""How many documents are named of each place."""

Place = tuple[str, str]
"""Verdict and label."""


_NONE: Hashes = np.empty(0, np.uint64)
_Part = tuple[Place, np.ndarray[tuple[int], np.dtype[np.int64]]]


class Released:
    """What a release should hold, and what it holds.

    Parameters
    ----------
    run
        The run.
    node
        The stage that makes the release.

    Attributes
    ----------
    unknown
        Whether a file could not be read, which is told anyway: nothing else is said then.
    """

    def __init__(self, run: Run, node: Node) -> None:
        self._run = run
        self._node = node
        self.unknown = False
        self._missing: Counter[Place] = Counter()
        self._sums: dict[Place, np.uint64] = {}
        self._files: dict[Place, list[Task]] = {}
        self._selections = {
            phase.selection.verdict: phase.selection
            for phase in node.phases
            if isinstance(phase, Assemble)
        }
        self._tasks = {  # with their payloads, which tasks of a state that is done no longer have
            task.path: task
            for phase in node.phases
            if isinstance(phase, Assemble)
            for task in run.tasks(node, phase)
        }

    def expect(self, audit: ShardAudit) -> None:
        """Add the documents of a shard; unknown where they belong if a layer before is missing."""
        if not audit.knows(self._node):
            self.unknown = True
            return
        active = audit.active(self._node, len(audit.ids))
        for place, rows in _places(active, audit.labels(self._node)):
            self._add(place, audit.ids[rows], 1)

    def find(self, phase: Assemble, task: Task, batch: pa.RecordBatch) -> None:
        """Take off some rows of a file."""
        self._add(self.place(phase, task), id_hashes(batch.column("id")), -1)

    def place(self, phase: Assemble, task: Task) -> Place:
        """Place that a file belongs to."""
        task = self._tasks[task.path]
        place = (phase.selection.verdict, task.payload["language"])
        files = self._files.setdefault(place, [])
        if task not in files:
            files.append(task)
        return place

    def _add(self, place: Place, hashes: Hashes, sign: int) -> None:
        self._missing[place] += sign * len(hashes)
        total = hashes.sum(dtype=np.uint64)
        before = self._sums.get(place, np.uint64(0))
        with np.errstate(over="ignore"):
            self._sums[place] = before + total if sign > 0 else before - total

    def problems(self) -> Iterator[str]:
        """What is not where it belongs, in words."""
        wrong = {place for place, n in self._missing.items() if n or self._sums[place]}
        if not wrong or self.unknown:
            return
        expected: dict[Place, list[Hashes]] = {place: [] for place in wrong}
        found = {place: self._found(place) for place in wrong}
        told: dict[Place, list[str]] = {place: [] for place in wrong}
        for shard in self._run.plan.shards:
            for start, ids, places in self._documents(shard):
                for place, rows in places:
                    if place not in wrong:
                        continue
                    hashes = id_hashes(ids.take(pa.array(rows)))
                    expected[place].append(hashes)
                    for i in np.flatnonzero(~np.isin(hashes, found[place])):
                        where = " or ".join(self._candidates(place, shard))
                        name = f"{ids[int(rows[i])]} ({shard} row {start + int(rows[i])})"
                        told[place].append(f"{where}: document {name} is missing")
        for place in sorted(wrong):
            told[place] += self._foreign(place, np.concatenate([*expected[place], _NONE]))
            yield from told[place][:SHOWN]
            more = len(told[place]) - SHOWN
            if more > 0:
                yield f"{self._folder(place)}: {more} more documents that are not as they should be"

    def _found(self, place: Place) -> Hashes:
        files = self._files.get(place, [])
        hashes = [h for task in files for _, h in self._ids(task)]
        return np.concatenate([*hashes, _NONE])

    def _ids(self, task: Task) -> Iterator[tuple[pa.Array, Hashes]]:
        for batch in read_batches(self._run.files.folder / task.path, ["id"]):
            yield batch.column(0), id_hashes(batch.column(0))

    def _documents(self, shard: str) -> Iterator[tuple[int, pa.Array, list[_Part]]]:
        workspace = self._run.workspace(self._node)
        start = 0
        for rows in workspace.rows(shard, ["id", LANGUAGE, BUCKET]):
            ids, language, bucket = rows.batch.columns
            yield start, ids, list(_places(rows.active, buckets.labels(language, bucket)))
            start += rows.batch.num_rows

    def _foreign(self, place: Place, expected: Hashes) -> Iterator[str]:
        """Documents that a file holds and should not, or holds once more."""
        seen: dict[int, int] = {}
        values, counts = np.unique(expected, return_counts=True)
        allowed = dict(zip(values.tolist(), counts.tolist(), strict=True))
        for task in self._files.get(place, []):
            for ids, hashes in self._ids(task):
                for i, key in enumerate(hashes.tolist()):
                    seen[key] = seen.get(key, 0) + 1
                    if key not in allowed:
                        yield f"{task.path}: holds document {ids[i]}, which does not belong there"
                    elif seen[key] > allowed[key]:
                        yield f"{task.path}: holds document {ids[i]} once more"

    def _candidates(self, place: Place, shard: str) -> list[str]:
        """Files in which the documents of a shard should be."""
        files = self._files.get(place, [])
        named = [t.path for t in files if shard in {s["shard"] for s in t.payload["sources"]}]
        return named or [self._folder(place)]

    def _folder(self, place: Place) -> str:
        verdict, language = place
        return f"{self._node.name}/{self._selections[verdict].folder}/{language}"


def _places(active: pa.BooleanArray, values: pa.Array) -> Iterator[_Part]:
    """Rows of each place, by their labels."""
    labels = values.cast(pa.string()).dictionary_encode()
    codes = labels.indices.fill_null(len(labels.dictionary)).to_numpy()
    folders = [folder_of(label) for label in [*labels.dictionary.to_pylist(), None]]
    names = sorted(set(folders))
    number = np.array([names.index(folder) for folder in folders])[codes] * 2
    number += np.asarray(active)
    for place in np.unique(number):
        verdict = KEPT_VERDICT if place % 2 else REJECTED_VERDICT
        yield (verdict, names[place // 2]), np.flatnonzero(number == place)
