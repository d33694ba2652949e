"""What each member of a cluster is to its keeper, in few passes over the members of a language."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa

from eurosift.dedup.best import ID, MERIT, NAME, ROOT, SIZE, Best
from eurosift.filters.arrays import UInt64s
from eurosift.stages.dedup.config import DedupConfig
from eurosift.stages.dedup.corpus import Corpus, Part
from eurosift.stages.dedup.members import MEMBER
from eurosift.stages.dedup.signed import EXACT, NEAR, URL, write_part
from eurosift.stages.dedup.verify import Verified
from eurosift.stages.phases import Sink

READ = ("row", "id", "text_hash", "url_hash", "merits")
DOCUMENT, RUN = "document", "run"


def describe(
    corpus: Corpus, roots: Callable[[], Iterator[pa.RecordBatch]], config: DedupConfig, sink: Sink
) -> None:
    """Write the membership table of one language, or of a part of its clusters.

    Parameters
    ----------
    corpus
        The documents of the language.
    roots
        Reads the members with the roots of their clusters, ascending; it is called several times.
    config
        Says which member is kept, and whether that is verified.
    sink
        Where the table goes, as `eurosift.stages.dedup.members.MEMBER`, with the facts of it.
    """

    def members(columns: Sequence[str]) -> Iterator[tuple[Part, pl.DataFrame]]:
        return _read(corpus, Cursor(roots()), columns)

    n_own = len(config.keeper().criteria) + 2
    rank = partial(_ranked, n_merits=n_own)
    if config.verify is not None:
        verified = Verified(members, rank, n_own + 1, config.verify)
        sink.facts["unlike"] = verified.unlike
        members = verified.rows
    best = Best(n_own + 1)
    for part, rows in members(READ):
        best.add(rank(rows, part))
    clusters = best.finish()
    facts: dict[str, Any] = {}
    n_row_groups = 0
    n_earlier = 0
    for part, rows in members(READ):
        assert clusters is not None  # noqa: S101 - there are members
        found = write_part(_describe(rows, part, clusters), sink, n_row_groups)
        n_row_groups += len(found["row_groups"])
        if part.run is None:
            facts[part.shard] = found
        else:
            n_earlier += found["rows"]
    sink.facts["shards"] = facts
    sink.facts["members_of_earlier_runs"] = n_earlier


class Roots(NamedTuple):
    """Some members, ascending, and their roots."""

    documents: UInt64s
    roots: UInt64s


class Cursor:
    """Reads members in order, up to one document after the other."""

    def __init__(self, batches: Iterator[pa.RecordBatch]) -> None:
        self._batches = batches
        self._held: list[Roots] = []
        self._last = -1

    def take(self, end: int) -> Roots:
        """Members before document `end` that were not taken yet."""
        while self._last < end - 1:
            batch = next(self._batches, None)
            if batch is None:
                break
            self._held.append(Roots(*(column.to_numpy() for column in batch.columns)))
            self._last = int(self._held[-1].documents[-1])
        none = np.empty(0, np.uint64)
        documents, roots = (
            np.concatenate([none, *(held[side] for held in self._held)]) for side in (0, 1)
        )
        cut = int(np.searchsorted(documents, np.uint64(end)))
        self._held = [Roots(documents[cut:], roots[cut:])]
        return Roots(documents[:cut], roots[:cut])


def _read(
    corpus: Corpus, cursor: Cursor, columns: Sequence[str]
) -> Iterator[tuple[Part, pl.DataFrame]]:
    """Yield what the sign phase knows of the members of each part that has some."""
    for part in corpus.parts:
        documents, roots = cursor.take(part.base + part.rows)
        if len(documents):
            places = (documents - np.uint64(part.base)).astype(np.int64)
            rows = pl.DataFrame({DOCUMENT: documents, ROOT: roots})
            if columns:
                read = pa.Table.from_batches(list(part.documents(columns, places)))
                rows = rows.hstack(pl.DataFrame(read))
            yield part, rows


def _ranked(rows: pl.DataFrame, part: Part, n_merits: int) -> pl.DataFrame:
    """Members with their merits: first of all, how early their run was."""
    own = rows["merits"].list
    merits = [
        own.get(i, null_on_oob=True).fill_null(0).alias(f"{MERIT}{i + 1}") for i in range(n_merits)
    ]
    return rows.select(
        pl.col(ROOT),
        pl.lit(float(-part.order)).alias(f"{MERIT}0"),
        *merits,
        pl.col(ID, DOCUMENT, "text_hash", "url_hash"),
        pl.lit(part.run, pl.String).alias(RUN),
    )


def _describe(rows: pl.DataFrame, part: Part, clusters: pl.DataFrame) -> pa.Table:
    """Make the rows of the membership table of one part."""
    keepers = clusters.select(
        ROOT, NAME, SIZE, pl.col(ID, RUN, DOCUMENT, "text_hash", "url_hash").name.prefix("keeper_")
    )
    joined = rows.join(keepers, on=ROOT, how="left", maintain_order="left")
    is_keeper = pl.col(DOCUMENT) == pl.col("keeper_document")
    kind = (
        pl.when(is_keeper)
        .then(None)
        .when(pl.col("text_hash") == pl.col("keeper_text_hash"))
        .then(pl.lit(EXACT))
        .when(pl.col("url_hash") == pl.col("keeper_url_hash"))
        .then(pl.lit(URL))
        .otherwise(pl.lit(NEAR))
    )
    return (
        joined.select(
            pl.lit(part.run, pl.String).alias("run"),
            pl.lit(part.shard).alias("shard"),
            pl.col("row", ID, NAME),
            pl.col(SIZE).cast(pl.Int32),
            pl.col("keeper_id").alias("keeper"),
            pl.col("keeper_run"),
            is_keeper.alias("is_keeper"),
            kind.alias("kind"),
        )
        .to_arrow()
        .cast(MEMBER)
    )
