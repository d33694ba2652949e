"""Phase match: the edges between duplicates of one language, by ranges of keys."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

import numpy as np
import pyarrow as pa

from eurosift.dedup.match import ENTRY_BYTES, Matcher, spanning
from eurosift.filters.arrays import UInt64s
from eurosift.stages.dedup.config import DedupConfig
from eurosift.stages.dedup.corpus import Corpora, Corpus, item_key
from eurosift.stages.dedup.signed import KEY_SPACE, KINDS, WIDE
from eurosift.stages.phases import Item, Sink, TablePhase, Workspace

BATCH_ROWS = 1 << 16
EDGE_BYTES = 64
"""Memory per edge, while those that are needed are found."""
FOREST_BYTES = 32
"""Of the memory, this share of a forest of all documents, at 4 bytes each, is an eighth."""

EDGE = pa.schema({"a": pa.uint64(), "b": pa.uint64(), "kind": pa.string()})
"""Two documents of one language, by their numbers, ``a < b``, and what they share."""


class Match(TablePhase):
    """Finds the documents of one language that share a key: of the text, the URL, or a band.

    Keys are hashes, so their range is divided evenly; each part is an item, and reads only its
    part of every shard. Of the edges of an item only those are written that join what was apart.
    Memory: `ENTRY_BYTES` per key at once; where a range holds more, because many documents share
    one key, only the first document of each key is kept.
    """

    name: ClassVar[str] = "match"

    def __init__(self, config: DedupConfig, corpora: Corpora) -> None:
        self._config = config
        self._corpora = corpora

    @property
    def schema(self) -> pa.Schema:
        """See `EDGE`."""
        return EDGE

    def items(self, workspace: Workspace) -> Sequence[Item]:
        """Items of every language, as many as the limit of memory asks for."""
        found = []
        for language in self._corpora.languages(workspace):
            corpus = self._corpora.of(language, workspace)
            n = sum(corpus.entries(kind) for kind in KINDS)
            n_ranges = -(-max(n, 1) // self._config.share(ENTRY_BYTES))
            inputs = {**corpus.inputs, "ranges": str(n_ranges)}
            for number in range(n_ranges):
                key = item_key(language, number)
                payload = [language, number, n_ranges]
                found.append(Item(key, f"match/{key}.parquet", inputs, payload))
        return found

    def run(self, item: Item, workspace: Workspace, sink: Sink) -> None:
        """Match one range of keys of one language."""
        language, number, n_ranges = item.payload
        low, high = (edge * KEY_SPACE // n_ranges for edge in (number, number + 1))
        corpus = self._corpora.of(language, workspace)
        few = corpus.documents <= self._config.share(FOREST_BYTES)
        edges = Edges(sink, self._config.share(4 * EDGE_BYTES), corpus.documents if few else None)
        matchers = self._matchers(corpus, edges)
        for part in corpus.parts:
            for kind, entries in part.keys(low, high):
                documents = entries.places.astype(np.uint64) + np.uint64(part.base)
                matchers[kind].add(entries.keys, documents)
        for matcher in matchers.values():
            matcher.finish()
        edges.flush()
        sink.facts["documents"] = corpus.documents
        sink.facts["edges"] = edges.counts

    def _matchers(self, corpus: Corpus, edges: Edges) -> dict[str, Matcher]:
        """One for each kind of keys, which share the memory."""
        counts = {kind: corpus.entries(kind) for kind in KINDS}
        capacity = self._config.share(ENTRY_BYTES)
        total = max(sum(counts.values()), 1)
        return {
            kind: Matcher(capacity * n // total, partial(edges.add, kind), 2 if kind in WIDE else 1)
            for kind, n in counts.items()
        }


class Edges:
    """Writes edges that join what was apart, among `capacity` of them at least.

    `n_documents` may be the number of all documents, if there are not too many.
    """

    def __init__(self, sink: Sink, capacity: int, n_documents: int | None) -> None:
        self._n_documents = n_documents
        self._sink = sink
        self._capacity = capacity
        self._held: dict[str, list[tuple[UInt64s, UInt64s]]] = {kind: [] for kind in KINDS}
        self._n = 0
        self.counts = dict.fromkeys(KINDS, 0)

    def add(self, kind: str, a: UInt64s, b: UInt64s) -> None:
        """Add edges of a kind."""
        self._held[kind].append((a, b))
        self._n += len(a)
        if self._n >= self._capacity:
            self.flush()

    def flush(self) -> None:
        """Write what is held, the more certain kinds first."""
        if not self._n:
            return
        held = [(kind, *edge) for kind, edges in self._held.items() for edge in edges]
        a, b = (np.concatenate([edge[side] for edge in held]) for side in (1, 2))
        joined = spanning(a, b, self._n_documents)
        start = 0
        for kind, edges in self._held.items():
            n = sum(len(edge[0]) for edge in edges)
            needed = np.flatnonzero(joined[start : start + n]) + start
            self._write(kind, a[needed], b[needed])
            start += n
            edges.clear()
        self._n = 0

    def _write(self, kind: str, a: UInt64s, b: UInt64s) -> None:
        self.counts[kind] += len(a)
        for start in range(0, len(a), BATCH_ROWS):
            part = slice(start, start + BATCH_ROWS)
            kinds = pa.repeat(kind, len(a[part]))
            self._sink.write(
                pa.RecordBatch.from_arrays(
                    [pa.array(a[part]), pa.array(b[part]), kinds], schema=EDGE
                )
            )
