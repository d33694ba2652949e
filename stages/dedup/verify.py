"""Verification: no document is removed that is not similar enough to the one that is kept.

Bands say who may be similar, and clusters join what is similar to something similar. Here each
member of a cluster is compared with the one that would be kept, by all of their shingles. Who is
not similar enough goes on to the next round, in which the best of these would be kept, and so on.
So clusters come apart in a way that depends on nothing but their members.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import polars as pl

from eurosift.dedup.best import ROOT, Best
from eurosift.dedup.verify import Sets, jaccard
from eurosift.filters.arrays import Bools, Int64s, UInt64s
from eurosift.stages.dedup.corpus import Part

ROUNDS = 32
"""Documents of a cluster that are kept at most; who is similar to none of them is kept, too."""
SLICE_ROWS = 8192
"""Members that are compared at once."""
NONE = np.uint64(0xFFFFFFFFFFFFFFFF)
DOCUMENT, SHINGLES = "document", "shingles"

Rows = Iterator[tuple[Part, pl.DataFrame]]
Read = Callable[[Sequence[str]], Rows]
Rank = Callable[[pl.DataFrame, Part], pl.DataFrame]


class Verified:
    """Members of clusters that have come apart.

    Parameters
    ----------
    read
        Reads the members, the same ones in the same order each time, with the columns asked for.
    rank
        Adds what `Best` asks for.
    n_merits
        Likewise.
    least
        Least Jaccard similarity with the document that is kept.

    Memory: 20 bytes per member, 8 per shingle of one document of each cluster, and the members of
    a shard.
    """

    def __init__(self, read: Read, rank: Rank, n_merits: int, least: float) -> None:
        self._read = read
        self._rank = rank
        self._n_merits = n_merits
        self._least = least
        self._labels = np.full(sum(rows.height for _, rows in read(())), NONE)
        for _ in range(ROUNDS):
            if not (self._labels == NONE).any():
                break
            self._round()
        self.unlike = int((self._labels == NONE).sum())
        kept, counts = np.unique(self._labels[self._labels != NONE], return_counts=True)
        self._alone = kept[counts == 1]

    def rows(self, columns: Sequence[str]) -> Rows:
        """Read members of clusters of two or more; the root is the document that is kept."""
        start = 0
        for part, rows in self._read(columns):
            labels = self._labels[start : start + rows.height]
            start += rows.height
            inside = (labels != NONE) & ~np.isin(labels, self._alone)
            if inside.any():
                found = rows.with_columns(pl.Series(ROOT, labels))
                yield part, found.filter(pl.Series(inside))

    def _round(self) -> None:
        """Compare who is left with the best of them."""
        best = Best(self._n_merits)
        for part, rows, _ in self._left(("id", "merits", "text_hash", "url_hash")):
            best.add(self._rank(rows, part))
        keepers = best.finish()
        assert keepers is not None  # noqa: S101 - somebody is left
        sets, numbers = self._sets(keepers[DOCUMENT].to_numpy())
        known = keepers.select(
            ROOT,
            pl.col(DOCUMENT, "text_hash", "url_hash").name.prefix("keeper_"),
            pl.Series("number", numbers),
        )
        for _, rows, places in self._left(("text_hash", "url_hash", SHINGLES)):
            joined = rows.join(known, on=ROOT, how="left", maintain_order="left")
            alike = self._alike(joined, sets)
            self._labels[places[alike]] = joined["keeper_document"].to_numpy()[alike]

    def _left(self, columns: Sequence[str]) -> Iterator[tuple[Part, pl.DataFrame, Int64s]]:
        """Members that are in no cluster yet, and their places."""
        start = 0
        for part, rows in self._read(columns):
            places = np.flatnonzero(self._labels[start : start + rows.height] == NONE)
            for first in range(0, places.size, SLICE_ROWS):
                some = places[first : first + SLICE_ROWS]
                yield part, rows[some], some + start
            start += rows.height

    def _sets(self, documents: UInt64s) -> tuple[Sets, Int64s]:
        """Shingles of the documents that would be kept, and the number of each one's set."""
        order = np.argsort(documents)
        values, lengths = [], []
        numbers = np.zeros(len(documents), np.int64)
        n = 0
        for _, rows, _ in self._left((SHINGLES,)):
            places = np.searchsorted(documents, rows[DOCUMENT].to_numpy(), sorter=order)
            places = order[np.minimum(places, len(documents) - 1)]
            mine = documents[places] == rows[DOCUMENT].to_numpy()
            found, offsets = _sets_of(rows.filter(pl.Series(mine)))
            values.append(found)
            lengths.append(np.diff(offsets))
            numbers[places[mine]] = np.arange(n, n + len(lengths[-1]))
            n += len(lengths[-1])
        offsets = np.concatenate([[0], np.cumsum(np.concatenate(lengths))])
        return (np.concatenate(values), offsets), numbers

    def _alike(self, rows: pl.DataFrame, keepers: Sets) -> Bools:
        same = rows.select(
            pl.any_horizontal(
                pl.col(DOCUMENT) == pl.col("keeper_document"),
                (pl.col("text_hash") == pl.col("keeper_text_hash")).fill_null(value=False),
                (pl.col("url_hash") == pl.col("keeper_url_hash")).fill_null(value=False),
            )
        ).to_series()
        alike: Bools = same.to_numpy().copy()
        others = np.flatnonzero(~alike)
        values, offsets = _sets_of(rows[others])
        numbers = rows["number"].to_numpy()[others]
        similarity = jaccard(*keepers, numbers, np.arange(len(others)), (values, offsets))
        alike[others] = similarity >= self._least
        return alike


def _sets_of(rows: pl.DataFrame) -> Sets:
    """Shingles of some rows, and where those of each begin and end."""
    lengths = rows[SHINGLES].list.len().fill_null(0).to_numpy()
    values = rows[SHINGLES].explode(empty_as_null=False, keep_nulls=False).to_numpy()
    return values, np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
