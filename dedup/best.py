"""Best: of every cluster its keeper, its name and its size, from members that come in parts."""

from __future__ import annotations

from typing import Final

import polars as pl

ROOT: Final = "root"
NAME: Final = "cluster_id"
SIZE: Final = "cluster_size"
ID: Final = "id"
MERIT: Final = "merit_"

LEAST: Final = 1 << 18
"""Members that are gathered at least before they are compared."""


class Best:
    """Finds the best member of each cluster; the order in which they come does not matter.

    Parameters
    ----------
    n_merits
        Number of columns ``merit_0``, ``merit_1``, …, by which members are ranked, the highest
        first; the smallest id decides the rest.
    """

    def __init__(self, n_merits: int) -> None:
        self._merits = [f"{MERIT}{i}" for i in range(n_merits)]
        self._found: pl.DataFrame | None = None
        self._pending: list[pl.DataFrame] = []
        self._n = 0

    def add(self, members: pl.DataFrame) -> None:
        """Add members: ``root``, the merits, ``id``, and whatever else is to be known of keepers.

        Merits must not be NaN, which has no place in an order.
        """
        self._pending.append(
            members.with_columns(pl.col(ID).alias(NAME), pl.lit(1, pl.Int64).alias(SIZE))
        )
        self._n += members.height
        if self._n >= max(LEAST, 0 if self._found is None else self._found.height):
            self._fold()

    def _fold(self) -> None:
        known = [] if self._found is None else [self._found]
        rows = pl.concat([*known, *self._pending])
        order = [ROOT, *self._merits, ID]
        down = [False, *(True for _ in self._merits), False]
        others = [name for name in rows.columns if name not in {ROOT, NAME, SIZE}]
        self._found = (
            rows.sort(order, descending=down)
            .group_by(ROOT, maintain_order=True)
            .agg(pl.col(others).first(), pl.col(NAME).min(), pl.col(SIZE).sum())
            .select(rows.columns)
        )
        self._pending.clear()
        self._n = 0

    def finish(self) -> pl.DataFrame | None:
        """One row per cluster, by root: its keeper, ``cluster_id``, ``cluster_size``; or None."""
        if self._pending:
            self._fold()
        return self._found
