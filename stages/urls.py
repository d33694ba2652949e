"""The urls stage: rejects documents by lists of domains and URLs; text is not read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from eurosift.filters.errors import ListError
from eurosift.filters.url_lists import (
    FILES,
    MATCH,
    UrlTable,
    find_lists,
    folders_without,
    load_table,
    match,
)
from eurosift.stages.base import Stage
from eurosift.stages.config import AssetPath, StageConfig, Words
from eurosift.stages.errors import AssetError

ALLOWED = "allowed"


class UrlsConfig(StageConfig):
    """Configuration of the urls stage."""

    lists: dict[str, AssetPath] = Field(
        min_length=1,
        description="Lists by name: a file of domains and URLs, one a line; a folder with files "
        "`domains` and `urls`; or a folder of such folders (UT1), whose names are the lists' then.",
    )
    only: Words = Field(default=(), description="Take these lists alone of all that are found.")
    allow: AssetPath | None = Field(
        default=None, description="A file of domains and URLs that no list rejects."
    )


class Urls(Stage[UrlsConfig]):
    """Rejects rows whose address is on a list; the names of the lists are the reasons.

    ``url_matches`` has the lists and the entries. A row without a URL is kept.
    """

    version = 2
    config_type = UrlsConfig
    overlays = False

    table: UrlTable
    allowed: UrlTable | None

    @property
    def reads(self) -> tuple[str, ...]:
        """The URL."""
        return ("url",)

    @property
    def adds(self) -> pa.Schema:
        """Reasons, and what matched."""
        return pa.schema(
            [
                pa.field(self.reasons_column, pa.list_(pa.string())),
                pa.field("url_matches", pa.list_(MATCH)),
            ]
        )

    def remarks(self) -> Iterable[str]:
        """What lists have that is passed over: lines that are no entries, the first of each file.

        Raises
        ------
        AssetError
            If a list cannot be used.
        """
        for lists in self._lists():
            for odd in _load(self.name, lists).odd:
                others = f", and {odd.number - 1:,} more" if odd.number > 1 else ""
                yield (
                    f"{lists[odd.list_name][odd.file]}:{odd.line}: {odd.text!r} is no domain, "
                    f"suffix or URL and is passed over{others}"
                )
        if not self.config.only:
            for folder in folders_without(self.config.lists):
                yield f"{folder}: has no file {' or '.join(FILES)} and is passed over"

    def open(self) -> None:
        """Load the lists.

        Raises
        ------
        AssetError
            If one cannot be used.
        """
        self.table, *allowed = (_load(self.name, lists) for lists in self._lists())
        self.allowed = allowed[0] if allowed else None

    def _lists(self) -> list[Mapping[str, Sequence[Path]]]:
        """Files of the lists that reject, then of the one that allows."""
        try:
            found = find_lists(self.config.lists, self.config.only)
        except ListError as error:
            raise AssetError(f"stage {self.name}: {error}") from error
        allow = self.config.allow
        return [found] if allow is None else [found, {ALLOWED: [allow]}]

    def process(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Look the addresses up."""
        urls = batch.column("url")
        if self.allowed is not None:
            is_allowed = pc.greater(pc.list_value_length(match(self.allowed, urls)), 0)
            urls = pc.if_else(is_allowed, pa.scalar(None, urls.type), urls)
        matches = match(self.table, urls)
        reasons = pa.array(
            [
                list(dict.fromkeys(names))
                for names in pa.ListArray.from_arrays(
                    matches.offsets, matches.values.field("list")
                ).to_pylist()
            ],
            pa.list_(pa.string()),
        )
        return pa.RecordBatch.from_arrays([reasons, matches], schema=self.adds)


def _load(stage: str, lists: Mapping[str, Sequence[Path]]) -> UrlTable:
    try:
        return load_table(lists)
    except ListError as error:
        raise AssetError(f"stage {stage}: {error}") from error
