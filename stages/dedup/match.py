"""Phase match: the edges between duplicates of one language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar
from urllib.parse import quote

import numpy as np
import pyarrow as pa

from eurosift.dedup.cluster import Forest
from eurosift.dedup.exact import hash_keys
from eurosift.dedup.match import Edges, match
from eurosift.filters.arrays import Bools, UInt32s, UInt64s
from eurosift.stages.base import Item, Sink, TablePhase, Workspace
from eurosift.stages.dedup.config import DedupConfig
from eurosift.stages.dedup.signed import Parts, languages, read_parts

EXACT, NEAR = "exact", "near"
KEY_BYTES = 2 << 30
"""Band keys held at once. A language with more reads its signatures several times."""
BATCH_ROWS = 1 << 16


class Match(TablePhase):
    """Finds documents of one language with the same text, then those that share a band.

    Of a group of equal documents only the smallest goes on to the bands, and of all edges only
    those are written that join what was apart: a spanning forest of the clusters, with fewer edges
    than documents. Memory per document of a language: 8 bytes for its number, 4 for the forest, 32
    for sorting, 16 for the hash of its text, and the band keys up to `KEY_BYTES` in all (8 bytes
    per document at least).
    """

    name: ClassVar[str] = "match"

    def __init__(self, config: DedupConfig) -> None:
        self._config = config

    @property
    def schema(self) -> pa.Schema:
        """Document numbers, ``a < b``; `kind` is ``exact`` or ``near``."""
        return pa.schema({"a": pa.uint64(), "b": pa.uint64(), "kind": pa.string()})

    def items(self, workspace: Workspace) -> Sequence[Item]:
        """One item per language."""
        return [
            Item(
                language,
                f"match/{file_name(language)}",
                {f"sign/{shard}": part["digest"] for shard, part in parts.items()},
                parts,
            )
            for language, parts in languages(workspace.facts("sign")).items()
        ]

    def run(self, item: Item, workspace: Workspace, sink: Sink) -> None:
        """Match one language."""
        parts: Parts = item.payload
        documents, edges, near = self._match_texts(parts, workspace)
        forest = Forest(len(documents))
        n_exact = self._write(edges, EXACT, documents, forest, sink)
        n_near = sum(
            self._write(edges, NEAR, documents, forest, sink)
            for edges in self._match_bands(parts, workspace, near)
        )
        sink.facts["documents"] = len(documents)
        sink.facts["edges"] = {EXACT: n_exact, NEAR: n_near}

    def _match_texts(self, parts: Parts, workspace: Workspace) -> tuple[UInt64s, Edges, Bools]:
        """Document numbers, edges between equal texts, and who is to be matched by bands."""
        n = sum(part["rows"] for part in parts.values())
        documents = np.empty(n, np.uint64)
        keys = np.zeros((2, n), np.uint64)
        has_text = np.zeros(n, np.bool_)
        start = 0
        for numbers, (hashes,) in read_parts(workspace, parts, ["text_hash"]):
            end = start + len(numbers)
            documents[start:end] = numbers
            valid = hashes.is_valid().to_numpy(zero_copy_only=False)
            has_text[start:end] = valid
            keys[:, start:end][:, valid] = hash_keys(hashes.drop_null())
            start = end
        edges = match_among(keys, has_text)
        near = has_text
        near[edges.b] = False
        return documents, edges, near

    def _match_bands(self, parts: Parts, workspace: Workspace, near: Bools) -> Iterator[Edges]:
        """Yield the edges of one band after the other."""
        n_bands = self._config.bands
        at_once = min(n_bands, max(1, KEY_BYTES // max(8 * len(near), 1)))
        for first in range(0, n_bands, at_once):
            keys = np.zeros((min(at_once, n_bands - first), len(near)), np.uint64)
            signed = near.copy()
            start = 0
            for numbers, (bands,) in read_parts(workspace, parts, ["bands"]):
                end = start + len(numbers)
                valid = bands.is_valid().to_numpy(zero_copy_only=False)
                signed[start:end] &= valid
                values = bands.drop_null().flatten().to_numpy().reshape(-1, n_bands)
                keys[:, start:end][:, valid] = values[:, first : first + len(keys)].T
                start = end
            for key in keys:
                yield match_among(key, signed)

    def _write(
        self, edges: Edges, kind: str, documents: UInt64s, forest: Forest, sink: Sink
    ) -> int:
        """Write the edges that join clusters; return how many there are."""
        joined = forest.link(edges.a, edges.b)
        a, b = documents[edges.a[joined]], documents[edges.b[joined]]
        for start in range(0, len(a), BATCH_ROWS):
            part = slice(start, start + BATCH_ROWS)
            columns = [pa.array(a[part]), pa.array(b[part]), pa.array([kind] * len(a[part]))]
            sink.write(pa.RecordBatch.from_arrays(columns, schema=self.schema))
        return len(a)


def match_among(keys: UInt64s, candidates: Bools) -> Edges:
    """Match some of the documents; `keys` has one column per document, candidate or not."""
    chosen: UInt32s = np.flatnonzero(candidates).astype(np.uint32)
    edges = match(keys[..., chosen])
    return Edges(chosen[edges.a], chosen[edges.b])


def file_name(language: str) -> str:
    """Name of a language's file; labels of other people's data may hold any character."""
    return f"{quote(language, safe='')}.parquet"
