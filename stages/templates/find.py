"""Phase find: the lines that come again, by ranges of keys, told to each shard that has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import orjson
import pyarrow as pa
import xxhash

from eurosift.dedup.lines import find
from eurosift.stages.dedup.signed import KEY_SPACE, write_part
from eurosift.stages.phases import Item, Sink, TablePhase, Workspace
from eurosift.stages.templates.config import TemplatesConfig
from eurosift.stages.templates.lines import read_range

LINE_BYTES = 128
"""Memory per line of a shard, while they are added up."""

TEMPLATE = pa.schema(
    {"shard": pa.string(), "key": pa.uint64(), "first_row": pa.int64(), "count": pa.int64()}
)
"""A line of a shard that comes again across a domain; see `eurosift.dedup.lines.Templates`.

The count is null where nothing asks for it, so that a further document does not make all shards
stale whose documents have lines in common with it.
"""


class Find(TablePhase):
    """Adds up the documents of all shards that have a line.

    Each shard begins a row group and has a digest of its own.
    """

    name: ClassVar[str] = "find"

    def __init__(self, config: TemplatesConfig) -> None:
        self._config = config

    @property
    def schema(self) -> pa.Schema:
        """See `TEMPLATE`."""
        return TEMPLATE

    def items(self, workspace: Workspace) -> Sequence[Item]:
        """One item per range of keys, as many as the limit of memory asks for."""
        n = sum(facts["lines"] for facts in workspace.facts("lines").values())
        n_ranges = max(1, -(-n * LINE_BYTES // int(self._config.memory_gb * (1 << 30))))
        digests = [[shard, head.columns] for shard, head in workspace.files("lines").items()]
        inputs = {"lines": xxhash.xxh3_128_hexdigest(orjson.dumps(digests))}
        return [
            Item(f"{number:05d}", f"find/{number:05d}.parquet", inputs | {"ranges": str(n_ranges)},
                 [number, n_ranges])
            for number in range(n_ranges)
        ]  # fmt: skip

    def run(self, item: Item, workspace: Workspace, sink: Sink) -> None:
        """Add up one range of keys."""
        number, n_ranges = item.payload
        low, high = (edge * KEY_SPACE // n_ranges for edge in (number, number + 1))
        shards = workspace.facts("lines")
        counted = [read_range(workspace, shard, shards[shard], low, high) for shard in shards]
        facts: dict[str, Any] = {}
        n_row_groups = 0
        n_templates = 0
        for shard, found in zip(shards, find(counted, self._config.min_documents), strict=True):
            n_templates += int((found.first_rows >= 0).sum())
            if len(found.keys):
                n = len(found.keys)
                counts = found.counts if self._config.min_share else pa.nulls(n, pa.int64())
                columns = [pa.repeat(shard, n), found.keys, found.first_rows, counts]
                table = pa.table(columns, schema=TEMPLATE)
                facts[shard] = write_part(table, sink, n_row_groups)
                n_row_groups += len(facts[shard]["row_groups"])
        sink.facts["shards"] = facts
        sink.facts["templates"] = n_templates
