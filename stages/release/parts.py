"""First phase: every shard is sorted into row groups by verdict and label.

The label is the language, with the bucket of documents that are kept apart.

Afterwards an output file is put together from exactly the row groups that it needs, and no shard
is read once per language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from eurosift.langid import buckets
from eurosift.langid.languages import UnknownLanguageError, canonical
from eurosift.stages.footer import UNDETERMINED
from eurosift.stages.phases import Item, Rows, Sink, TablePhase, Workspace
from eurosift.stages.release.columns import (
    KEPT_VERDICT,
    REJECTED_VERDICT,
    RIGHTS,
    Selection,
    conform,
    schema_of,
)
from eurosift.stages.release.partition import Key, Partitioner
from eurosift.stages.release.reasons import gather
from eurosift.stages.release.splits import splits_of
from eurosift.stages.rights import signals

PARTS = "parts"
EVIDENCE = "rights"
"""Column of the documents layer with what pages say of licences and reservations."""


class Parts(TablePhase):
    """Sort the rows of one shard.

    The footer's facts say of each row group: ``verdict``, ``language``, ``split``, ``rows``,
    ``text_bytes``, ``digest``.

    Parameters
    ----------
    kept, rejected
        The columns that the release has of either.
    splits, split_key
        As `splits_of` takes them.
    """

    name: ClassVar[str] = PARTS

    def __init__(
        self, kept: Selection, rejected: Selection, splits: Mapping[str, float], split_key: str
    ) -> None:
        self._splits = splits
        self._split_key = split_key
        self._selections = {KEPT_VERDICT: kept, REJECTED_VERDICT: rejected}
        names = (*kept.columns, *(c for c in rejected.columns if c not in kept.columns))
        self._schema = schema_of(names)

    @property
    def schema(self) -> pa.Schema:
        """Columns of kept and of rejected rows together."""
        return self._schema

    def items(self, workspace: Workspace) -> Sequence[Item]:
        """One item per shard."""
        columns = self._columns(workspace)
        return [
            Item(shard, f".parts/{shard}.parquet", workspace.digests(shard, columns))
            for shard in workspace.shards
        ]

    def run(self, item: Item, workspace: Workspace, sink: Sink) -> None:
        """Sort the rows of one shard."""
        reasons = workspace.reasons()
        columns = self._columns(workspace)
        partitioner = Partitioner(sink, {v: s.columns for v, s in self._selections.items()})
        for rows in workspace.rows(item.key, columns):
            rejected_by, why = gather(rows.batch, reasons)
            batch = rows.batch.append_column("rejected_by", rejected_by)
            if EVIDENCE in batch.schema.names:
                batch = batch.append_column(RIGHTS, signals(batch.column(EVIDENCE)))
            batch = conform(batch.append_column("reasons", why), self._schema)
            if "text" not in self._selections[REJECTED_VERDICT].columns:
                batch = _without_text(batch, rows.active)
            splits = splits_of(batch.column("id").to_pylist(), self._splits, self._split_key)
            partitioner.add(batch, _keys(rows, splits))
        partitioner.finish()
        sink.facts["row_groups"] = partitioner.row_groups

    def _columns(self, workspace: Workspace) -> list[str]:
        names = dict.fromkeys((*self._schema.names, buckets.COLUMN))
        if RIGHTS in names:
            names[EVIDENCE] = None
        return [name for name in names if workspace.has(name)] + [*workspace.reasons().values()]


def _without_text(batch: pa.RecordBatch, active: pa.BooleanArray) -> pa.RecordBatch:
    """Drop the text of rejected rows."""
    index = batch.schema.get_field_index("text")
    text = pc.if_else(active, batch.column(index), pa.scalar(None, pa.string()))
    return batch.set_column(index, batch.schema.field(index), text)


def _keys(rows: Rows, splits: Sequence[str]) -> list[Key]:
    columns = dict(zip(rows.batch.schema.names, rows.batch.columns, strict=True))
    language = columns.get("language", pa.nulls(len(rows.active), pa.string()))
    labels = buckets.labels(language, columns.get(buckets.COLUMN)).to_pylist()
    folders = {label: folder_of(label) for label in dict.fromkeys(labels)}
    return [
        Key(KEPT_VERDICT, folders[label], split)
        if active
        else Key(REJECTED_VERDICT, folders[label])
        for active, label, split in zip(rows.active.to_pylist(), labels, splits, strict=True)
    ]


def folder_of(label: str | None) -> str:
    """Label with the canonical code of a language; ``und`` if it has none that names a folder.

    Examples
    --------
    >>> folder_of("mlt_Latn_near"), folder_of("et"), folder_of(None), folder_of("../../etc")
    ('mlt_Latn_near', 'ekk_Latn', 'und', 'und')
    """
    language, bucket = buckets.split(label or UNDETERMINED)
    try:
        return buckets.join(canonical(language), bucket)
    except UnknownLanguageError:
        return UNDETERMINED
