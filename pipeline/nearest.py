"""Documents near the threshold that a rule would have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
import pyarrow.parquet as pq

from eurosift.filters.arrays import Bools, Float64s, Int64s
from eurosift.pipeline.dag import TEXT
from eurosift.pipeline.errors import InvariantError
from eurosift.pipeline.sampling import fetch
from eurosift.pipeline.tasks import Run
from eurosift.pipeline.view import SHARD, View
from eurosift.stages.base import ROW


class Near(NamedTuple):
    """A document near the threshold that a rule would have.

    Attributes
    ----------
    rule
        Name of the rule.
    fails
        Whether the changed rule rejects it.
    distance
        Of value and threshold, relative to the threshold; without a sign.
    shard, row
        The place of the document.
    language
        Its label, ``und`` if it has none.
    value, threshold
        What is compared.
    now, then
        Whether it is kept by all rules of the stage, as they are and as they would be.
    """

    rule: str
    fails: bool
    distance: float
    shard: str
    row: int
    language: str
    value: float
    threshold: float
    now: bool
    then: bool


def least(values: Float64s, mask: Bools, n: int) -> Int64s:
    """Places of the `n` least values where `mask` is set, least first, equals by place.

    Examples
    --------
    >>> least(np.array([3.0, 1.0, 2.0, 1.0, 0.0]), np.array([1, 1, 1, 1, 0], bool), 3).tolist()
    [1, 3, 2]
    """
    places = np.flatnonzero(mask)
    if n < len(places):
        bound = np.partition(values[places], n)[:n].max(initial=-np.inf)
        below = places[values[places] < bound]
        places = np.concatenate([below, places[values[places] == bound][: n - len(below)]])
    ordered: Int64s = places[np.lexsort((places, values[places]))]
    return ordered


def identify(run: Run, near: Sequence[Near], chars: int | None = None) -> pl.DataFrame:
    """Id and URL of documents, in their order, and as many characters of text as are asked for."""
    places = pl.DataFrame(
        [(each.shard, each.row) for each in near],
        schema={SHARD: pl.String, ROW: pl.Int64},
        orient="row",
    )
    source = run.dag.source
    columns = [c for c in ("id", "url") if source.adds is not None and c in source.adds.names]
    if chars is not None:
        view = View(run, [source.name], partial=True)
        found = fetch(view, places, [*columns, TEXT])
        return found.with_columns(pl.col(TEXT).str.slice(0, chars))
    rows = [_row(run.files.layer(source.name, e.shard), e.row, columns) for e in near]
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def _row(path: Path, row: int, columns: Sequence[str]) -> list[str | None]:
    """One row of a file, of which only its row group is read."""
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        for group in range(file.metadata.num_row_groups):
            size = file.metadata.row_group(group).num_rows
            if row < size:
                table = file.read_row_group(group, columns=list(columns))
                return [table.column(name)[row].as_py() for name in columns]
            row -= size
    raise InvariantError(f"{path}: has fewer rows than other layers")


def nearest_of(found: Iterable[Near], n: int) -> list[Near]:
    """The first `n` of each rule and side, nearest first."""
    kept: dict[tuple[str, bool], list[Near]] = {}
    for each in sorted(found):
        side = kept.setdefault((each.rule, each.fails), [])
        if len(side) < n:
            side.append(each)
    return [each for side in kept.values() for each in side]
