"""All layers of a run as one table: a row per document, text as it was left by the last stage.

Rows are read through the same workspace as stages read them, so alignment and page checksums are
checked, text that stays in the input files is found there, and text that a stage has changed
stands in place of the extracted one. Nothing is read before it is asked for, and never more than
one batch of one shard at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import polars as pl
import pyarrow as pa
from polars.io.plugins import register_io_source

from eurosift.pipeline.dag import TEXT, Node
from eurosift.pipeline.errors import IncompleteError, QueryError
from eurosift.pipeline.problems import suggest
from eurosift.pipeline.tasks import Run
from eurosift.pipeline.workspace import StageWorkspace
from eurosift.stages.base import ROW, Stage

SHARD = "shard"
KEPT = "kept"
REASONS = "reasons"
TEXT_FROM = "text_from"
OWN = {
    SHARD: pl.String(),
    ROW: pl.Int64(),
    KEPT: pl.Boolean(),
    REASONS: pl.List(pl.String()),
    TEXT_FROM: pl.String(),
}
"""Columns that are found here and in no layer: the place of a row, and what became of it."""


def find_node(run: Run, stage: str) -> Node:
    """The stage of that name.

    Raises
    ------
    QueryError
        If there is none.
    """
    if stage not in run.dag.nodes:
        raise QueryError(f"no stage `{stage}` in this run{suggest(stage, run.dag.nodes)}")
    return run.dag.nodes[stage]


def has_layer(node: Node) -> bool:
    """Whether the stage adds columns."""
    return node.adds is not None


def shards_of(run: Run, node: Node) -> list[str]:
    """Shards of a layer that are in place, in the order of the plan."""
    there = {path.stem for path in (run.files.folder / node.name).glob("*.parquet")}
    return [shard for shard in run.plan.shards if shard in there]


class View:
    """Rows of a run, as wide as some of its stages.

    Parameters
    ----------
    run
        The run.
    stages
        Whose columns to show beside those of the documents layer; by default those of every stage
        whose layer is complete.
    partial
        Leave out shards that a stage has not made yet, instead of refusing.
    text_for
        Show text as this stage reads it, whatever later stages made of it; by default as the last
        stage left it.

    Attributes
    ----------
    nodes
        The stages whose columns are shown, in their order.
    shards
        The shards that are read.

    Raises
    ------
    QueryError
        If a stage is not in the run, or adds no columns.
    IncompleteError
        If a stage has not made all of its shards, and `partial` is not set.
    """

    def __init__(
        self,
        run: Run,
        stages: Sequence[str] = (),
        *,
        partial: bool = False,
        text_for: Node | None = None,
    ) -> None:
        self.run = run
        self._before = run.dag.nodes if text_for is None else text_for.ancestors
        made = {n.name: set(shards_of(run, n)) for n in run.dag.nodes.values() if has_layer(n)}
        self.nodes = self._choose(stages, made, partial=partial)
        behind = {name for node in self.nodes for name in (node.name, *node.ancestors)}
        self.deciders = [
            node for name, node in run.dag.nodes.items() if name in behind and node.decides
        ]
        needed = {node.name for node in (*self.nodes, *self.deciders)}
        self.shards = [s for s in run.plan.shards if all(s in made[name] for name in needed)]
        if not partial and len(self.shards) < len(run.plan.shards):
            missing = [
                name
                for name in run.dag.nodes
                if name in needed and len(made[name]) < len(run.plan.shards)
            ]
            raise IncompleteError(
                f"{', '.join(missing)}: made for {len(self.shards)} of {len(run.plan.shards)} "
                "shards; `eurosift run` makes the others"
            )
        self._made = made
        self._needed = needed

    def _choose(
        self, stages: Sequence[str], made: dict[str, set[str]], *, partial: bool
    ) -> list[Node]:
        run = self.run
        for node in (find_node(run, stage) for stage in stages):
            if not has_layer(node):
                raise QueryError(f"stage `{node.name}` adds no columns to the documents")
        if stages:
            wanted = {run.dag.source.name, *stages}
        else:
            complete = {n for n, shards in made.items() if len(shards) == len(run.plan.shards)}
            wanted = {run.dag.source.name, *complete}
        return [node for name, node in run.dag.nodes.items() if name in wanted]

    @cached_property
    def writers(self) -> list[Node]:
        """Stages that write text anew, in their order, whether or not their columns are shown."""
        return [
            node
            for node in self.run.dag.nodes.values()
            if node.name in self._before
            and node.name != self.run.dag.source.name
            and node.adds is not None
            and TEXT in node.adds.names
        ]

    @cached_property
    def types(self) -> dict[str, pa.DataType]:
        """Type of every column that some layer has, in the order of the stages."""
        found: dict[str, pa.DataType] = {}
        for node in self.nodes:
            for field in node.adds or ():
                if field.name not in OWN:
                    found.setdefault(field.name, field.type)
            if node is self.nodes[0]:
                found.setdefault(TEXT, pa.string())
        return found

    @cached_property
    def schema(self) -> pl.Schema:
        """Name and type of each column of the rows."""
        empty = pl.DataFrame(pa.schema(list(self.types.items())).empty_table())
        place = {name: OWN[name] for name in (SHARD, ROW)}
        fate = {name: OWN[name] for name in (KEPT, REASONS, TEXT_FROM)}
        return pl.Schema({**place, **empty.schema, **fate})

    def lazy(self) -> pl.LazyFrame:
        """The rows as a lazy frame; filters and choices of columns reach into the files."""
        return register_io_source(self._source, schema=self.schema, is_pure=True)

    def _source(
        self,
        with_columns: list[str] | None,
        predicate: pl.Expr | None,
        n_rows: int | None,
        batch_size: int | None,
    ) -> Iterator[pl.DataFrame]:
        left = n_rows
        columns = self.schema.names() if with_columns is None else with_columns
        for shard in self.shards:
            for rows in self.batches(shard, columns):
                frame = rows if left is None else rows.head(left)
                if left is not None:
                    left -= frame.height
                yield frame if predicate is None else frame.filter(predicate)
                if left == 0:
                    return

    def batches(self, shard: str, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        """Read columns of a shard, some rows at a time.

        Besides those of `schema`, the reasons columns of `deciders` may be asked for.

        Raises
        ------
        AlignmentError
            If two layers do not speak of the same rows.
        InvariantError
            If a file is damaged.
        """
        writers = self._writers_of(shard) if TEXT in columns or TEXT_FROM in columns else []
        workspace = StageWorkspace(
            self.run.dag, self._reader(writers), self.run.plan, self.run.files
        )
        stored = [name for name in columns if name not in OWN]
        judges = (
            {node.name: node for node in self.deciders} if {KEPT, REASONS} & set(columns) else {}
        )
        if TEXT_FROM in columns:
            judges |= {d.name: d for w in writers for d in self.mask(w)}
        stored += [n.step.reasons_column for n in judges.values()]
        stored = list(dict.fromkeys(stored))
        workspace.digests(shard, stored)  # checks that the layers speak of the same rows
        own = self._own(shard, writers)
        for rows in workspace.rows(shard, [ROW, *stored]):
            frame = pl.DataFrame(rows.batch)
            yield frame.with_columns(own[c].alias(c) for c in columns if c in own).select(columns)

    def _own(self, shard: str, writers: Sequence[Node]) -> dict[str, pl.Expr]:
        reasons = [
            pl.col(node.step.reasons_column)
            .fill_null([])
            .list.eval(pl.concat_str(pl.lit(f"{node.name}:"), pl.element()))
            for node in self.deciders
        ]
        origin: pl.Expr = pl.lit(self.run.dag.source.name)
        for writer in writers:
            origin = (
                pl.when(is_active(self.mask(writer))).then(pl.lit(writer.name)).otherwise(origin)
            )
        return {
            SHARD: pl.lit(shard),
            ROW: pl.col(ROW),
            KEPT: is_active(self.deciders),
            REASONS: pl.concat_list(reasons) if reasons else pl.lit([], pl.List(pl.String)),
            TEXT_FROM: origin,
        }

    def _writers_of(self, shard: str) -> list[Node]:
        """Stages that have written text of this shard."""
        return [
            node
            for node in self.writers
            if all(shard in self._made[n.name] for n in (node, *self.run.dag.deciders(node)))
        ]

    def mask(self, node: Node) -> list[Node]:
        """Stages whose rejected rows `node` does not work on."""
        text_only = isinstance(node.step, Stage) and node.step.active_on == "text"
        return self.run.dag.deciders(node, text_only=text_only)

    def _reader(self, writers: Sequence[Node]) -> Node:
        """A place behind all stages that are read, from where a workspace can look at them."""
        seen = {*self._needed, *(w.name for w in writers)}
        seen |= {d.name for w in writers for d in self.mask(w)}
        nearest_first = tuple(name for name in reversed(self.run.dag.nodes) if name in seen)
        return Node("rows", self.run.dag.source.step, nearest_first[:1], nearest_first)


def is_active(deciders: Sequence[Node]) -> pl.Expr:
    """Whether none of the stages rejected the row."""
    columns = [pl.col(node.step.reasons_column).list.len().fill_null(0) == 0 for node in deciders]
    return pl.all_horizontal(columns) if columns else pl.lit(value=True)
