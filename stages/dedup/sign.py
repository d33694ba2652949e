"""Phase sign: one file of signatures per shard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from eurosift.dedup.exact import HASH_TYPE, hash_keys, hash_normalised, hash_texts
from eurosift.dedup.keeper import KeeperError
from eurosift.dedup.match import match
from eurosift.dedup.urls import normalise_urls
from eurosift.langid import buckets
from eurosift.stages.dedup import signed
from eurosift.stages.dedup.config import N_CHARS, RIGHTS_SIGNALS, DedupConfig
from eurosift.stages.dedup.signed import EXACT, ID, NEAR, URL, Entries, as_strings, gather
from eurosift.stages.errors import StageError
from eurosift.stages.footer import UNDETERMINED
from eurosift.stages.phases import Item, Sink, TablePhase, Workspace
from eurosift.stages.rights import signals

FORMAT = 2
"""Raised whenever signatures of the same text and parameters, or their files, would be others."""


def scheme(config: DedupConfig, tables: str) -> dict[str, Any]:
    """What two runs have to agree in, so that their signatures can be compared.

    Parameters
    ----------
    config
        The configuration of the stage.
    tables
        Digest of the tables that normalise the text.
    """
    fields = {"n_grams", "bands", "rows", "seed", "precision", "exact"}
    # Earlier runs may have more than is asked for, but not less.
    held = {"urls": config.urls, "shingles": config.verify is not None}
    return config.model_dump(include=fields) | {"format": FORMAT, "tables": tables, "held": held}


class Sign(TablePhase):
    """Signs the active rows of each shard; `signed` says what the files are like.

    Each language has a digest of its own, so that the later phases of a language depend on nothing
    else. Of equal texts in a shard only the first is there to be matched by bands.
    """

    name: ClassVar[str] = "sign"

    def __init__(self, config: DedupConfig, tables: str) -> None:
        self._config = config
        self._minhash = config.minhash()
        self._scheme = scheme(config, tables)

    @property
    def schema(self) -> pa.Schema:
        """See `signed.schema`."""
        return signed.schema(self._config)

    @property
    def _working(self) -> pa.Schema:
        """Documents with their bands."""
        fields = [field for field in self.schema if field.name not in signed.KEY_COLUMNS]
        return pa.schema([*fields, pa.field("bands", pa.list_(pa.uint64(), self._config.bands))])

    def items(self, workspace: Workspace) -> Sequence[Item]:
        """One item per shard."""
        columns = self._columns(workspace)
        return [
            Item(shard, f"sign/{shard}.parquet", workspace.digests(shard, columns))
            for shard in workspace.shards
        ]

    def _columns(self, workspace: Workspace) -> list[str]:
        needed = [*self._config.policy_columns(), *(["url"] if self._config.urls else [])]
        bucket = [buckets.COLUMN] if workspace.has(buckets.COLUMN) else []
        return list(dict.fromkeys(["id", "text", "language", *needed, *bucket]))

    def run(self, item: Item, workspace: Workspace, sink: Sink) -> None:
        """Sign one shard."""
        batches = []
        first_row = 0
        for batch, active in workspace.rows(item.key, self._columns(workspace)):
            mask = pc.fill_null(active, False)  # noqa: FBT003 - pyarrow takes the value by position
            rows = np.flatnonzero(mask.to_numpy(zero_copy_only=False)) + first_row
            first_row += batch.num_rows
            batches.append(self._sign(batch.filter(mask), rows, item.key))
        table = gather(batches, self._working)
        table = table.sort_by([("language", "ascending"), ("row", "ascending")])
        facts: dict[str, Any] = {}
        n_row_groups = 0
        start = 0
        counts = pc.value_counts(table.column("language")).to_pylist()
        for language, n in sorted((count["values"], count["counts"]) for count in counts):
            part = self._write(table.slice(start, n), language, sink, n_row_groups)
            n_row_groups = part["keys"][-1]
            facts[language] = part
            start += n
        ids = Entries(hash_keys(hash_texts(table.column("id"))), table.column("row").to_numpy())
        sink.facts["ids"] = self._write_keys({ID: ids}, None, sink, n_row_groups)
        sink.facts["languages"] = facts
        sink.facts["short_documents"] = table.column("bands").null_count
        sink.facts["scheme"] = self._scheme

    def _write(self, table: pa.Table, language: str, sink: Sink, first: int) -> dict[str, Any]:
        """Write the documents of one language, and their keys."""
        table = table.combine_chunks()
        bands = table.column("bands").combine_chunks()
        documents = table.drop_columns("bands")
        for field in self.schema:
            if field.name in signed.KEY_COLUMNS:
                documents = documents.append_column(field, pa.nulls(table.num_rows, field.type))
        part = signed.write_part(documents, sink, first)
        entries: dict[str, Entries] = {}
        for kind, name in ((EXACT, "text_hash"), (URL, "url_hash")):
            hashes = documents.column(name).combine_chunks()
            places = _places(hashes.is_valid())
            if len(places):
                entries[kind] = Entries(hash_keys(hashes.drop_null()), places)
        mask = bands.is_valid().to_numpy(zero_copy_only=False)
        if EXACT in entries:
            equal = match(entries[EXACT].keys)
            mask[entries[EXACT].places[equal.b]] = False
        places = _places(mask)
        if len(places):
            keys = bands.take(pa.array(places)).flatten().to_numpy()
            entries[NEAR] = Entries(keys[np.newaxis], np.repeat(places, self._config.bands))
        part |= self._write_keys(entries, language, sink, first + len(part["row_groups"]))
        if "shingles" in documents.column_names:
            shingles = documents.column("shingles").combine_chunks()
            part["shingles"] = len(shingles.flatten())
        return part

    def _write_keys(
        self, entries: Mapping[str, Entries], language: str | None, sink: Sink, first: int
    ) -> dict[str, Any]:
        keys = signed.write_keys(entries, language, self.schema, sink, first)
        return {
            "keys": keys,
            "entries": {kind: len(found.places) for kind, found in entries.items()},
        }

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
        unsigned = pa.array(~signatures.signed)
        hash_of = hash_normalised if self._config.exact == "normalised" else hash_texts
        columns = {
            "language": pc.if_else(pc.equal(labels, ""), UNDETERMINED, labels),
            "row": pa.array(rows, pa.uint32()),
            "id": as_strings(ids),
            "text_hash": hash_of(texts),
            "url_hash": self._url_hashes(batch),
            "merits": _lists(self._merits(batch, n_chars)),
            "bands": pa.FixedSizeListArray.from_arrays(
                pa.array(self._minhash.keys(signatures).reshape(-1)),
                self._config.bands,
                mask=unsigned,
            ),
        }
        if self._config.keep_signatures:
            columns["minima"] = _lists(signatures.minima, unsigned)
        if self._config.verify is not None:
            columns["shingles"] = self._minhash.shingles(texts)
        return pa.RecordBatch.from_arrays(
            [columns[field.name] for field in self._working], schema=self._working
        )

    def _url_hashes(self, batch: pa.RecordBatch) -> pa.Array:
        if not self._config.urls:
            return pa.nulls(batch.num_rows, HASH_TYPE)
        return hash_texts(normalise_urls(as_strings(batch.column("url"))))

    def _merits(self, batch: pa.RecordBatch, n_chars: pa.Array) -> npt.NDArray[np.float64]:
        """What keepers are chosen by: whether in no bucket apart, the policy, the length."""
        keeper = self._config.keeper()
        columns = {N_CHARS: n_chars}
        for name in keeper.columns:
            if name == RIGHTS_SIGNALS:
                columns[name] = signals(batch.column("rights"))
            elif name != N_CHARS:
                columns[name] = batch.column(name)
        try:
            policy = keeper.merits(columns, batch.num_rows)
        except KeeperError as error:
            raise StageError(f"keep_by: {error}") from error
        main = np.ones(batch.num_rows)
        if buckets.COLUMN in batch.schema.names:
            # Whoever leaves a bucket must not lose a document of which it has a copy.
            found = pc.equal(batch.column(buckets.COLUMN), buckets.MAIN)
            main = np.asarray(pc.fill_null(found, True), np.float64)  # noqa: FBT003 - by position only
        return np.column_stack([main, policy, n_chars.to_numpy(zero_copy_only=False)])


def _places(mask: Any) -> npt.NDArray[np.uint32]:
    return np.flatnonzero(np.asarray(mask)).astype(np.uint32)


def _lists(values: npt.NDArray[Any], mask: pa.Array | None = None) -> pa.ListArray:
    n, width = values.shape
    offsets = pa.array(np.arange(n + 1, dtype=np.int32) * np.int32(width))
    return pa.ListArray.from_arrays(offsets, pa.array(values.reshape(-1)), mask=mask)
