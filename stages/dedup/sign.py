"""Phase sign: one file of signatures per shard, sorted by language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from eurosift.dedup.exact import HASH_TYPE, hash_normalised, hash_texts
from eurosift.filters.arrays import Float64s
from eurosift.langid import buckets
from eurosift.stages.base import Item, Sink, TablePhase, Workspace
from eurosift.stages.dedup.config import DedupConfig
from eurosift.stages.dedup.signed import as_strings, gather, write_part
from eurosift.stages.errors import StageError
from eurosift.stages.footer import UNDETERMINED

POLICY_COLUMNS = {
    "longest": None,
    "best_quality": "quality_score",
    "earliest": "date",
    "latest": "date",
}
"""Column that a keeper policy needs beside the text."""


class Sign(TablePhase):
    """Signs the active rows of each shard.

    The rows of one language are together and begin a row group, and each language has a digest of
    its own, so that the later phases of a language read and depend on nothing else.
    """

    name: ClassVar[str] = "sign"

    def __init__(self, config: DedupConfig) -> None:
        self._config = config
        self._minhash = config.minhash()

    @property
    def schema(self) -> pa.Schema:
        """``bands`` is null for documents that are too short for a signature."""
        return pa.schema(
            {
                "language": pa.string(),
                "row": pa.uint32(),
                "id": pa.string(),
                "text_hash": HASH_TYPE,
                "priority": pa.float64(),
                "n_chars": pa.int64(),
                "bands": pa.list_(pa.uint64(), self._config.bands),
            }
        )

    def items(self, workspace: Workspace) -> Sequence[Item]:
        """One item per shard."""
        columns = self._columns(workspace)
        return [
            Item(shard, f"sign/{shard}.parquet", workspace.digests(shard, columns))
            for shard in workspace.shards
        ]

    def _columns(self, workspace: Workspace) -> list[str]:
        needed = POLICY_COLUMNS[self._config.keep]
        bucket = [buckets.COLUMN] if workspace.has(buckets.COLUMN) else []
        return ["id", "text", "language", *([needed] if needed else []), *bucket]

    def run(self, item: Item, workspace: Workspace, sink: Sink) -> None:
        """Sign one shard."""
        batches = []
        first_row = 0
        for batch, active in workspace.rows(item.key, self._columns(workspace)):
            mask = pc.fill_null(active, False)  # noqa: FBT003 - pyarrow takes the value by position
            rows = np.flatnonzero(mask.to_numpy(zero_copy_only=False)) + first_row
            first_row += batch.num_rows
            batches.append(self._sign(batch.filter(mask), rows, item.key))
        table = gather(batches, self.schema)
        table = table.sort_by([("language", "ascending"), ("row", "ascending")])
        facts: dict[str, Any] = {}
        n_row_groups = 0
        start = 0
        counts = pc.value_counts(table.column("language")).to_pylist()
        for language, n in sorted((count["values"], count["counts"]) for count in counts):
            facts[language] = write_part(table.slice(start, n), sink, n_row_groups)
            n_row_groups += len(facts[language]["row_groups"])
            start += n
        sink.facts["languages"] = facts
        sink.facts["short_documents"] = table.column("bands").null_count

    def _sign(
        self, batch: pa.RecordBatch, rows: npt.NDArray[np.int64], shard: str
    ) -> pa.RecordBatch:
        """Sign active rows; `rows` are their numbers in the shard."""
        ids, texts = batch.column("id"), batch.column("text")
        if ids.null_count:
            row = rows[np.flatnonzero(np.asarray(ids.is_null()))[0]]
            raise StageError(f"shard {shard}, row {row} has no id; every document needs one")
        if pa.types.is_null(texts.type):
            texts = texts.cast(pa.string())
        n_chars = pc.fill_null(pc.utf8_length(texts), 0).cast(pa.int64())
        labels = pc.fill_null(as_strings(batch.column("language")), UNDETERMINED)
        signatures = self._minhash.sign(texts)
        bands = pa.FixedSizeListArray.from_arrays(
            pa.array(self._minhash.keys(signatures).reshape(-1)),
            self._config.bands,
            mask=pa.array(~signatures.signed),
        )
        hash_of = hash_normalised if self._config.exact == "normalised" else hash_texts
        return pa.RecordBatch.from_arrays(
            [
                pc.if_else(pc.equal(labels, ""), UNDETERMINED, labels),
                pa.array(rows, pa.uint32()),
                as_strings(ids),
                hash_of(texts),
                pa.array(self._priority(batch, n_chars)),
                n_chars,
                bands,
            ],
            schema=self.schema,
        )

    def _priority(self, batch: pa.RecordBatch, n_chars: pa.Array) -> Float64s:
        """What the keeper policy ranks by, the highest first.

        Behind all others where it is unknown, and behind these for documents in a bucket apart.
        """
        policy = self._config.keep
        needed = POLICY_COLUMNS[policy]
        if needed is None:
            values = n_chars
        elif needed == "date":
            values = pc.cast(batch.column(needed), pa.timestamp("us", "UTC")).cast(pa.int64())
        else:
            values = batch.column(needed)
        numbers = pc.cast(values, pa.float64(), safe=False).to_numpy(zero_copy_only=False)
        if policy == "earliest":
            numbers = -numbers
        ranks = np.where(np.isnan(numbers), np.finfo(np.float64).min, numbers)
        if buckets.COLUMN in batch.schema.names:
            # Whoever leaves a bucket must not lose a document of which it has a copy.
            main = pc.equal(batch.column(buckets.COLUMN), buckets.MAIN)
            ranks[~np.asarray(pc.fill_null(main, True))] = -np.inf  # noqa: FBT003 - by position only
        return ranks
