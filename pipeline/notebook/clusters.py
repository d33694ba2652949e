"""Clusters of duplicates: the document that is kept, and what each other one has differently."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, overload

import numpy as np
import polars as pl
from markupsafe import Markup

from eurosift.dedup.shingle import shingles
from eurosift.dedup.verify import jaccard
from eurosift.pipeline.dag import LANGUAGE, Node
from eurosift.pipeline.errors import QueryError
from eurosift.pipeline.harmless import printable
from eurosift.pipeline.notebook import markup
from eurosift.pipeline.notebook.diff import WORDS, Piece, as_markup, as_text, pieces, words_of
from eurosift.pipeline.notebook.markup import Cell
from eurosift.pipeline.notebook.seen import seen
from eurosift.pipeline.tasks import Run
from eurosift.pipeline.view import SHARD, View
from eurosift.stages.base import ROW
from eurosift.stages.dedup import Dedup

MEMBERS: Final = 20
"""So many members of a cluster are read."""
ID, SIZE, KEEPER = "cluster_id", "cluster_size", "is_keeper"


@dataclass(frozen=True)
class Cluster:
    """The members of a cluster; texts are those that were compared, so they are not scrubbed yet.

    Attributes
    ----------
    id
        Name of the cluster.
    size
        How many members it has, those of earlier runs included.
    members
        Members of this run, the keeper first, then by place; at most `MEMBERS`. Columns ``shard``,
        ``row``, ``id``, ``url``, ``language``, ``is_keeper``, ``reasons``, ``text``.
    n_grams
        How many words make a shingle.
    """

    id: str
    size: int
    members: pl.DataFrame
    n_grams: int

    @cached_property
    def frame(self) -> pl.DataFrame:
        """The members with the Jaccard similarity of their shingles to those of the first one."""
        sets = [shingles(text or "", self.n_grams) for text in self.members["text"]]
        ends = np.concatenate([[0], np.cumsum([len(values) for values in sets])]).astype(np.int64)
        others = np.arange(len(sets))
        found = jaccard(np.concatenate(sets), ends, np.zeros_like(others), others)
        return self.members.with_columns(pl.Series("jaccard", found))

    def diff(self, number: int) -> list[Piece]:
        """What the first member and another one have differently, word by word.

        Parameters
        ----------
        number
            Of the other one in `members`, from 1.
        """
        first, other = (words_of(self.members["text"][i] or "") for i in (0, number))
        return pieces(first, other)

    def __len__(self) -> int:
        return self.size

    def __repr__(self) -> str:
        lines = [self._title]
        for number, row in enumerate(self.frame.iter_rows(named=True)):
            lines.append(f"  {self._about(row)}  {row['url'] or ''}")
            if number:
                lines.append(f"    {as_text(self.diff(number))}")
        return printable("\n".join(lines))

    @property
    def _title(self) -> str:
        there = self.members.height
        more = f", {there} of them shown" if there < self.size else ""
        return f"cluster {self.id}: {self.size} documents{more}"

    def _about(self, row: dict[str, Any]) -> str:
        if row["is_keeper"]:
            return f"kept  {row['id']}"
        return (
            f"{', '.join(row['reasons']) or 'removed'}  {row['id']}  Jaccard {row['jaccard']:.3f}"
        )

    def _repr_html_(self) -> str:
        parts = [markup.paragraph(self._title)]
        for number, row in enumerate(self.frame.iter_rows(named=True)):
            body = (
                markup.block(as_markup(self.diff(number)), row["language"])
                if number
                else markup.text(row["text"], row["language"])
            )
            is_cut = number and len(words_of(row["text"] or "", WORDS + 1)) > WORDS
            note = f"compared up to word {WORDS:,}" if is_cut else ""
            parts.append(
                Markup("<article>{}{}{}{}</article>").format(
                    markup.paragraph(self._about(row)),
                    markup.paragraph(markup.inline(row["url"] or "", "soft")),
                    body,
                    markup.paragraph(note, css="soft") if note else Markup(),
                )
            )
        return markup.shown(*parts)


class Clusters(Sequence[Cluster]):
    """Clusters of two or more members, the largest first.

    Attributes
    ----------
    frame
        ``cluster_id``, ``cluster_size``, ``language``, ``members`` (in this run), ``exact``,
        ``url`` and ``near``: how many of them were removed as such.
    """

    def __init__(self, run: Run, frame: pl.DataFrame) -> None:
        self._run = run
        self.frame = frame

    def __len__(self) -> int:
        return self.frame.height

    @overload
    def __getitem__(self, index: int) -> Cluster: ...
    @overload
    def __getitem__(self, index: slice) -> Clusters: ...
    def __getitem__(self, index: int | slice) -> Cluster | Clusters:
        if isinstance(index, slice):
            return Clusters(self._run, self.frame[index])
        return named(self._run, self.frame[ID][index])

    def __iter__(self) -> Iterator[Cluster]:
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        return printable(repr(self.frame))

    def _repr_html_(self) -> str:
        names = self.frame.columns
        head = [Cell(name, is_number=name not in {ID, LANGUAGE}) for name in names]
        rows = [
            [Cell("–" if v is None else str(v), is_number=isinstance(v, int)) for v in row]
            for row in self.frame.iter_rows()
        ]
        return markup.shown(markup.table(head, rows, "The largest clusters of duplicates"))


def largest(run: Run, language: str | None, n: int) -> Clusters:
    """The clusters with most members; of equal ones, by name.

    Raises
    ------
    QueryError
        If no stage of the run finds duplicates.
    IncompleteError
        If it has not been run.
    """
    node, rows = _rows(run)
    reasons = pl.col(node.step.reasons_column)
    chosen = rows.filter(pl.col(SIZE) > 1)
    if language is not None:
        chosen = chosen.filter(pl.col(LANGUAGE) == language)
    kinds = ("exact", "url", "near")
    found = (
        chosen.group_by(ID)
        .agg(
            pl.col(SIZE).first(),
            pl.col(LANGUAGE).first(),
            pl.len().alias("members"),
            *(reasons.list.contains(f"{kind}_duplicate").sum().alias(kind) for kind in kinds),
        )
        .sort([SIZE, ID], descending=[True, False])
        .head(n)
    )
    return Clusters(run, found.collect())


def named(run: Run, cluster: str) -> Cluster:
    """The cluster of that name.

    Raises
    ------
    QueryError
        If there is none, or no stage of the run finds duplicates.
    IncompleteError
        If it has not been run.
    """
    node, rows = _rows(run)
    assert isinstance(node.step, Dedup)  # noqa: S101 - `_rows` looks for these
    wanted = rows.filter(pl.col(ID) == cluster).collect()
    if wanted.is_empty():
        raise QueryError(f"no cluster {cluster!r} in this run")
    first = wanted.sort(pl.col(KEEPER), SHARD, ROW, descending=[True, False, False]).head(MEMBERS)
    texts = seen(run, node, first, ["text"])["text"].cast(pl.String)
    members = first.with_columns(
        texts, pl.col(node.step.reasons_column).fill_null([]).alias("reasons")
    )
    columns = [SHARD, ROW, "id", "url", LANGUAGE, KEEPER, "reasons", "text"]
    return Cluster(cluster, wanted[SIZE][0], members.select(columns), node.step.config.n_grams)


def around(run: Run, place: pl.DataFrame) -> Cluster:
    """The cluster of a document, itself alone perhaps.

    Raises
    ------
    QueryError
        If no stage of the run finds duplicates, or it never came to this document.
    IncompleteError
        If it has not been run.
    """
    node, rows = _rows(run)
    shard, row = place.row(0)
    found = rows.filter(pl.col(SHARD) == shard, pl.col(ROW) == row).select(ID).collect()[ID][0]
    if found is None:
        raise QueryError(f"`{node.name}` did not look at this document: it was rejected before")
    return named(run, found)


def _rows(run: Run) -> tuple[Node, pl.LazyFrame]:
    """The stage that finds duplicates, and the rows that it worked on."""
    for node in run.dag.nodes.values():
        if isinstance(node.step, Dedup):
            labels = [n.name for n in run.dag.nodes.values() if _adds(n, LANGUAGE)]
            rows = View(run, [node.name, *labels[:1]]).lazy()
            names = rows.collect_schema().names()
            absent = [pl.lit(None, pl.String).alias(c) for c in (LANGUAGE, "url") if c not in names]
            columns = (
                SHARD,
                ROW,
                "id",
                "url",
                LANGUAGE,
                ID,
                SIZE,
                KEEPER,
                node.step.reasons_column,
            )
            return node, rows.with_columns(absent).select(columns)
    raise QueryError("no stage of this run finds duplicates")


def _adds(node: Node, column: str) -> bool:
    return node.adds is not None and column in node.adds.names
