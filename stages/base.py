"""The stage contract: all that someone has to know to add a stage.

Most stages are a `Stage`: they declare the columns that they read and the ``pa.schema`` that they
add, and turn one batch of rows into another with the same number of rows. A stage that exchanges
data between shards is a `PhasedStage`: a short list of phases, each a map over independent work
items. A stage that makes documents out of input files is a `SourceStage`.

A stage never opens files of the run, never knows which rows were rejected before it, and never
schedules anything: the runtime hands it active rows only and puts nulls everywhere else.
"""

from __future__ import annotations

import typing
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, ClassVar, Generic, Literal, NamedTuple, Protocol, Self, TypeVar

import pyarrow as pa
from pydantic import BaseModel, ConfigDict

from eurosift.stages.errors import StageError
from eurosift.stages.extract.remote import Source
from eurosift.stages.footer import Head
from eurosift.stages.protection import Protection, unprotected


class Asset:
    """Marks a path in a configuration: its content is part of the fingerprint, its name is not.

    Parameters
    ----------
    remedy
        What to do where it is missing; put behind the message.
    """

    def __init__(self, remedy: str = "") -> None:
        self.remedy = remedy


AssetPath = Annotated[Path, Asset()]
"""A file that shapes the data (model, list, key, tokenizer), relative to the recipe."""


class Indirect:
    """Marks a field that shapes no data by itself, and is no part of the fingerprint.

    What it leads to has to be among the inputs of work items: how the work is divided, or the
    digests of what other runs have left.
    """


RunPaths = Annotated[tuple[Path, ...], Indirect()]
"""Other runs, relative to the recipe; of what is read there, digests have to be inputs."""


class StageConfig(BaseModel):
    """Base of every stage's configuration: frozen, refuses unknown keys, explains itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def assets(self) -> dict[str, Path]:
        """Files that shape the data, by the name of their field.

        Inside lists and mappings by ``field.0`` and ``field.key``.
        """
        found: dict[str, Path] = {}
        for name in self._asset_fields():
            found |= _paths(name, getattr(self, name))
        return found

    def remedy(self, name: str) -> str:
        """What to do where an asset is missing, by its name in `assets`; empty if not known."""
        info = type(self).model_fields[name.partition(".")[0]]
        marks = [*info.metadata, *_marks(info.annotation)]
        return next((mark.remedy for mark in marks if isinstance(mark, Asset)), "")

    def with_assets(self, change: Callable[[Path], Path]) -> Self:
        """The same configuration with other paths in place of its assets."""
        return self._with_changed(self._asset_fields(), change)

    def indirect(self) -> set[str]:
        """Names of the fields that are no part of the fingerprint by themselves."""
        fields = type(self).model_fields.items()
        return {n for n, f in fields if any(isinstance(mark, Indirect) for mark in f.metadata)}

    def at(self, base: Path) -> Self:
        """Make all paths absolute that are relative to `base`."""
        return self._with_changed([*self._asset_fields(), *self.indirect()], base.joinpath)

    def _with_changed(self, names: Iterable[str], change: Callable[[Path], Path]) -> Self:
        changed = {name: _changed(getattr(self, name), change) for name in names}
        return self.model_copy(update=changed)

    def _asset_fields(self) -> list[str]:
        return [
            name
            for name, info in type(self).model_fields.items()
            if any(isinstance(mark, Asset) for mark in (*info.metadata, *_marks(info.annotation)))
        ]


def _paths(name: str, value: Any) -> dict[str, Path]:
    if isinstance(value, Path):
        return {name: value}
    inner: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, Mapping):
        inner = value.items()
    elif isinstance(value, tuple):
        inner = enumerate(value)
    found: dict[str, Path] = {}
    for key, part in inner:
        found |= _paths(f"{name}.{key}", part)
    return found


def _changed(value: Any, change: Callable[[Path], Path]) -> Any:
    if isinstance(value, Path):
        return change(value)
    if isinstance(value, Mapping):
        return {key: _changed(part, change) for key, part in value.items()}
    if isinstance(value, tuple):
        return tuple(_changed(part, change) for part in value)
    return value


def _marks(annotation: Any) -> Iterator[Any]:
    """Whatever is annotated anywhere in an annotation."""
    yield from getattr(annotation, "__metadata__", ())
    for part in typing.get_args(annotation):
        yield from _marks(part)


ConfigT = TypeVar("ConfigT", bound=StageConfig)

ROW = "row"
"""Pseudo-column with the number of the row in its shard (int64); every stage may read it."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a stage knows of its surroundings.

    Attributes
    ----------
    languages
        Those of the recipe, as canonical codes.
    columns
        Those of the stages before it, known once the stages of a recipe are put together.
    """

    languages: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


FURTHER_TOKENS = "n_tokens_"
"""How columns of tokens by further tokenizers begin: the ledger sums them, a release has them."""


MARGIN = pa.schema([("value", pa.float64()), ("threshold", pa.float64())])
"""What a stage compares; null or NaN where it compares nothing."""


@dataclass(frozen=True, slots=True)
class Margin:
    """How a stage comes to one of its reasons, if by comparing a number with a threshold.

    Attributes
    ----------
    reads
        Columns that it looks at, of the stage itself or of layers before it.
    measure
        Turns a batch of these, absent ones as nulls, into the columns of `MARGIN`.
    """

    reads: tuple[str, ...]
    measure: Callable[[pa.RecordBatch], pa.RecordBatch]


class Step(ABC, Generic[ConfigT]):
    """What all stages have in common.

    Parameters
    ----------
    config
        The stage's configuration; paths in it are absolute.
    name
        Name in the recipe; also that of the layer's folder.
    setting
        The recipe's languages, and the columns before the stage.
    per_language
        Configurations that differ by language, keyed by canonical code.

    Raises
    ------
    StageError
        If there are some, and the stage cannot heed them.
    """

    version: ClassVar[int]
    """Raised whenever the same input and configuration would give other data."""
    config_type: ClassVar[type[StageConfig]]
    uses_languages: ClassVar[bool] = False
    """Whether the recipe's languages shape the data, so that they belong to the fingerprint."""
    default_needs: ClassVar[tuple[str, ...]] = ()
    """Stages that come before this one when the recipe does not say; empty: the one before it."""
    overlays: ClassVar[bool] = True
    """Whether the configuration may differ by language."""
    own_names: ClassVar[tuple[str, ...]] = ()
    """What expressions in the configuration may name beside columns; offered for misspelt ones."""

    def __init__(
        self,
        config: ConfigT,
        *,
        name: str,
        setting: Setting | None = None,
        per_language: Mapping[str, ConfigT] | None = None,
    ) -> None:
        if per_language and not self.overlays:
            raise StageError(
                f"stage `{name}` has one configuration for all languages: remove `per_language` "
                f"({', '.join(sorted(per_language))})"
            )
        self.config = config
        self.name = name
        self.setting = setting or Setting()
        self.per_language: Mapping[str, ConfigT] = per_language or {}

    def config_for(self, language: str | None) -> ConfigT:
        """Configuration for a language: the overlay where there is one."""
        return self.per_language.get(language or "", self.config)

    @property
    def reasons_column(self) -> str:
        """Name of the column that a deciding stage adds: ``list<string>``, ``[]`` = kept."""
        return f"{self.name}_reasons"

    def embedded(self) -> Mapping[str, str]:
        """Digests of data shipped in the package that shape the result, by name.

        Part of the fingerprint, as the content of every `AssetPath` of the configuration is.
        """
        return {}

    def check_columns(self, types: Mapping[str, pa.DataType]) -> None:
        """Refuse a configuration that the columns before the stage do not allow.

        Asked when the stages of a recipe are put together; without `open`.

        Parameters
        ----------
        types
            Type of every column of the stages before this one, by name.

        Raises
        ------
        StageError
            Saying which column, and where it is asked for.
        """

    def refusals(self) -> Iterable[StageError]:
        """What keeps the stage from working outside of its recipe: runs that it leads to.

        Asked before anything runs; without `open`.

        Returns
        -------
        iterable of StageError
            All that is wrong, each with its place in the configuration (`StageError.at`).
        """
        return ()

    def margins(self) -> Mapping[str, Margin]:
        """Reasons that come from a threshold: lets users look at documents close to it.

        May be asked for without `open`.
        """
        return {}

    def open(self) -> None:
        """Load models; called once per worker process, before the first batch."""


class Stage(Step[ConfigT]):
    """A pure map over rows."""

    active_on: ClassVar[Literal["kept", "text"]] = "kept"
    """``kept``: rows that nothing before rejected; ``text``: every row that has text."""
    evidence: ClassVar[tuple[str, ...]] = ()
    """Columns of `adds` whose values are counted in the footer, by language; strings, and few
    different ones."""
    findings: ClassVar[tuple[str, ...]] = ()
    """Columns of `adds` whose findings are counted in the footer, by language: numbers are added
    up; of lists of structs, each entry counts (as often as its field ``n`` says, if it has one)
    under the words in it, with slashes between them."""

    @property
    @abstractmethod
    def reads(self) -> tuple[str, ...]:
        """Columns that the stage must have, from any layer before it."""

    @property
    def reads_if_present(self) -> tuple[str, ...]:
        """Columns that the stage can do without; absent ones arrive as nulls of type null."""
        return ()

    @property
    @abstractmethod
    def adds(self) -> pa.Schema:
        """Columns that the stage adds. With ``<name>_reasons`` among them, it decides."""

    @abstractmethod
    def process(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Turn active rows into the added columns: same number of rows, same order.

        Parameters
        ----------
        batch
            The columns of `reads` and `reads_if_present`, active rows only.

        Returns
        -------
        pa.RecordBatch
            With exactly the schema `adds`.
        """


@dataclass(slots=True)
class Account:
    """What a source found beside documents, for the footer.

    Attributes
    ----------
    skipped
        Records that are no documents, counted by reason.
    losses
        Bytes that could not be read: ``{"reason": …, "offset": …, "length": …}`` each.
    mended
        Documents whose letters were put right, counted by what was wrong.
    protect
        Runs the work on one page within the run's protective limits.
    """

    skipped: dict[str, int] = field(default_factory=dict)
    losses: list[dict[str, Any]] = field(default_factory=list)
    mended: dict[str, int] = field(default_factory=dict)
    protect: Protection = unprotected

    def skip(self, reason: str, n: int = 1) -> None:
        """Count a record that is no document."""
        self.skipped[reason] = self.skipped.get(reason, 0) + n

    def mend(self, reasons: Iterable[str]) -> None:
        """Count a document under everything that was put right in it."""
        for reason in reasons:
            self.mended[reason] = self.mended.get(reason, 0) + 1

    def lose(self, reason: str, offset: int, length: int | None = None) -> None:
        """Note bytes that could not be read."""
        self.losses.append({"reason": reason, "offset": offset, "length": length})


class SourceStage(Step[ConfigT]):
    """A stage that makes the documents layer out of input files, one shard per file."""

    overlays: ClassVar[bool] = False

    @property
    @abstractmethod
    def adds(self) -> pa.Schema:
        """Columns of the documents layer, ``id`` and ``extract_reasons`` among them."""

    @abstractmethod
    def read(self, path: Source, relative: str, account: Account) -> Iterator[pa.RecordBatch]:
        """Yield the documents of one input file, in order.

        Parameters
        ----------
        path
            Where the file is: a `Path`, or, of a URL, what opens like one.
        relative
            Its path relative to the input root, with ``/``: the only name that may enter the data.
        account
            To be filled with what was skipped and lost. Work on a page that might take for ever
            goes through its `protect`.

        Raises
        ------
        InputError
            If the file cannot be read at all.
        """

    def check(self, path: Source) -> None:
        """Look at the beginning of an input file, before a run.

        Raises
        ------
        InputError
            If it cannot be read as it is configured.
        """

    def texts(self, path: Source) -> Iterator[pa.Array] | None:
        """Texts of an input that is read in place, row by row like `read`; None if copied."""
        return None


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
