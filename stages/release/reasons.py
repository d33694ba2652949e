"""Which stage rejected a row, and why, out of the reasons columns of all stages."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def gather(batch: pa.RecordBatch, columns: Mapping[str, str]) -> tuple[pa.Array, pa.Array]:
    """Put the reasons of all stages side by side.

    Parameters
    ----------
    batch
        Rows with the reasons columns (``list<string>``; null and ``[]`` alike mean none).
    columns
        Reasons column of each stage, in the order of the stages.

    Returns
    -------
    rejected_by : list<string>
        Stages that gave a reason.
    reasons : list<string>
        ``stage:reason``, all reasons of all stages.
    """
    stage_rows, stage_names, reason_rows, reasons = [], [], [], []
    for stage, column in columns.items():
        lists = batch.column(column)
        if pa.types.is_null(lists.type):
            continue
        rows = np.asarray(pc.list_parent_indices(lists))
        reason_rows.append(rows)
        reasons.append(pc.binary_join_element_wise(stage, pc.list_flatten(lists), ":"))
        stage_rows.append(np.unique(rows))
        stage_names.append(pa.repeat(pa.scalar(stage, pa.string()), len(stage_rows[-1])))
    return (
        _nest(stage_rows, stage_names, batch.num_rows),
        _nest(reason_rows, reasons, batch.num_rows),
    )


def _nest(rows: list[np.ndarray], values: list[pa.Array], n_rows: int) -> pa.Array:
    """Make lists out of values and the rows that they belong to; the order of values is kept."""
    if not values:
        return pa.array([[]] * n_rows, pa.list_(pa.string()))
    row = np.concatenate(rows).astype(np.int64)
    order = np.argsort(row, kind="stable")
    offsets = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=n_rows))])
    flat = pa.concat_arrays([value.cast(pa.string()) for value in values]).take(pa.array(order))
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), flat)
