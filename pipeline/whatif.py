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
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from eurosift.filters.arrays import Bools, Int64s
from eurosift.filters.verdicts import label_numbers
from eurosift.pipeline.columns import made_shards, read_columns
from eurosift.pipeline.dag import LANGUAGE, TEXT, Dag
from eurosift.pipeline.errors import IncompleteError, QueryError
from eurosift.pipeline.nearest import Near, least, nearest_of
from eurosift.pipeline.states import State
from eurosift.pipeline.tallies import TOKENS, Seen, Tally, tally
from eurosift.pipeline.tasks import Run
from eurosift.stages.base import Stage
from eurosift.stages.footer import UNDETERMINED
from eurosift.stages.judging import SCORE, Comparison, Kept
from eurosift.stages.quality import Quality

BLOCK_ROWS: Final = 65_536
"""So many rows are judged at a time."""


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
    layers
        Names of the stages whose numbers are read.
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
        self.layers = sorted(layers)
        self.shards = made_shards(run, self.layers)
        if not self.shards:
            raise IncompleteError(
                f"{', '.join(self.layers)}: not made yet for any shard; `eurosift run` does it"
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

    def outdated(self) -> dict[str, int]:
        """Shards whose numbers are not those that the recipe would give now, by stage."""
        found = {}
        for name in self.layers:
            state = self.run.phase_state(self.run.dag.nodes[name], None)
            done = {each.task.key for each in state.tasks if each.state is State.DONE}
            if missing := len({*self.shards} - done):
                found[name] = missing
        return found

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
                for language, sums in tallies.items():
                    total.tallies.setdefault(language, Tally()).add(sums)
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
        return tally(rows, seen, names, numbers, self._characters), near

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
    ) -> Seen:
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
        return Seen(active, active & (lengths == 0), then)

    def _compare(self, name: str, rows: Mapping[str, pa.Array]) -> Comparison:
        assert isinstance(self.new, Quality)  # noqa: S101 - others have no `rules`
        read = [c for c in (*(self.rules or {})[name], LANGUAGE) if c in rows]
        return self.new.compare(name, pa.record_batch({c: rows[c] for c in read}))

    def _judged(self, rows: dict[str, pa.Array]) -> Seen:
        """Verdicts of both configurations, and the changed scores put among the columns."""
        n_rows = len(next(iter(rows.values())))
        active = np.ones(n_rows, np.bool_)
        for node in self.judges:
            lengths = pc.list_value_length(rows[node.step.reasons_column]).fill_null(0)
            active &= lengths.to_numpy(zero_copy_only=False) == 0
        verdicts = []
        for step in (self.old, self.new):
            step.open()
            wanted = [c for c in (*step.reads, *step.reads_if_present) if c in rows]
            batch = pa.record_batch({c: rows[c] for c in wanted})
            if isinstance(step, Quality):
                kept, scores = _kept(step, batch)
                rows[SCORE] = pa.array(scores)
            else:
                kept = np.zeros(n_rows, np.bool_)
                kept[active] = _not_rejected(step, batch.filter(pa.array(active)))
            verdicts.append(active & kept)
        return Seen(active, *verdicts)

    def _near(
        self,
        shard: str,
        rule: str,
        found: Comparison,
        seen: Seen,
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


def _columns(*steps: Stage[Any]) -> list[str]:
    """Columns that stages read."""
    read = [column for step in steps for column in (*step.reads, *step.reads_if_present)]
    return list(dict.fromkeys(read))


def _kept(step: Quality, batch: pa.RecordBatch) -> Kept:
    """What rules and scores say of all rows, block by block, so that their numbers stay cached."""
    parts = [step.keeps(block) for block in _blocks(batch)]
    return Kept(*(np.concatenate(sides) for sides in zip(*parts, strict=True)))


def _not_rejected(step: Stage[Any], batch: pa.RecordBatch) -> Bools:
    """Which rows a stage has no reason to reject."""
    parts = [step.process(block).column(step.reasons_column) for block in _blocks(batch)]
    lengths = pc.list_value_length(pa.concat_arrays(parts))
    kept: Bools = lengths.to_numpy(zero_copy_only=False) == 0
    return kept


def _blocks(batch: pa.RecordBatch) -> Iterable[pa.RecordBatch]:
    """One or more blocks of rows."""
    starts = range(0, max(1, batch.num_rows), BLOCK_ROWS)
    return (batch.slice(start, BLOCK_ROWS) for start in starts)
