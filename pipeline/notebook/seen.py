"""Documents as a stage saw them, before it did its own work."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from eurosift.pipeline.dag import Node
from eurosift.pipeline.tasks import Run
from eurosift.pipeline.view import SHARD
from eurosift.stages.base import ROW


def seen(run: Run, node: Node, places: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Read columns of some documents as a stage read them, in the order of the places.

    Parameters
    ----------
    run
        The run.
    node
        The stage; text is that of the last stage before it that wrote some.
    places
        ``shard`` and ``row`` of the documents.
    columns
        What to read; null where no stage before it has such a column.

    Raises
    ------
    IncompleteError
        If a layer before the stage is not made yet.
    InvariantError
        If a file is damaged, or layers do not speak of the same rows.
    """
    workspace = run.workspace(node)
    found = []
    for (shard,), group in places.group_by(SHARD, maintain_order=True):
        wanted = group[ROW].to_list()
        for rows in workspace.rows(str(shard), [ROW, *columns]):
            batch = pl.DataFrame(rows.batch)
            found.append(
                batch.filter(pl.col(ROW).is_in(wanted)).with_columns(pl.lit(shard).alias(SHARD))
            )
            if batch[ROW][-1] >= max(wanted):
                break
    order = places.select(SHARD, ROW)
    return order.join(pl.concat(found), on=(SHARD, ROW), maintain_order="left").select(columns)
