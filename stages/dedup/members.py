"""Phase members: what the clusters of one language mean for each of their members."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

import pyarrow as pa

from eurosift.stages.dedup.cluster import ROOT as ROOTS
from eurosift.stages.dedup.config import DedupConfig
from eurosift.stages.dedup.corpus import Corpora, item_key
from eurosift.stages.phases import Item, Sink, TablePhase, Workspace

MEMBER = pa.schema(
    {
        "run": pa.string(),
        "shard": pa.string(),
        "row": pa.uint32(),
        "id": pa.string(),
        "cluster_id": pa.string(),
        "cluster_size": pa.int32(),
        "keeper": pa.string(),
        "keeper_run": pa.string(),
        "is_keeper": pa.bool_(),
        "kind": pa.string(),
    }
)
"""One member of a cluster of two or more, kept or not. `run` is null for documents of this run.
`kind` says how a member that is not kept relates to the keeper: ``exact`` if their texts are equal,
``url`` if their URLs are, else ``near``; null for keepers."""


class Members(TablePhase):
    """Names the clusters of one language, or of a part of them, and chooses each one's keeper.

    The table is sorted by shard and row, each shard begins a row group and has a digest of its
    own. Members are read twice, and only what is known of clusters is held.
    """

    name: ClassVar[str] = "members"

    def __init__(self, config: DedupConfig, corpora: Corpora) -> None:
        self._config = config
        self._corpora = corpora

    @property
    def schema(self) -> pa.Schema:
        """The membership table, see `MEMBER`."""
        return MEMBER

    def items(self, workspace: Workspace) -> Sequence[Item]:
        """Items of every language, as many as its clusters were divided into."""
        found = []
        for language in self._corpora.languages(workspace):
            cluster = item_key(language, 0).rpartition("-")[0]
            head = workspace.files("cluster")[cluster]
            inputs = {f"cluster.{column}": digest for column, digest in head.columns.items()}
            inputs |= self._corpora.of(language, workspace).inputs
            bounds = workspace.facts("cluster")[cluster]["row_groups"]
            inputs["ranges"] = str(len(bounds) - 1)
            for number in range(len(bounds) - 1):
                key = item_key(language, number)
                payload = [language, cluster, bounds[number], bounds[number + 1]]
                found.append(Item(key, f"members/{key}.parquet", inputs, payload))
        return found

    def run(self, item: Item, workspace: Workspace, sink: Sink) -> None:
        """Describe the members of one language, or of a part of its clusters."""
        language, cluster, first, last = item.payload
        from eurosift.stages.dedup.membership import describe  # noqa: PLC0415 - imports polars

        def roots() -> Iterator[pa.RecordBatch]:
            return workspace.table("cluster", cluster, ROOTS.names, range(first, last))

        describe(self._corpora.of(language, workspace), roots, self._config, sink)
