"""First phase: every shard is sorted into row groups by verdict and label.

The label is the language, with the bucket of documents that are kept apart.

Afterwards an output file is put together from exactly the row groups that it needs, and no shard
is read once per language.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from eurosift.langid import buckets
from eurosift.langid.languages import UnknownLanguageError, canonical
from eurosift.stages.base import Item, Rows, Sink, TablePhase, Workspace
from eurosift.stages.footer import UNDETERMINED
from eurosift.stages.release.columns import (
    KEPT_VERDICT,
    REJECTED_VERDICT,
    Selection,
    conform,
    schema_of,
)
from eurosift.stages.release.partition import Key, Partitioner
from eurosift.stages.release.reasons import gather

PARTS = "parts"


class Parts(TablePhase):
    """Sort the rows of one shard.

    The footer's facts say of each row group: ``verdict``, ``language``, ``rows``, ``text_bytes``,
    ``digest``.

    Parameters
    ----------
    kept, rejected
        The columns that the release has of either.
    """

    name: ClassVar[str] = PARTS

    def __init__(self, kept: Selection, rejected: Selection) -> None:
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
            batch = conform(batch.append_column("reasons", why), self._schema)
            if "text" not in self._selections[REJECTED_VERDICT].columns:
                batch = _without_text(batch, rows.active)
            partitioner.add(batch, _keys(rows))
        partitioner.finish()
        sink.facts["row_groups"] = partitioner.row_groups

    def _columns(self, workspace: Workspace) -> list[str]:
        names = dict.fromkeys((*self._schema.names, buckets.COLUMN))
        return [name for name in names if workspace.has(name)] + [*workspace.reasons().values()]


def _without_text(batch: pa.RecordBatch, active: pa.BooleanArray) -> pa.RecordBatch:
    """Drop the text of rejected rows."""
    index = batch.schema.get_field_index("text")
    text = pc.if_else(active, batch.column(index), pa.scalar(None, pa.string()))
    return batch.set_column(index, batch.schema.field(index), text)


def _keys(rows: Rows) -> list[Key]:
    columns = dict(zip(rows.batch.schema.names, rows.batch.columns, strict=True))
    language = columns.get("language", pa.nulls(len(rows.active), pa.string()))
    labels = buckets.labels(language, columns.get(buckets.COLUMN)).to_pylist()
    folders = {label: folder_of(label) for label in dict.fromkeys(labels)}
    return [
        Key(KEPT_VERDICT if active else REJECTED_VERDICT, folders[label])
        for active, label in zip(rows.active.to_pylist(), labels, strict=True)
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
