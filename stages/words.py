"""The words stage: counts words of lists, so that rules can reject by them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import ClassVar, Literal

import pyarrow as pa
from pydantic import Field

from eurosift.filters.errors import ListError
from eurosift.filters.word_lists import count_words, find_word_lists, load_word_lists
from eurosift.langid.languages import canonical
from eurosift.stages.base import Stage
from eurosift.stages.config import AssetPath, StageConfig
from eurosift.stages.errors import AssetError

COUNT = pa.field("bad_word_count", pa.int32())
"""The column that rules are over."""


class WordsConfig(StageConfig):
    """Configuration of the words stage."""

    lists: AssetPath = Field(
        description="Folder with a file of words for each language, named by its code."
    )


class Words(Stage[WordsConfig]):
    """Counts words of lists in every row with text; `quality` can have rules over the count."""

    version = 1
    config_type = WordsConfig
    default_needs = ("langid", "templates")
    overlays = False
    active_on: ClassVar[Literal["kept", "text"]] = "text"

    lists: dict[str, tuple[str, ...]]

    @property
    def reads(self) -> tuple[str, ...]:
        """Text and language."""
        return ("text", "language")

    @property
    def adds(self) -> pa.Schema:
        """Number of places, and the different words."""
        return pa.schema([COUNT, pa.field("bad_words", pa.list_(pa.string()))])

    def remarks(self) -> Iterable[str]:
        """Files that are named by no language.

        Raises
        ------
        AssetError
            If there is no folder.
        """
        try:
            _, others = find_word_lists(self.config.lists, partial(canonical, known=True))
        except ListError as error:
            raise AssetError(f"stage {self.name}: {error}") from error
        for path in others:
            yield f"{path}: is named by no language that is known, and is passed over"

    def open(self) -> None:
        """Load the lists.

        Raises
        ------
        AssetError
            If they cannot be used.
        """
        try:
            self.lists = load_word_lists(self.config.lists, partial(canonical, known=True))
        except ListError as error:
            raise AssetError(f"stage {self.name}: {error}") from error

    def process(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Count the words."""
        found = count_words(self.lists, batch.column("text"), batch.column("language"))
        return pa.RecordBatch.from_arrays(list(found), schema=self.adds)
