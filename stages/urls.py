"""The urls stage: rejects documents by lists of domains and URLs; text is not read."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from eurosift.filters.errors import ListError
from eurosift.filters.url_lists import MATCH, UrlTable, find_lists, load_table, match
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

    version = 1
    config_type = UrlsConfig

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

    def open(self) -> None:
        """Load the lists.

        Raises
        ------
        AssetError
            If one cannot be used.
        """
        allow = self.config.allow
        try:
            self.table = load_table(find_lists(self.config.lists, self.config.only))
            self.allowed = None if allow is None else load_table({ALLOWED: [allow]})
        except ListError as error:
            raise AssetError(f"stage {self.name}: {error}") from error

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
