"""Samples that can be drawn again: the rows whose ids have the smallest keyed hashes.

No random state is involved, so a sample depends on the ids and the seed alone, not on shards, order
or version of a library; a larger sample begins with the smaller one (bottom-k sampling, Cohen and
Kaplan 2007, https://doi.org/10.1145/1281100.1281133). Samples near a threshold are ordered by their
distance to it, and by the hashes only where that is equal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import polars as pl
import xxhash

from eurosift.pipeline import particulars
from eurosift.pipeline.dag import BUCKET, LANGUAGE, TEXT, Node
from eurosift.pipeline.errors import QueryError
from eurosift.pipeline.footers import read_footer
from eurosift.pipeline.labels import label_of
from eurosift.pipeline.problems import suggest
from eurosift.pipeline.tasks import Run
from eurosift.pipeline.view import KEPT, REASONS, SHARD, TEXT_FROM, View, find_node, is_active
from eurosift.stages.base import ROW
from eurosift.stages.footer import UNDETERMINED
from eurosift.stages.pii import Pii

Verdict = Literal["kept", "rejected"]
COLUMNS = (
    *(SHARD, ROW, "id", "url", LANGUAGE, BUCKET, "language_score", KEPT, REASONS),
    *particulars.COLUMNS,
    *(TEXT_FROM, TEXT),
)
"""What a sample shows, as far as the run has it."""

NEAR = ("value", "threshold", "distance")
"""Further columns of a sample near a threshold; the distance is relative to the threshold."""

_KEY = "sample_key"
_SIDE = "rejects"


@dataclass(frozen=True)
class Query:
    """Which rows may be drawn.

    Attributes
    ----------
    language
        A language, in any style of code; ``und`` for rows without a label. With a bucket behind it
        (``mlt_Latn_near``, ``mlt_Latn_main``) only that one.
    stage
        Rows that this stage worked on, and its verdict and reasons only; None for the whole run.
    verdict
        Kept or rejected; None for both.
    reason
        A reason for which they were rejected; its stage may stand before it, as in the rows.
    near
        A rule that compares a number with a threshold, by its reason: the rows closest to it, on
        both sides, of those that its stage worked on.
    """

    language: str | None = None
    stage: str | None = None
    verdict: Verdict | None = None
    reason: str | None = None
    near: str | None = None

    def settled(self, run: Run) -> Query:
        """The query with the stage whose rule `near` is, or that is named before the reason.

        Raises
        ------
        QueryError
            If there is no such stage or rule, or several stages have it.
        """
        owner, colon, reason = (self.reason or "").partition(":")
        if colon and owner in run.dag.nodes and self.stage in {None, owner}:
            return replace(self, stage=owner, reason=reason).settled(run)
        if self.near is None:
            return self
        named = None if self.stage is None else find_node(run, self.stage)
        nodes = run.dag.nodes.values() if named is None else [named]
        found = {node.name: node.step.margins() for node in nodes}
        owners = [name for name, rules in found.items() if self.near in rules]
        if len(owners) == 1:
            return replace(self, stage=owners[0])
        if owners:
            raise QueryError(
                f"stages {' and '.join(owners)} have a rule `{self.near}`: name one by `stage`"
            )
        where = "this run" if named is None else f"stage `{named.name}`"
        known = {rule for rules in found.values() for rule in rules}
        if not known:
            raise QueryError(f"no rule of {where} compares a number with a threshold")
        raise QueryError(
            f"no rule `{self.near}` with a threshold in {where}{suggest(self.near, known)}"
        )

    def condition(self, view: View) -> pl.Expr:
        """The query as an expression over language and reasons columns.

        Raises
        ------
        QueryError
            If no row of the run can answer it.
        """
        if self.verdict == "kept" and self.reason is not None:
            raise QueryError("a document that is kept has no reason: leave out one of the two")
        found = self._fate(view)
        if self.language is not None:
            if LANGUAGE not in view.types:
                raise QueryError(f"no stage that is done gives a `{LANGUAGE}`")
            label = label_of(self.language)
            own = pl.col(LANGUAGE)
            found &= own.is_null() if label.language == UNDETERMINED else own == label.language
            if label.bucket is not None:
                if BUCKET not in view.types:
                    raise QueryError(f"no stage gives a `{BUCKET}`: langid does with recall_first")
                found &= pl.col(BUCKET) == label.bucket
        return found

    def _fate(self, view: View) -> pl.Expr:
        judges = view.deciders
        if self.stage is not None:
            node = find_node(view.run, self.stage)
            if not node.decides:
                return self._of_undecided(view, node)
            judges = [node]
        if self.reason is not None:
            _check_reason(view, judges, self.reason)
            return pl.any_horizontal(_reasons(n).list.contains(self.reason) for n in judges)
        kept = is_active(judges)
        if self.verdict == "rejected":
            return ~kept
        worked_on = _reasons(judges[0]).is_not_null() if self.stage else pl.lit(value=True)
        return kept & worked_on if self.verdict == "kept" else worked_on

    def _of_undecided(self, view: View, node: Node) -> pl.Expr:
        if self.verdict == "rejected" or self.reason is not None:
            names = ", ".join(n.name for n in view.run.dag.nodes.values() if n.decides)
            raise QueryError(f"stage `{node.name}` rejects nothing; those that do: {names}")
        return is_active(view.mask(node))


def _reasons(node: Node) -> pl.Expr:
    return pl.col(node.step.reasons_column)


def _check_reason(view: View, judges: Sequence[Node], reason: str) -> None:
    run, known = view.run, set()
    for node in judges:
        for shard in view.shards:
            footer = read_footer(run.files.layer(node.name, shard))
            known |= set() if footer is None else set(footer.total().reasons)
    if reason not in known:
        raise QueryError(f"no document was rejected for `{reason}`{suggest(reason, known)}")


def view_of(run: Run, query: Query, *, partial: bool = False) -> View:
    """What a query draws from: all stages that are done, or up to the one asked for.

    Raises
    ------
    QueryError
        If there is no such stage or rule.
    IncompleteError
        If shards are not made yet, and `partial` is not set.
    """
    stage = query.settled(run).stage
    if stage is None:
        return View(run, partial=partial)
    node = find_node(run, stage)
    before = [n for n in (*reversed(node.ancestors), node.name) if run.dag.nodes[n].adds]
    return View(run, before, partial=partial)


def draw(
    view: View, query: Query, n: int, seed: int = 0, columns: Sequence[str] | None = None
) -> pl.DataFrame:
    """Draw `n` rows that answer the query, or all if there are fewer, in the order of their hashes.

    Near a threshold, rows that the rule rejects and rows that it lets pass take turns, each side
    in the order of its distances. The ids of all rows are read, the other columns only of the
    shards that were drawn from.

    Raises
    ------
    QueryError
        If no row of the run can answer the query.
    """
    query = query.settled(view.run)
    more = () if query.near is None else NEAR
    known = [*view.schema.names(), *more]
    usual = [c for c in (*COLUMNS[:-2], *NEAR, *COLUMNS[-2:]) if c in known]
    wanted = usual if columns is None else list(columns)
    unknown = [c for c in wanted if c not in known]
    if unknown:
        raise QueryError(f"no column `{unknown[0]}`{suggest(unknown[0], known)}")
    find = _choose if query.near is None else _nearest
    best = find(view, query, n, seed)
    stored = dict.fromkeys([SHARD, ROW, *(c for c in wanted if c not in more)])
    return fetch(view, best, list(stored)).hstack(best.select(more)).select(wanted)


def _needed(view: View, query: Query) -> list[str]:
    """Columns that the condition of a query speaks of."""
    columns = [node.step.reasons_column for node in view.deciders]
    if query.language is None:
        return columns
    of_bucket = [BUCKET] if label_of(query.language).bucket is not None else []
    return [LANGUAGE, *of_bucket, *columns]


_PLACE = {SHARD: pl.String(), ROW: pl.Int64(), _KEY: pl.UInt64()}


def _hits(
    view: View, query: Query, seed: int, columns: Sequence[str] = ()
) -> Iterator[pl.DataFrame]:
    """Rows that answer a query: place, key and some columns."""
    condition = query.condition(view)
    read = list(dict.fromkeys([SHARD, ROW, "id", *_needed(view, query), *columns]))
    for shard in view.shards:
        for rows in view.batches(shard, read):
            hits = rows.filter(condition)
            keys = [xxhash.xxh3_64_intdigest(i, seed) for i in hits["id"].to_list()]
            more = [c for c in columns if c not in _PLACE]
            yield hits.select(SHARD, ROW, pl.Series(_KEY, keys, pl.UInt64), *more)


def _choose(view: View, query: Query, n: int, seed: int) -> pl.DataFrame:
    best = pl.DataFrame(schema=_PLACE)
    for hits in _hits(view, query, seed):
        best = best.vstack(hits).sort(_KEY, SHARD, ROW).head(n)
    return best


def _nearest(view: View, query: Query, n: int, seed: int) -> pl.DataFrame:
    assert query.stage is not None  # noqa: S101 - it was settled
    node = find_node(view.run, query.stage)
    margin = node.step.margins()[str(query.near)]
    rejects = _reasons(node).list.contains(query.near).alias(_SIDE)
    value, threshold, distance = (pl.col(name) for name in NEAR)
    columns = dict.fromkeys((*margin.reads, node.step.reasons_column))
    types = _PLACE | {_SIDE: pl.Boolean()} | dict.fromkeys(NEAR, pl.Float64())
    best = pl.DataFrame(schema=types)
    for hits in _hits(view, query, seed, list(columns)):
        read = hits.select(margin.reads).to_arrow().combine_chunks()
        measured = [pl.DataFrame(margin.measure(batch)) for batch in read.to_batches()]
        if not measured:
            continue
        found = (
            hits.select(*_PLACE, rejects)
            .hstack(measured[0])
            .with_columns(((value - threshold) / threshold.abs()).alias(NEAR[-1]))
            .filter(distance.is_finite())
        )
        best = _both_sides(best.vstack(found), n)
    return best.sort(_rank(), _SIDE, descending=[False, True]).head(n)


def _both_sides(rows: pl.DataFrame, n: int) -> pl.DataFrame:
    """The first `n` of either side, by distance."""
    ordered = rows.sort(pl.col(NEAR[-1]).abs(), _KEY, SHARD, ROW)
    return ordered.filter(_rank() < n)


def _rank() -> pl.Expr:
    return pl.int_range(pl.len()).over(_SIDE)


def fetch(view: View, places: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Read columns of rows that are given by shard and row, in that order."""
    read = list(dict.fromkeys([SHARD, ROW, *columns]))
    found = [pl.DataFrame(schema={name: view.schema[name] for name in read})]
    for (shard,), group in places.group_by(SHARD):
        rows = group[ROW].to_list()
        for batch in view.batches(str(shard), read):
            found.append(batch.filter(pl.col(ROW).is_in(rows)))
            if batch[ROW][-1] >= max(rows):
                break
    order = places.select(SHARD, ROW)
    return order.join(pl.concat(found), on=(SHARD, ROW), maintain_order="left").select(columns)


def scrubbing_stages(run: Run) -> list[str]:
    """Stages whose text is scrubbed: those that scrub, and those behind them."""
    nodes = run.dag.nodes
    own = {
        n
        for n, node in nodes.items()
        if isinstance(node.step, Pii) and node.step.config.mode != "spans"
    }
    return [name for name, node in nodes.items() if own & {name, *node.ancestors}]
