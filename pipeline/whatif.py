"""What other rules would do to a run, from the numbers that its stages have left.

No text is read. Where the layer of the deciding stage is up to date, its reasons say which rows
fail which rules now, and only the rules that differ are compared again; else both verdicts are
computed. Shards are read as a whole, a few columns of each, so memory is that of some shards.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from eurosift.filters.arrays import Bools, Float64s, Int64s
from eurosift.filters.verdicts import label_numbers
from eurosift.pipeline.columns import made_shards, read_columns, whole
from eurosift.pipeline.dag import LANGUAGE, TEXT, Dag
from eurosift.pipeline.errors import IncompleteError, InvariantError, QueryError
from eurosift.pipeline.sampling import fetch
from eurosift.pipeline.tasks import Run, State
from eurosift.pipeline.view import SHARD, View
from eurosift.stages.base import ROW, Stage
from eurosift.stages.footer import UNDETERMINED
from eurosift.stages.quality import SCORE, Comparison, Quality

TOKENS: Final = "n_tokens"
BLOCK_ROWS: Final = 65_536
"""So many rows are judged at a time where whole verdicts are computed."""


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


@dataclass
class Tally:
    """Sums over documents of one language.

    Attributes
    ----------
    kept
        Documents that are kept now.
    gained, lost
        Documents whose verdict changes.
    characters
        Of the gained, less those of the lost.
    tokens
        The same of tokens, of documents that were counted alone.
    uncounted, uncounted_characters
        Documents whose verdict changes and that have no count of tokens, and `characters` of these.
    counted_characters, counted_tokens
        Over all documents that have a count of tokens.
    """

    kept: int = 0
    gained: int = 0
    lost: int = 0
    characters: int = 0
    tokens: int = 0
    uncounted: int = 0
    uncounted_characters: int = 0
    counted_characters: int = 0
    counted_tokens: int = 0

    def add(self, other: Tally) -> None:
        """Add the sums of other documents."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    @property
    def all_tokens(self) -> int | None:
        """Change in tokens, estimated by characters where none were counted; None without any."""
        if not self.counted_characters:
            return None
        per_character = self.counted_tokens / self.counted_characters
        return self.tokens + round(self.uncounted_characters * per_character)


@dataclass
class Found:
    """What was found: sums by language, documents near the thresholds, and how.

    Attributes
    ----------
    tallies
        By language; ``und`` for documents without a label.
    near
        For each rule that differs and each side, the nearest documents, nearest first.
    recomputed
        Shards whose layer is not up to date, so that both verdicts were computed.
    """

    tallies: dict[str, Tally] = field(default_factory=dict)
    near: list[Near] = field(default_factory=list)
    recomputed: int = 0


class Preview:
    """What a changed configuration of one stage would do.

    Parameters
    ----------
    run
        The run as it is.
    changed
        The stages of the changed recipe.
    stage
        Name of the stage that was changed.
    nearest
        How many documents of each side are to be found for each rule that differs.

    Attributes
    ----------
    shards
        The shards that can be looked at.

    Raises
    ------
    QueryError
        If the stage rejects nothing, or reads text.
    IncompleteError
        If what it reads has not been made for any shard.
    """

    def __init__(self, run: Run, changed: Dag, stage: str, nearest: int = 3) -> None:
        self.run, self.nearest = run, nearest
        self.node = run.dag.nodes[stage]
        old, new = self.node.step, changed.nodes[stage].step
        if not (self.node.decides and isinstance(old, Stage) and isinstance(new, Stage)):
            raise QueryError(f"stage `{stage}` has no rules: there is nothing to preview")
        self.old, self.new = old, new
        self.reads = [c for c in _columns(old, new) if run.dag.holders(self.node, c)]
        if TEXT in self.reads:
            raise QueryError(f"stage `{stage}` reads text: only what numbers decide is previewed")
        self.judges = run.dag.deciders(self.node, text_only=old.active_on == "text")
        layers = {run.dag.holders(self.node, column)[0] for column in self.reads}
        layers |= {node.name for node in self.judges}
        self.shards = made_shards(run, sorted(layers))
        if not self.shards:
            raise IncompleteError(
                f"{', '.join(sorted(layers))}: not made yet for any shard; `eurosift run` does it"
            )

    @cached_property
    def rules(self) -> Mapping[str, tuple[str, ...]] | None:
        """Rules that differ, and the columns that they are over; None if all may differ."""
        if isinstance(self.old, Quality) and isinstance(self.new, Quality):
            return self.new.differing(self.old)
        return None

    @cached_property
    def _done(self) -> frozenset[str]:
        """Shards whose layer is up to date."""
        states = self.run.phase_state(self.node, None).tasks
        return frozenset(each.task.key for each in states if each.state is State.DONE)

    @cached_property
    def _counter(self) -> str:
        """The stage that counts tokens; empty if none does."""
        nodes = self.run.dag.nodes.values()
        return next((n.name for n in nodes if n.adds is not None and TOKENS in n.adds.names), "")

    @cached_property
    def _counted(self) -> frozenset[str]:
        """Shards with counts of tokens."""
        return frozenset(made_shards(self.run, [self._counter]) if self._counter else ())

    def find(self) -> Found:
        """Read the shards and compare the verdicts.

        Raises
        ------
        InvariantError
            If a file is damaged, or layers do not speak of the same rows.
        """
        total = Found(recomputed=sum(shard not in self._done for shard in self.shards))
        with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
            for tallies, near in pool.map(self._look, self.shards):
                for language, tally in tallies.items():
                    total.tallies.setdefault(language, Tally()).add(tally)
                total.near = nearest_of([*total.near, *near], self.nearest)
        return total

    def _look(self, shard: str) -> tuple[dict[str, Tally], list[Near]]:
        is_quick = shard in self._done and self.rules is not None
        rows = self._read(shard, quick=is_quick)
        judged = None if is_quick else self._judged(rows)
        comparisons = {name: self._compare(name, rows) for name in self.rules or ()}
        seen = self._differing(rows, comparisons) if judged is None else judged
        labels, numbers = label_numbers(rows.get(LANGUAGE, pa.nulls(len(seen.now))))
        names = [label or UNDETERMINED for label in labels]
        near = [
            each
            for name, found in comparisons.items()
            for each in self._near(shard, name, found, seen, names, numbers)
        ]
        return _tallies(rows, seen, names, numbers, self._characters), near

    @property
    def _characters(self) -> str | None:
        return self.run.dag.measures(self.node).get("characters")

    def _read(self, shard: str, *, quick: bool) -> dict[str, pa.Array]:
        """Columns of all rows of a shard, by name."""
        own = self.node.step.reasons_column
        columns = [c for c in (LANGUAGE, self._characters) if c is not None]
        by_layer: dict[str, list[str]] = {}
        if quick:
            by_layer[self.node.name] = [own]
            columns += [column for read in (self.rules or {}).values() for column in read]
        else:
            for node in self.judges:
                by_layer.setdefault(node.name, []).append(node.step.reasons_column)
            columns += self.reads
        for column in dict.fromkeys(columns):
            if quick and column == SCORE:
                by_layer[self.node.name].append(column)
            for layer in self.run.dag.holders(self.node, column)[:1]:
                by_layer.setdefault(layer, []).append(column)
        if shard in self._counted:
            by_layer.setdefault(self._counter, []).append(TOKENS)
        return read_columns(self.run, shard, by_layer)

    def _differing(
        self, rows: Mapping[str, pa.Array], comparisons: Mapping[str, Comparison]
    ) -> _Seen:
        """Verdicts by the reasons that were given, but for rules that differ."""
        reasons = rows[self.node.step.reasons_column]
        active = pc.is_valid(reasons).to_numpy(zero_copy_only=False)
        lengths = pc.list_value_length(reasons).fill_null(0).to_numpy(zero_copy_only=False)
        values = reasons.flatten()
        differs = pc.is_in(values, pa.array(list(comparisons), pa.string()))
        before = np.concatenate([[0], np.cumsum(differs.to_numpy(zero_copy_only=False))])
        ends = np.cumsum(lengths)
        others = lengths - (before[ends] - before[ends - lengths])
        then = active & (others == 0)
        for found in comparisons.values():
            then &= ~found.fails
        return _Seen(active, active & (lengths == 0), then)

    def _compare(self, name: str, rows: Mapping[str, pa.Array]) -> Comparison:
        assert isinstance(self.new, Quality)  # noqa: S101 - others have no `rules`
        read = [c for c in (*(self.rules or {})[name], LANGUAGE) if c in rows]
        return self.new.compare(name, pa.record_batch({c: rows[c] for c in read}))

    def _judged(self, rows: dict[str, pa.Array]) -> _Seen:
        """Verdicts of both configurations, and the changed scores put among the columns."""
        n_rows = len(next(iter(rows.values())))
        active = np.ones(n_rows, np.bool_)
        for node in self.judges:
            lengths = pc.list_value_length(rows[node.step.reasons_column]).fill_null(0)
            active &= lengths.to_numpy(zero_copy_only=False) == 0
        verdicts = {}
        for step in (self.old, self.new):
            step.open()
            parts = [self._process(step, rows, block) for block in _blocks(active)]
            made = pa.Table.from_batches(parts, schema=step.adds)
            rejected = pc.list_value_length(whole(made.column(step.reasons_column)))
            kept = np.zeros(n_rows, np.bool_)
            kept[active] = rejected.to_numpy(zero_copy_only=False) == 0
            verdicts[step] = kept
            if SCORE in made.schema.names:
                scores = np.full(n_rows, np.nan)
                scores[active] = made.column(SCORE).fill_null(np.nan).to_numpy()
                rows[SCORE] = pa.array(scores)
        return _Seen(active, verdicts[self.old], verdicts[self.new])

    def _process(
        self, step: Stage[Any], rows: Mapping[str, pa.Array], chosen: Int64s
    ) -> pa.RecordBatch:
        wanted = [c for c in (*step.reads, *step.reads_if_present) if c in rows]
        indices = pa.array(chosen)
        return step.process(pa.record_batch({c: rows[c].take(indices) for c in wanted}))

    def _near(
        self,
        shard: str,
        rule: str,
        found: Comparison,
        seen: _Seen,
        names: Sequence[str],
        numbers: Int64s,
    ) -> list[Near]:
        with np.errstate(divide="ignore", invalid="ignore"):
            away = np.abs(found.values - found.thresholds) / np.abs(found.thresholds)
        near = []
        for fails in (False, True):
            side = seen.active & np.isfinite(away) & (found.fails == fails)
            near += [
                Near(
                    rule,
                    fails,
                    float(away[row]),
                    shard,
                    int(row),
                    names[numbers[row]],
                    float(found.values[row]),
                    float(found.thresholds[row]),
                    bool(seen.now[row]),
                    bool(seen.then[row]),
                )
                for row in least(away, side, self.nearest)
            ]
        return near


class _Seen(NamedTuple):
    """Verdicts on all rows of a shard: worked on, kept now, kept then."""

    active: Bools
    now: Bools
    then: Bools


def _columns(*steps: Stage[Any]) -> list[str]:
    """Columns that stages read."""
    read = [column for step in steps for column in (*step.reads, *step.reads_if_present)]
    return list(dict.fromkeys(read))


def _blocks(active: Bools) -> Iterable[Int64s]:
    rows = np.flatnonzero(active)
    return np.array_split(rows, len(rows) // BLOCK_ROWS + 1) if len(rows) else ()


def _tallies(
    rows: Mapping[str, pa.Array],
    seen: _Seen,
    names: Sequence[str],
    numbers: Int64s,
    characters: str | None,
) -> dict[str, Tally]:
    n = len(names)
    size = np.zeros(len(numbers)) if characters is None else _numbers(rows[characters])
    size = np.nan_to_num(size)
    tokens = _numbers(rows[TOKENS]) if TOKENS in rows else np.full(len(numbers), np.nan)
    counted = ~np.isnan(tokens)
    gained, lost = seen.then & ~seen.now, seen.now & ~seen.then
    differ = np.flatnonzero(gained | lost)
    sign = np.where(gained[differ], 1, -1)
    without = differ[~counted[differ]]

    def count(mask: Bools) -> Int64s:
        return np.bincount(numbers[mask], minlength=n)

    def total(chosen: Int64s | Bools, values: Float64s) -> Int64s:
        sums: Int64s = np.bincount(numbers[chosen], values, minlength=n).astype(np.int64)
        return sums

    columns = (
        count(seen.now),
        count(gained),
        count(lost),
        total(differ, sign * size[differ]),
        total(differ, sign * np.nan_to_num(tokens[differ])),
        np.bincount(numbers[without], minlength=n),
        total(without, (sign * size[differ])[~counted[differ]]),
        total(counted, size[counted]),
        total(counted, tokens[counted]),
    )
    found: dict[str, Tally] = {}
    for number in np.flatnonzero(count(seen.active)).tolist():
        tally = Tally(*(int(column[number]) for column in columns))
        found.setdefault(names[number], Tally()).add(tally)
    return found


def _numbers(column: pa.Array) -> Float64s:
    values: Float64s = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return values


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
