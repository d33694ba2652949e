"""The stage contract: all that someone has to know to add a stage.

Most stages are a `Stage`: they declare the columns that they read and the ``pa.schema`` that they
add, and turn one batch of rows into another with the same number of rows. A stage that exchanges
data between shards is a `PhasedStage` (`eurosift.stages.phases`): a short list of phases, each a
map over independent work items. A stage that makes documents out of input files is a `SourceStage`
(`eurosift.stages.source`). Their configurations are of `eurosift.stages.config`.

A stage never opens files of the run, never knows which rows were rejected before it, and never
schedules anything: the runtime hands it active rows only and puts nulls everywhere else.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Generic, Literal, TypeVar

import pyarrow as pa

from eurosift.stages.config import StageConfig
from eurosift.stages.errors import StageError

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

TOKENIZER_NAME = "[a-z][a-z0-9_]*"
"""What stands behind `FURTHER_TOKENS`, as a regular expression."""


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

    def refuse_unwanted(
        self, option: str, codes: Iterable[str], wanted: Collection[str], consequence: str = ""
    ) -> None:
        """Refuse languages of an option that are not among the wanted ones of the recipe.

        Raises
        ------
        StageError
            Naming them, and what would come of it.
        """
        unwanted = [code for code in codes if code not in wanted]
        if unwanted:
            raise StageError(
                f"stage `{self.name}`: {option} names {', '.join(unwanted)}, which the recipe's"
                f" `languages` do not{consequence}: add it there, or remove it here",
                at=(option,),
            )

    @property
    def reasons_column(self) -> str:
        """Name of the column that a deciding stage adds: ``list<string>``, ``[]`` = kept."""
        return f"{self.name}_reasons"

    def embedded(self) -> Mapping[str, str]:
        """Digests of data shipped in the package that shape the result, by name.

        Part of the fingerprint, as the content of every `AssetPath` of the configuration is.
        """
        return {}

    @property
    def unknown(self) -> Collection[str]:
        """Columns that it adds, but that this configuration leaves null in every row."""
        return ()

    def check_columns(self, types: Mapping[str, pa.DataType]) -> None:
        """Refuse a configuration that the columns before the stage do not allow.

        Asked when the stages of a recipe are put together; without `open`.

        Parameters
        ----------
        types
            Type of every column of the stages before this one, by name; null if it is `unknown`.

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

    def remarks(self) -> Iterable[str]:
        """What users should know of the files that the configuration names, a line each.

        Asked before anything runs; without `open`.

        Raises
        ------
        StageError
            If the files cannot be used.
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
