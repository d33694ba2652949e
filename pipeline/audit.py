"""The layers of one shard, each read once: what their rows say against the ledgers in the footers.

Of each layer is kept what the ledgers of later ones need, a few bytes a row: which rows it
rejects, their language, and sizes. So text is read once, whatever the number of layers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from eurosift.langid import buckets
from eurosift.pipeline.bookkeeping import Rejects, count_rows, enter
from eurosift.pipeline.dag import BUCKET, LANGUAGE, MEASURES, TEXT, Node
from eurosift.pipeline.errors import InvariantError
from eurosift.pipeline.inputs import Inputs
from eurosift.pipeline.ledger import Ledger, rejected_rows
from eurosift.pipeline.plan import require_unchanged
from eurosift.pipeline.reread import Reread
from eurosift.pipeline.shards import read_batches
from eurosift.pipeline.states import Task
from eurosift.pipeline.tasks import Run
from eurosift.pipeline.workspace import layer_columns
from eurosift.stages.base import FURTHER_TOKENS, Stage
from eurosift.stages.footer import EVIDENCE, FINDINGS, Footer, Tally
from eurosift.stages.source import SourceStage

Hashes = np.ndarray[tuple[int], np.dtype[np.uint64]]
_REJECTED = "is rejected"
_LENGTHS = "characters of text"
_KEPT = (LANGUAGE, BUCKET, *(name for names in MEASURES.values() for name in names))


class ShardAudit:
    """The layers of a shard, to be read in the order of the stages.

    Parameters
    ----------
    run
        The run.
    shard
        Key of the shard.

    Attributes
    ----------
    ids
        64-bit hashes of the ids; empty as long as the documents layer was not read.
    """

    def __init__(self, run: Run, shard: str) -> None:
        self._run = run
        self._dag = run.dag
        self._shard = shard
        self._kept: dict[tuple[str, str], pa.Array] = {}
        self._whole: set[str] = set()
        self.ids: Hashes = np.empty(0, np.uint64)

    def read(self, node: Node, task: Task, *, current: bool) -> Footer:
        """Read one layer.

        Parameters
        ----------
        node, task
            Which.
        current
            Whether it is what its task would make now, so that it fits the other layers.

        Raises
        ------
        EurosiftError
            If something does not agree.
        """
        source = isinstance(node.step, SourceStage)
        reread = Reread(self._run.files.folder / task.path, task)
        footer = reread.footer
        fits = source or footer.rows == len(self.ids)
        counted = current and fits and self.knows(node)
        active = self.active(node, footer.rows) if counted else None
        ledger, rejects = Ledger(), Rejects()
        kept: dict[str, list[pa.Array]] = {}
        start = 0
        for batch in reread.batches():
            for name, array in _narrow(node, batch):
                kept.setdefault(name, []).append(array)
            if active is not None:
                self._count(ledger, node, batch, kept, active.slice(start, len(batch)), start)
            if node.decides:
                rejects.add(batch.column(node.step.reasons_column))
            start += len(batch)
        self._keep(node, kept)
        if node.decides and rejects.hexdigest() != footer.rejects:
            raise InvariantError(f"{task.path}: its rows reject others than its footer says")
        if current and not fits and self._dag.source.name in self._whole:
            layer = self._dag.source.name
            raise InvariantError(
                f"{task.path}: {footer.rows} rows, but {layer} has {self.ids.size}"
            )
        if counted and not _agree(ledger, footer):
            recount(self._run, node, task, footer)
        if source and current and self._dag.text_in_place:
            require_unchanged(Inputs(self._dag.recipe), self._run.plan.file(self._shard))
        return footer

    def knows(self, node: Node) -> bool:
        """Whether all layers before a stage were read and are whole."""
        before = (self._dag.nodes[name] for name in node.ancestors)
        return all(n.adds is None or n.name in self._whole for n in before)

    def active(self, node: Node, rows: int) -> pa.BooleanArray:
        """Which rows a stage works on, as `StageWorkspace.rows` has it."""
        text_only = isinstance(node.step, Stage) and node.step.active_on == "text"
        active = pa.repeat(True, rows)  # noqa: FBT003 - by position only
        for decider in self._dag.deciders(node, text_only=text_only):
            if decider is not node:
                active = pc.and_not(active, self._kept[decider.name, _REJECTED])
        return active

    def labels(self, node: Node) -> pa.Array:
        """Language and bucket of each row as a stage sees them; null where there is none."""
        language, bucket = (
            self._kept[holders[0], column] if holders else pa.nulls(len(self.ids), pa.string())
            for column in (LANGUAGE, BUCKET)
            for holders in (self._dag.holders(node, column),)
        )
        return buckets.labels(language, bucket)

    def _keep(self, node: Node, kept: Mapping[str, list[pa.Array]]) -> None:
        if not kept and node.adds is not None:  # a shard without rows
            nothing = pa.RecordBatch.from_pylist([], node.adds)
            kept = {name: [array] for name, array in _narrow(node, nothing)}
        arrays = {name: pa.concat_arrays(parts) for name, parts in kept.items()}
        if isinstance(node.step, SourceStage):
            self.ids = arrays.pop("id").to_numpy()
        self._kept |= {(node.name, name): array for name, array in arrays.items()}
        self._whole.add(node.name)

    def _count(
        self,
        ledger: Ledger,
        node: Node,
        batch: pa.RecordBatch,
        kept: Mapping[str, list[pa.Array]],
        active: pa.BooleanArray,
        start: int,
    ) -> None:
        size = len(batch)

        def column(name: str) -> pa.Array | None:
            if name in batch.schema.names:
                return batch.column(name)
            holders = self._dag.holders(node, name)
            return self._kept[holders[0], name].slice(start, size) if holders else None

        def characters() -> pa.Array | None:
            own = kept[_LENGTHS][-1] if _LENGTHS in kept else None
            before = None if isinstance(node.step, SourceStage) else self._lengths(node)
            if before is None:
                return own
            lengths = before.slice(start, size)
            return lengths if own is None else pc.coalesce(own, lengths)

        enter(ledger, self._dag, node, active, column, characters)

    def _lengths(self, node: Node) -> pa.Array | None:
        """Characters of the texts that a stage reads; None where no layer knows them."""
        holders = self._dag.holders(node, TEXT)
        if TEXT not in layer_columns(self._dag, node) or not holders:
            return None
        source = self._dag.source.name
        if self._dag.text_in_place and (source, _LENGTHS) not in self._kept:
            lengths = self._counted_by_others(node, holders)
            if lengths is None:
                return None
            self._kept[source, _LENGTHS] = lengths
        return pc.coalesce(*(self._kept[layer, _LENGTHS] for layer in holders))

    def _counted_by_others(self, node: Node, holders: list[str]) -> pa.Array | None:
        """Lengths of texts that stay in the input, from a stage that has counted the same texts."""
        for other in self._dag.nodes.values():
            names = [] if other.adds is None else other.adds.names
            column = next((name for name in MEASURES["characters"] if name in names), None)
            path = self._run.files.layer(other.name, self._shard)
            if (
                column is not None
                and holders == self._dag.holders(other, TEXT) == [self._dag.source.name]
                and TEXT in layer_columns(self._dag, other)
                and path.exists()
            ):
                try:
                    parts = [batch.column(0) for batch in read_batches(path, [column])]
                except InvariantError:  # which is told when it is the turn of that layer
                    continue
                lengths = pa.concat_arrays(parts) if parts else pa.nulls(0, pa.int64())
                if len(lengths) == len(self.ids):
                    return lengths.cast(pa.int64())
        return None


def _narrow(node: Node, batch: pa.RecordBatch) -> Iterator[tuple[str, pa.Array]]:
    """What is kept of the rows of a layer."""
    names = batch.schema.names
    for name in names:
        if name in _KEPT or name.startswith(FURTHER_TOKENS):
            yield name, batch.column(name)
    if TEXT in names:
        yield _LENGTHS, pc.utf8_length(batch.column(TEXT))
    if node.decides:
        yield _REJECTED, rejected_rows(batch.column(node.step.reasons_column))
    if isinstance(node.step, SourceStage):
        yield "id", pa.array(id_hashes(batch.column("id")))


def id_hashes(ids: pa.Array) -> Hashes:
    """64-bit hashes of ids; the same in every process."""
    hashes: Hashes = pl.Series(ids).hash(seed=0).to_numpy()
    return hashes


def _agree(ledger: Ledger, footer: Footer) -> bool:
    """Whether both say the same; a size of nothing need not be mentioned."""
    return (
        _without_zeros(ledger.tallies()) == _without_zeros(footer.tallies)
        and ledger.evidence() == footer.facts.get(EVIDENCE, {})
        and ledger.findings() == footer.facts.get(FINDINGS, {})
    )


def _without_zeros(tallies: Mapping[str, Tally]) -> dict[str, Tally]:
    return {
        language: tally.model_copy(
            update={"measures": {name: n for name, n in tally.measures.items() if n}}
        )
        for language, tally in tallies.items()
    }


def recount(run: Run, node: Node, task: Task, footer: Footer) -> None:
    """Count the ledger of a layer once more, from the very columns that its stage was given.

    Raises
    ------
    InvariantError
        If it is not that of the footer.
    """
    ledger = Ledger()
    own = read_batches(run.files.folder / task.path)
    if isinstance(node.step, SourceStage):
        for batch in own:
            count_rows(ledger, run.dag, node, batch, None, None)
    else:
        text_only = isinstance(node.step, Stage) and node.step.active_on == "text"
        columns = layer_columns(run.dag, node)
        rest = pa.Table.from_batches([], run.dag.nodes[node.name].adds)
        for rows in run.workspace(node).rows(task.key, columns, text_only=text_only):
            size = rows.batch.num_rows
            while rest.num_rows < size:
                rest = pa.concat_tables([rest, pa.Table.from_batches([next(own)])])
            out = rest.slice(0, size).combine_chunks().to_batches()[0]
            rest = rest.slice(size)
            count_rows(ledger, run.dag, node, out, rows.batch, rows.active)
    if not _agree(ledger, footer):
        raise InvariantError(f"{task.path}: its ledger is not what its rows say")
