"""Sizes of duplicate clusters, counted by the documents that are kept of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import polars as pl

from eurosift.pipeline.html.charts import Part, bar
from eurosift.pipeline.html.fates import KEPT
from eurosift.pipeline.html.grid import Column, Grid
from eurosift.pipeline.html.survey import LABEL

SIZE = "cluster_size"
KEEPER = "is_keeper"


class Clusters:
    """Counts clusters by size: every one has one keeper."""

    columns: Sequence[str] = (SIZE, KEEPER)

    def __init__(self) -> None:
        self._sizes: Counter[tuple[str, int]] = Counter()

    def add(self, rows: pl.DataFrame) -> None:
        """Count the keepers of a block."""
        keepers = rows.filter(pl.col(KEEPER)).group_by(LABEL, SIZE).len()
        for label, size, n in keepers.iter_rows():
            self._sizes[label, size] += n

    @property
    def sizes(self) -> Counter[int]:
        """Clusters by size, over all languages."""
        found: Counter[int] = Counter()
        for (_, size), n in self._sizes.items():
            found[size] += n
        return found

    def grid(self) -> Grid | None:
        """One row per range of sizes, of documents without a duplicate up to the largest ones."""
        sizes = self.sizes
        if not sizes:
            return None
        ranges: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for size, n in sizes.items():
            ranges.setdefault(_range(size), []).append((size, n))
        documents = sum(size * n for size, n in sizes.items())
        rows = []
        for bounds, found in sorted(ranges.items()):
            members = sum(size * n for size, n in found)
            rows.append(
                {
                    "size": _words(*bounds),
                    "clusters": sum(n for _, n in found),
                    "documents": members,
                    "share": members / documents,
                    "chart": bar([Part(KEPT, members)], documents),
                }
            )
        columns = (
            Column("size", "documents in the cluster", "text"),
            Column("clusters", "clusters"),
            Column("documents", "documents"),
            Column("share", "of all documents", "share"),
            Column("chart", "documents, compared", "chart"),
        )
        return Grid("clusters-table", "Clusters by their size", columns, rows)

    def largest(self) -> Grid | None:
        """One row per language with duplicates: clusters, and the size of the largest one."""
        rows = []
        for label in sorted({label for label, _ in self._sizes}):
            sizes = {size: n for (own, size), n in self._sizes.items() if own == label and size > 1}
            if sizes:
                rows.append(
                    {
                        "language": label,
                        "clusters": sum(sizes.values()),
                        "documents": sum(size * n for size, n in sizes.items()),
                        "largest": max(sizes),
                    }
                )
        columns = (
            Column("language", "language", "code"),
            Column("clusters", "clusters"),
            Column("documents", "documents in them"),
            Column("largest", "largest"),
        )
        caption = "Clusters of two documents and more, by language"
        return Grid("clusters-languages", caption, columns, rows) if rows else None


def _range(size: int) -> tuple[int, int]:
    """Smallest and largest size that are counted together, 1, 2, 3–4, 5–8 and so on.

    Examples
    --------
    >>> [_range(n) for n in (1, 2, 3, 4, 5, 8, 9, 1000)]
    [(1, 1), (2, 2), (3, 4), (3, 4), (5, 8), (5, 8), (9, 16), (513, 1024)]
    """
    high = 1 << (size - 1).bit_length()
    return (high // 2 + 1, high) if size > 1 else (1, 1)


def _words(low: int, high: int) -> str:
    if low == 1:
        return "1 (no duplicate)"
    return f"{low:,}" if low == high else f"{low:,}–{high:,}"
