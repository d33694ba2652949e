"""Texts of a run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import pyarrow as pa

from eurosift.langid import buckets
from eurosift.pipeline.counts.sources import Findings, Source, Texts, Unit
from eurosift.pipeline.dag import BUCKET, LANGUAGE, TEXT
from eurosift.pipeline.tasks import Run
from eurosift.pipeline.view import KEPT, View
from eurosift.stages.footer import UNDETERMINED
from eurosift.stages.release.parts import folder_of


class RunSource(Source):
    """The documents of a run that all complete stages have kept, with their text as it is now."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._view = View(run)
        self._columns = [
            name for name in (LANGUAGE, BUCKET, TEXT, KEPT) if name in self._view.schema
        ]

    def unfinished(self) -> list[str]:
        """Stages that are not up to date; what they decide is not heeded before all is made."""
        return [state.label for state in self._run.states() if not state.done]

    @cached_property
    def units(self) -> Sequence[Unit]:
        """The shards."""
        return [Unit(shard) for shard in self._view.shards]

    def read(self, unit: Unit, findings: Findings) -> Iterator[Texts]:
        """Yield the kept documents of a shard."""
        for frame in self._view.batches(unit.name, self._columns):
            rows = frame.filter(KEPT).drop(KEPT).to_arrow().combine_chunks()
            for batch in rows.to_batches():
                texts = batch.column(TEXT).cast(pa.string())
                labels = labels_of(batch)
                there = texts.is_valid()
                findings.count_missing(labels, there)
                findings.note_columns(labels, ("id", "text"))
                yield Texts(labels.filter(there), texts.filter(there))

    def size_bytes(self, name: str) -> int:
        """Size of the input file of a shard."""
        return self._run.plan.file(name).size_bytes


def labels_of(batch: pa.RecordBatch) -> pa.Array:
    """Labels as a release has them: what is no code of a language, as ``und``."""
    names = batch.schema.names
    if LANGUAGE not in names:
        return pa.array([UNDETERMINED] * batch.num_rows, pa.string())
    bucket = batch.column(BUCKET).cast(pa.string()) if BUCKET in names else None
    labels = buckets.labels(batch.column(LANGUAGE).cast(pa.string()), bucket)
    encoded = labels.fill_null(UNDETERMINED).dictionary_encode()
    folders = [folder_of(label) for label in encoded.dictionary.to_pylist()]
    return pa.array(folders, pa.string()).take(encoded.indices)
