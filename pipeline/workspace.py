"""The run as a stage sees it: what layers before it and its own phases have left."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from eurosift.langid import buckets
from eurosift.pipeline import seal
from eurosift.pipeline.dag import BUCKET, LANGUAGE, Dag, Node
from eurosift.pipeline.errors import AlignmentError, IncompleteError
from eurosift.pipeline.footers import read_footer
from eurosift.pipeline.joined_rows import JoinedRows, holders_of
from eurosift.pipeline.plan import Plan
from eurosift.pipeline.run_files import RunFiles
from eurosift.pipeline.shards import read_batches
from eurosift.stages.base import Stage
from eurosift.stages.footer import Footer, Head
from eurosift.stages.phases import Item, Phase, Rows


class _Sources(NamedTuple):
    """What the digests of a shard are made of: columns by layer, and masks, each with its name."""

    layers: list[tuple[str, list[tuple[str, str]]]]
    masks: list[tuple[str, str]]


def _incomplete(layer: str, shard: str) -> IncompleteError:
    return IncompleteError(f"{layer}/{shard}.parquet is not there yet: run stage `{layer}` first")


class StageWorkspace:
    """Implements `eurosift.stages.phases.Workspace` for one stage of a run.

    Parameters
    ----------
    dag
        All stages.
    node
        The one that looks.
    plan
        The input files.
    files
        The run folder.
    """

    def __init__(self, dag: Dag, node: Node, plan: Plan, files: RunFiles) -> None:
        self.dag = dag
        self.node = node
        self.plan = plan
        self.run = files
        self._paths: dict[str, Mapping[str, str]] = {}
        self._files: dict[str, Mapping[str, Head]] = {}
        self._facts: dict[str, Mapping[str, Mapping[str, Any]]] = {}
        self._sources: dict[tuple[tuple[str, ...], bool], _Sources] = {}

    @property
    def shards(self) -> Sequence[str]:
        """Keys of all shards, in order."""
        return self.plan.shards

    def path(self, relative: str) -> Path:
        """Absolute path of a file in the stage's folder."""
        return self.run.folder / self.node.name / relative

    def sha256(self, relative: str) -> str:
        """SHA-256 hex of a Parquet file in the stage's folder.

        Raises
        ------
        InvariantError
            If a byte of it is not what was written.
        """
        hashed = hashlib.sha256()
        seal.check(self.path(relative), hashed)
        return hashed.hexdigest()

    def has(self, column: str) -> bool:
        """Whether some layer before this stage has the column."""
        return bool(self.dag.holders(self.node, column))

    def column_type(self, column: str) -> pa.DataType:
        """Type of a column of the layers before this stage."""
        return self.dag.column_type(self.node, column)

    def reasons(self) -> Mapping[str, str]:
        """Reasons column of every deciding stage before this one."""
        return {node.name: node.step.reasons_column for node in self.dag.deciders(self.node)}

    def provenance(self) -> Mapping[str, Mapping[str, Any]]:
        """Version and configuration of every stage before this one, as in the footers."""
        found: dict[str, Mapping[str, Any]] = {}
        for name in self.dag.nodes:
            if (
                name in self.node.ancestors
                and self.dag.nodes[name].adds is not None
                and self.shards
            ):
                footer = self.layer_footer(name, self.shards[0])
                found[name] = {"version": footer.version, "config": footer.config}
        return found

    def quarantined(self) -> Mapping[str, str]:
        """Ids of the documents that were quarantined, sorted, with the reason of each."""
        source = self.dag.source.name
        found: dict[str, str] = {}
        for shard in self.shards:
            found |= self._layer_head(source, shard).facts["quarantined"]
        return dict(sorted(found.items()))

    def layer_footer(self, layer: str, shard: str) -> Footer:
        """Footer of a shard of a layer before this stage.

        Raises
        ------
        IncompleteError
            If it has not been made yet.
        """
        footer = read_footer(self.run.layer(layer, shard))
        if footer is None:
            raise _incomplete(layer, shard)
        return footer

    def _layer_head(self, layer: str, shard: str) -> Head:
        head = self.run.layer_head(layer, shard)
        if head is None:
            raise _incomplete(layer, shard)
        return head

    def files(self, phase: str) -> Mapping[str, Head]:
        """Heads of the finished items of an earlier phase, by key; remembered."""
        if phase not in self._files:
            heads = {}
            for key, path in self._paths_of(phase).items():
                head = self.run.head(f"{self.node.name}/{path}")
                if head is None:
                    raise IncompleteError(f"{self.node.name}/{path} is not there yet")
                heads[key] = head
            self._files[phase] = heads
        return self._files[phase]

    def facts(self, phase: str) -> Mapping[str, Mapping[str, Any]]:
        """Facts of these files, by key; remembered."""
        if phase not in self._facts:
            self._facts[phase] = {key: head.facts for key, head in self.files(phase).items()}
        return self._facts[phase]

    def items(self, phase: Phase) -> Sequence[Item]:
        """The work items of a phase; their paths are remembered, as later phases ask for them."""
        items = phase.items(self)
        self._paths[phase.name] = {item.key: item.path for item in items}
        return items

    def _paths_of(self, phase: str) -> Mapping[str, str]:
        if phase not in self._paths:
            self.items(next(p for p in self.node.phases if p.name == phase))
        return self._paths[phase]

    def table(
        self,
        phase: str,
        key: str,
        columns: Sequence[str] | None = None,
        row_groups: Sequence[int] | None = None,
    ) -> Iterator[pa.RecordBatch]:
        """Read a finished item of an earlier phase."""
        return read_batches(self.path(self._paths_of(phase)[key]), columns, row_groups)

    def tally_languages(self) -> Sequence[str]:
        """Languages that have rows which nothing before this stage rejected, sorted."""
        deciders = self.dag.deciders(self.node)
        last = deciders[-1].name if deciders else self.dag.source.name
        found: set[str] = set()
        for shard in self.shards:
            tallies = self.layer_footer(last, shard).tallies
            found.update(buckets.split(label)[0] for label, tally in tallies.items() if tally.kept)
        return sorted(found)

    def digests(
        self, shard: str, columns: Sequence[str], *, text_only: bool = False
    ) -> Mapping[str, str]:
        """Digests of columns of a shard, of the mask before this stage, and of the rows.

        Raises
        ------
        AlignmentError
            If two of the layers do not speak of the same rows.
        """
        asked = (tuple(columns), text_only)
        if asked not in self._sources:
            self._sources[asked] = self._sources_of(columns, text_only=text_only)
        layers, masks = self._sources[asked]
        source = self.dag.source.name
        origin = self._layer_head(source, shard)
        rows = f"{origin.rows}:{origin.columns['id']}"
        found = {"rows": rows}
        for layer, names in layers:
            head = self._layer_head(layer, shard)
            if layer != source:
                self._check_alignment(layer, head, shard, origin, rows)
            for column, name in names:
                found[name] = head.columns.get(column) or self.plan.file(shard).fingerprint
        for layer, name in masks:
            head = self._layer_head(layer, shard)
            if layer != source:
                self._check_alignment(layer, head, shard, origin, rows)
            found[name] = head.rejects
        return found

    def _sources_of(self, columns: Sequence[str], *, text_only: bool) -> _Sources:
        layers = [
            (layer, [(column, f"{layer}.{column}") for column in names])
            for layer, names in holders_of(self.dag, self.node, columns).items()
        ]
        deciders = self.dag.deciders(self.node, text_only=text_only)
        return _Sources(layers, [(node.name, f"mask.{node.name}") for node in deciders])

    def _check_alignment(self, layer: str, head: Head, shard: str, origin: Head, rows: str) -> None:
        if head.basis.get("rows") != rows or head.rows != origin.rows:
            source = self.dag.source.name
            raise AlignmentError(
                f"{layer}/{shard}.parquet ({head.rows} rows) does not speak of the same rows as "
                f"{source}/{shard}.parquet ({origin.rows} rows); run stage `{layer}` again"
            )

    def rows(
        self, shard: str, columns: Sequence[str], *, text_only: bool = False
    ) -> Iterator[Rows]:
        """Read columns of all rows of a shard with the mask of the active ones (`JoinedRows`)."""
        joined = JoinedRows(self.dag, self.node, self.plan, self.run)
        return joined.read(shard, columns, text_only=text_only)


def layer_columns(dag: Dag, node: Node) -> list[str]:
    """All columns that the layer of `node` is made from: those it reads and those of the ledger."""
    stage = node.step
    columns = list(node.reads)
    if isinstance(stage, Stage):
        columns += stage.reads_if_present
    own = set() if node.adds is None else set(node.adds.names)
    ledger = [*dag.measures(node).values(), LANGUAGE, BUCKET]
    columns += [c for c in ledger if c not in own and dag.holders(node, c)]
    return list(dict.fromkeys(columns))
