"""Stages that exchange data between shards: phases, each a map over independent work items."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, Protocol

import pyarrow as pa

from eurosift.stages.base import ConfigT, Step
from eurosift.stages.footer import Head


class Rows(NamedTuple):
    """Some consecutive rows of a shard, seen by a phase."""

    batch: pa.RecordBatch
    active: pa.BooleanArray


@dataclass(frozen=True, slots=True)
class Item:
    """One work item of a phase.

    Attributes
    ----------
    key
        Unique in the phase and stable: a shard (``"00017"``), a language, an output file.
    path
        Where the result goes, relative to the stage's folder, with suffix.
    inputs
        Digest of everything that the item reads, by a name that a person understands.
    payload
        What `Phase.run` needs to know, JSON-able; not part of the fingerprint.
    """

    key: str
    path: str
    inputs: Mapping[str, str]
    payload: Any = None


class Workspace(Protocol):
    """The run, as a phase sees it. Implemented by the runtime."""

    @property
    def shards(self) -> Sequence[str]:
        """Keys of all shards, in order: ``"00000"``, …."""

    def files(self, phase: str) -> Mapping[str, Head]:
        """Heads of the finished items of an earlier phase of the same stage, by key."""

    def facts(self, phase: str) -> Mapping[str, Mapping[str, Any]]:
        """Facts of these files, by key; kept, where those of `files` are parsed at each look."""

    def tally_languages(self) -> Sequence[str]:
        """Languages that have active rows before this stage, sorted."""

    def digests(self, shard: str, columns: Sequence[str]) -> Mapping[str, str]:
        """Digests of these columns of a shard and of the mask before this stage, by name."""

    def has(self, column: str) -> bool:
        """Whether some layer before this stage has the column."""

    def column_type(self, column: str) -> pa.DataType:
        """Type of a column of the layers before this stage."""

    def rows(self, shard: str, columns: Sequence[str]) -> Iterator[Rows]:
        """Read columns of all rows of a shard, aligned over layers; absent columns are null."""

    def table(
        self,
        phase: str,
        key: str,
        columns: Sequence[str] | None = None,
        row_groups: Sequence[int] | None = None,
    ) -> Iterator[pa.RecordBatch]:
        """Read a finished item of an earlier phase of the same stage."""

    def path(self, relative: str) -> Path:
        """Absolute path of a file in the stage's folder."""

    def sha256(self, relative: str) -> str:
        """SHA-256 hex of a Parquet file in the stage's folder, which must be as it was written."""

    def reasons(self) -> Mapping[str, str]:
        """Reasons column of every deciding stage before this one, by stage name, in order."""

    def provenance(self) -> Mapping[str, Mapping[str, Any]]:
        """``{"version": …, "config": …}`` of every stage before this one, by name, in order."""

    def quarantined(self) -> Mapping[str, str]:
        """Ids of the documents that were quarantined, sorted, with the reason of each."""


class Sink(Protocol):
    """Where a phase writes its rows: the one writer of all shards."""

    facts: dict[str, Any]
    """Goes into the footer."""

    def write(self, batch: pa.RecordBatch) -> None:
        """Append rows."""

    def end_row_group(self) -> None:
        """Let the next row begin a row group of its own."""


class Phase(ABC):
    """One map over work items whose results are files of their own, not layers."""

    name: ClassVar[str]

    @abstractmethod
    def items(self, workspace: Workspace) -> Sequence[Item]:
        """List the work; the results of earlier phases are in place."""


class TablePhase(Phase):
    """A phase that writes one Parquet file per item."""

    published: ClassVar[bool] = False
    """Whether the files are for others: written so that a changed copy uploads quickly."""

    @property
    @abstractmethod
    def schema(self) -> pa.Schema:
        """Schema of every file of the phase."""

    @abstractmethod
    def run(self, item: Item, workspace: Workspace, sink: Sink) -> None:
        """Write the rows of one item to `sink`."""


class DocumentPhase(Phase):
    """A phase that writes JSON files (a manifest), which carry their fingerprint themselves."""

    @abstractmethod
    def run(self, item: Item, workspace: Workspace) -> Mapping[str, Any]:
        """Return the document; the runtime adds ``fingerprint`` and writes it atomically."""

    def attach(self, item: Item, document: Mapping[str, Any]) -> Mapping[str, str]:
        """Further text files, derived from the document alone: path → content."""
        return {}


class LayerPhase(Phase):
    """The phase of a phased stage that adds its columns to every shard."""

    name = ""
    findings: ClassVar[tuple[str, ...]] = ()
    """As those of `Stage`."""

    @property
    @abstractmethod
    def reads(self) -> tuple[str, ...]:
        """Columns to read; `ROW` is allowed."""

    @property
    @abstractmethod
    def adds(self) -> pa.Schema:
        """Columns of the layer."""

    @abstractmethod
    def side_inputs(self, shard: str, workspace: Workspace) -> Mapping[str, str]:
        """Digests of what earlier phases found out about this shard."""

    @abstractmethod
    def side(self, shard: str, workspace: Workspace) -> Any:
        """Load what earlier phases found out about this shard."""

    @abstractmethod
    def process(self, batch: pa.RecordBatch, side: Any) -> pa.RecordBatch:
        """As `Stage.process`, with what `side` loaded."""

    def items(self, workspace: Workspace) -> Sequence[Item]:
        """One item per shard; the runtime knows its columns and mask itself."""
        return [
            Item(shard, f"{shard}.parquet", self.side_inputs(shard, workspace))
            for shard in workspace.shards
        ]


class PhasedStage(Step[ConfigT]):
    """A stage that exchanges data between shards."""

    overlays: ClassVar[bool] = False

    @property
    @abstractmethod
    def phases(self) -> Sequence[Phase]:
        """The phases in order; at most one `LayerPhase`, the last."""
