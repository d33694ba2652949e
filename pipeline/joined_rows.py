"""Rows of a shard with columns of any layer before a stage, joined row by row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from eurosift.pipeline.cursors import Cursor, aligned
from eurosift.pipeline.dag import TEXT, Dag, Node
from eurosift.pipeline.inputs import Inputs
from eurosift.pipeline.ledger import rejected_rows
from eurosift.pipeline.plan import InputFile, Plan, require_unchanged
from eurosift.pipeline.run_files import RunFiles
from eurosift.pipeline.shards import read_batches
from eurosift.stages.base import ROW
from eurosift.stages.errors import ContractError
from eurosift.stages.phases import Rows
from eurosift.stages.source import SourceStage


def holders_of(dag: Dag, node: Node, columns: Sequence[str]) -> dict[str, list[str]]:
    """Which columns a stage reads from which layer; of text, from all that may hold it."""
    wanted: dict[str, list[str]] = {}
    for column in columns:
        if column == ROW:
            continue
        holders = dag.holders(node, column)
        for layer in holders if column == TEXT else holders[:1]:
            wanted.setdefault(layer, []).append(column)
    return {layer: list(dict.fromkeys(names)) for layer, names in wanted.items()}


@dataclass(frozen=True)
class JoinedRows:
    """Reads the rows that a stage of a run sees; with the parameters of `StageWorkspace`."""

    dag: Dag
    node: Node
    plan: Plan
    files: RunFiles

    def read(
        self, shard: str, columns: Sequence[str], *, text_only: bool = False
    ) -> Iterator[Rows]:
        """Read columns of all rows of a shard with the mask of the active ones.

        Columns that no layer has come as nulls of type null.

        Raises
        ------
        AlignmentError
            If the layers do not have the same number of rows.
        """
        deciders = self.dag.deciders(self.node, text_only=text_only)
        masks = {node.name: node.step.reasons_column for node in deciders}
        per_layer = holders_of(self.dag, self.node, columns)
        for layer, column in masks.items():
            names = per_layer.setdefault(layer, [])
            if column not in names:
                names.append(column)
        per_layer = per_layer or {self.dag.source.name: ["id"]}
        cursors = [
            cursor
            for layer, names in per_layer.items()
            for cursor in self._cursors(layer, shard, names)
        ]
        start = 0
        for pieces in aligned(cursors):
            size = len(next(iter(pieces.values())))
            active = pa.repeat(True, size)  # noqa: FBT003 - by position only
            for layer, column in masks.items():
                active = pc.and_not(active, rejected_rows(pieces[layer, column]))
            batch = self._batch(columns, pieces, start, size)
            yield Rows(batch, active)
            start += size

    def _cursors(self, layer: str, shard: str, names: Sequence[str]) -> Iterator[Cursor]:
        path = self.files.layer(layer, shard)
        stored = [name for name in names if name != TEXT or not self._in_place(layer)]
        if stored:
            yield Cursor(f"{layer}/{shard}.parquet", layer, stored, read_batches(path, stored))
        if len(stored) < len(names):
            source = self.dag.source.step
            assert isinstance(source, SourceStage)  # noqa: S101 - tells mypy what Dag guarantees
            file = self.plan.file(shard)
            yield Cursor(file.path, layer, [TEXT], self._texts(source, file))

    def _texts(self, source: SourceStage[Any], file: InputFile) -> Iterator[pa.RecordBatch]:
        inputs = Inputs(self.dag.recipe)
        require_unchanged(inputs, file)
        texts = source.texts(inputs[file.path])
        if texts is None:
            raise ContractError(
                f"stage `{source.name}` has no column `text` and reads none in place"
            )
        for text in texts:
            yield pa.record_batch([text], names=[TEXT])
        require_unchanged(inputs, file)

    def _in_place(self, layer: str) -> bool:
        return layer == self.dag.source.name and self.dag.text_in_place

    def _batch(
        self,
        columns: Sequence[str],
        pieces: Mapping[tuple[str, str], pa.Array],
        start: int,
        size: int,
    ) -> pa.RecordBatch:
        arrays = []
        for column in columns:
            if column == ROW:
                arrays.append(pa.array(range(start, start + size), pa.int64()))
                continue
            holders = self.dag.holders(self.node, column)
            if not holders:
                arrays.append(pa.nulls(size))
            elif column == TEXT and len(holders) > 1:
                arrays.append(pc.coalesce(*(pieces[layer, TEXT] for layer in holders)))
            else:
                arrays.append(pieces[holders[0], column])
        return pa.RecordBatch.from_arrays(arrays, names=list(columns))
