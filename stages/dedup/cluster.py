"""Phase cluster: who is in a cluster with whom, in one language."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from typing import BinaryIO, ClassVar, cast

import numpy as np
import pyarrow as pa

from eurosift.dedup.components import BLOCK_BYTES, Components, Members
from eurosift.stages.dedup.config import DedupConfig
from eurosift.stages.dedup.corpus import Corpora, item_key
from eurosift.stages.dedup.match import EDGE
from eurosift.stages.dedup.signed import ROW_GROUP_ROWS
from eurosift.stages.phases import Item, Sink, TablePhase, Workspace

CLUSTER_BYTES = 1024
"""Memory that the next phase needs per cluster, beside the shingles that it verifies by."""
SHINGLE_BYTES = 16
"""Memory that it needs per shingle of one document of each cluster: twice what those of an average
document take, as who is kept may be longer."""
SPREAD = 0x9E3779B97F4A7C15
"""Odd constant that spreads clusters evenly over the items of the next phase."""

ROOT = pa.schema({"document": pa.uint64(), "root": pa.uint64()})
"""A member of a cluster of two or more, and the smallest one, by their numbers."""


class Cluster(TablePhase):
    """Joins the edges of one language to clusters.

    The table is sorted by document; where there are more clusters than the next phase can hold at
    once, it is divided by clusters first. Memory: see `Components`, where blocks are as large as
    the limit of memory allows; what else is needed goes through temporary files in the run folder.
    """

    name: ClassVar[str] = "cluster"

    def __init__(self, config: DedupConfig, corpora: Corpora) -> None:
        self._config = config
        self._corpora = corpora

    @property
    def schema(self) -> pa.Schema:
        """See `ROOT`."""
        return ROOT

    def items(self, workspace: Workspace) -> Sequence[Item]:
        """One item per language."""
        edges: dict[str, list[str]] = {}
        for key in workspace.files("match"):
            edges.setdefault(key.rpartition("-")[0], []).append(key)
        found = []
        for language in self._corpora.languages(workspace):
            name = item_key(language, 0).rpartition("-")[0]
            inputs = {
                f"match/{key}.{column}": workspace.files("match")[key].columns[column]
                for key in edges[name]
                for column in ("a", "b")
            }
            # How the next phase is divided depends on it.
            inputs["memory"] = str(self._clusters_at_once(language, workspace))
            found.append(Item(name, f"cluster/{name}.parquet", inputs, [language, edges[name]]))
        return found

    def run(self, item: Item, workspace: Workspace, sink: Sink) -> None:
        """Cluster one language."""
        language, keys = item.payload
        n = self._corpora.of(language, workspace).documents
        folder = workspace.path("cluster")

        def temporary() -> BinaryIO:
            # It has no name, so nothing is left of it, however the process ends.
            return cast("BinaryIO", tempfile.TemporaryFile(dir=folder))

        components = Components(n, self._config.share(BLOCK_BYTES), temporary)
        try:
            for key in keys:
                for batch in workspace.table("match", key, EDGE.names[:2]):
                    components.add(*(column.to_numpy() for column in batch.columns))
            components.finish()
            self._write(components, self._clusters_at_once(language, workspace), sink)
        finally:
            components.close()

    def _clusters_at_once(self, language: str, workspace: Workspace) -> int:
        """How many clusters the next phase can hold."""
        shingles = 0
        if self._config.verify is not None:
            corpus = self._corpora.of(language, workspace)
            shingles = sum(part.facts["shingles"] for part in corpus.parts) // corpus.documents
        return self._config.share(CLUSTER_BYTES + SHINGLE_BYTES * shingles)

    def _write(self, components: Components, at_once: int, sink: Sink) -> None:
        n_clusters = sum(
            int((found.documents == found.roots).sum()) for found in components.members()
        )
        n_ranges = -(-max(n_clusters, 1) // at_once)
        bounds = [0]
        for number in range(n_ranges):
            n_row_groups = 0
            for documents, roots in _of_range(components, number, n_ranges):
                for start in range(0, len(documents), ROW_GROUP_ROWS):
                    part = slice(start, start + ROW_GROUP_ROWS)
                    columns = [pa.array(documents[part]), pa.array(roots[part])]
                    sink.write(pa.RecordBatch.from_arrays(columns, schema=ROOT))
                    sink.end_row_group()
                    n_row_groups += 1
            bounds.append(bounds[-1] + n_row_groups)
        sink.facts["clusters"] = n_clusters
        sink.facts["row_groups"] = bounds


def _of_range(components: Components, number: int, n_ranges: int) -> Iterator[Members]:
    """Members of the clusters of one of several ranges, ascending."""
    for found in components.members():
        if n_ranges == 1:
            yield found
        else:
            spread = (found.roots * np.uint64(SPREAD)) >> np.uint64(32)
            mine = spread % np.uint64(n_ranges) == np.uint64(number)
            yield Members(found.documents[mine], found.roots[mine])
