"""The signals stage: one pass over each text, a column per signal."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import ClassVar, Literal

import pyarrow as pa
from pydantic import Field

from eurosift.filters import phrases
from eurosift.filters.errors import StopWordsError
from eurosift.filters.signals import SCHEMA, Tokens, measure, versions_digest
from eurosift.filters.stopwords import StopTable, build_table, load_stop_words, shipped_digest
from eurosift.langid.languages import canonical
from eurosift.stages.base import Stage
from eurosift.stages.config import AssetPath, StageConfig
from eurosift.stages.errors import AssetError


class SignalsConfig(StageConfig):
    """Configuration of the signals stage."""

    stop_words: AssetPath | None = Field(
        default=None,
        description="Your own stop words: JSON, language code in any style → list of words."
        " Without it, eurosift's own.",
    )
    tokens: Tokens = Field(
        default="unicode",
        description="`unicode`: words and symbols; `whitespace`: what stands between white space.",
    )


class Signals(Stage[SignalsConfig]):
    """Numbers about every row with text, rejected or not, so that rules can be previewed."""

    version = 2
    config_type = SignalsConfig
    default_needs = ("langid", "templates")
    overlays = False
    active_on: ClassVar[Literal["kept", "text"]] = "text"

    table: StopTable

    @property
    def reads(self) -> tuple[str, ...]:
        """The text."""
        return ("text",)

    @property
    def reads_if_present(self) -> tuple[str, ...]:
        """The language, which decides about words, and the languages of the lines."""
        return ("language", "seg_langs")

    @property
    def adds(self) -> pa.Schema:
        """A column per signal."""
        return SCHEMA

    def embedded(self) -> Mapping[str, str]:
        """Versions of the signals, and digests of the shipped words and phrases that are used."""
        used = {"signals": versions_digest(), "phrases": phrases.shipped_digest()}
        if self.config.stop_words is None:
            used["stop_words"] = shipped_digest()
        return used

    def open(self) -> None:
        """Load the stop words and the kernels.

        Raises
        ------
        AssetError
            If the file of stop words cannot be used.
        """
        try:
            lists = load_stop_words(self.config.stop_words, partial(canonical, known=True))
        except StopWordsError as error:
            raise AssetError(f"stage {self.name}: {error}") from error
        self.table = build_table(lists)
        self.process(pa.record_batch({"text": pa.array([""]), "language": pa.nulls(1)}))

    def process(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Measure the texts."""
        there = batch.schema.names
        return measure(
            batch.column("text"),
            batch.column("language") if "language" in there else None,
            batch.column("seg_langs") if "seg_langs" in there else None,
            stop_words=self.table,
            tokens=self.config.tokens,
        )
