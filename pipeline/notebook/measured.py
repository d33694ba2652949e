"""Values of a rule, or of a column, read from a run for `eurosift.pipeline.notebook.histograms`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from eurosift.filters.arrays import Bools, Float64s
from eurosift.pipeline.dag import LANGUAGE, Node
from eurosift.pipeline.errors import QueryError
from eurosift.pipeline.notebook.histograms import Histogram, Panel, Rejects
from eurosift.pipeline.problems import suggest
from eurosift.pipeline.sampling import Query, view_of
from eurosift.pipeline.tasks import Run
from eurosift.pipeline.view import KEPT, View, find_node, is_active
from eurosift.stages.base import Margin
from eurosift.stages.footer import UNDETERMINED
from eurosift.stages.quality import Quality

VALUE, THRESHOLD, GONE, OTHERS, SIZE = "value", "threshold", "gone", "others", "characters"
_COUNTS = ("n_chars", "char_count")


def histogram_of(
    run: Run, name: str, languages: Sequence[str], *, stage: str | None, partial: bool
) -> Histogram:
    """Read the values of a rule with a threshold, or of a column of numbers.

    Memory: a row of six small values per document of the languages.

    Parameters
    ----------
    run
        The run.
    name
        A rule, by its reason; or a column.
    languages
        Which ones, canonical; all that there are if none is named.
    stage
        Whose rule it is, if several have one of that name.
    partial
        Read the shards that are made, instead of refusing.

    Raises
    ------
    QueryError
        If there is no such rule or column, or it holds no numbers, or no document has a value.
    IncompleteError
        If shards are not made yet.
    """
    rules = {rule for node in run.dag.nodes.values() for rule in node.step.margins()}
    if name in rules or stage is not None:
        query = Query(stage=stage, near=name).settled(run)
        node = find_node(run, str(query.stage))
        view = view_of(run, query, partial=partial)
        batches = _of_rule(view, node, name, node.step.margins()[name], languages)
    else:
        node = None
        view = view_of(run, Query(), partial=partial)
        if name not in view.schema:
            raise QueryError(
                f"no rule with a threshold, and no column, `{name}`"
                f"{suggest(name, {*rules, *view.schema})}"
            )
        if not view.schema[name].is_numeric():
            raise QueryError(f"column `{name}` holds no numbers")
        batches = _of_column(view, name, languages)
    rows = pl.concat(list(batches))
    if rows.is_empty():
        raise QueryError(
            f"no document has a `{name}`" + (" in these languages" if languages else "")
        )
    rejects = _comparison(node, name, rows)
    return Histogram(name, node.name if node else "", dict(_panels(rows, rejects)))


def _of_rule(
    view: View, node: Node, rule: str, margin: Margin, languages: Sequence[str]
) -> Iterator[pl.DataFrame]:
    """What the rule compares, of the documents that its stage worked on."""
    own = pl.col(node.step.reasons_column)
    before = [decider for decider in view.deciders if decider is not node]
    gone = own.list.contains(rule)
    others = is_active(before) & (own.list.len() - gone.cast(pl.UInt32) == 0)
    judges = [decider.step.reasons_column for decider in view.deciders]
    reads = [column for column in margin.reads if column in view.schema]
    absent = [pl.lit(None).alias(c) for c in margin.reads if c not in reads]
    for rows in _read(view, [*reads, *judges], languages):
        active = rows.filter(own.is_not_null())
        table = active.with_columns(absent).select(margin.reads).to_arrow().combine_chunks()
        for batch in table.to_batches():
            measured = pl.DataFrame(margin.measure(batch)).cast(pl.Float64)
            yield active.select(LANGUAGE, gone.alias(GONE), others.alias(OTHERS), SIZE).hstack(
                measured
            )


def _of_column(view: View, name: str, languages: Sequence[str]) -> Iterator[pl.DataFrame]:
    """The column, of all documents that have a value in it."""
    for rows in _read(view, [name, KEPT], languages):
        yield rows.select(
            LANGUAGE,
            (~pl.col(KEPT)).alias(GONE),
            pl.col(KEPT).alias(OTHERS),
            SIZE,
            pl.col(name).cast(pl.Float64).alias(VALUE),
            pl.lit(None, pl.Float64).alias(THRESHOLD),
        ).drop_nulls(VALUE)


def _read(view: View, columns: Sequence[str], languages: Sequence[str]) -> Iterator[pl.DataFrame]:
    size = next((c for c in _COUNTS if c in view.schema), None)
    label = LANGUAGE if LANGUAGE in view.schema else None
    read = list(dict.fromkeys([*columns, *(c for c in (size, label) if c is not None)]))
    labels = pl.lit(UNDETERMINED) if label is None else pl.col(LANGUAGE).fill_null(UNDETERMINED)
    sizes = pl.lit(0) if size is None else pl.col(size).fill_null(0)
    wanted = labels.is_in(list(languages)) if languages else pl.lit(value=True)
    for shard in view.shards:
        for rows in view.batches(shard, read):
            found = rows.filter(wanted)
            yield found.with_columns(labels.alias(LANGUAGE), sizes.cast(pl.Int64).alias(SIZE))


def _comparison(node: Node | None, rule: str, rows: pl.DataFrame) -> Rejects:
    """How the rule compares: as it says, or else as can be seen from what it has rejected."""
    if node is not None and isinstance(node.step, Quality):
        for judge in node.step.judges.values():
            for each in judge.rules.rules:
                if each.name == rule:
                    return each.condition.rejects
    known = rows.filter(pl.col(THRESHOLD).is_not_null() & (pl.col(VALUE) != pl.col(THRESHOLD)))
    is_least = known.select(((pl.col(VALUE) < pl.col(THRESHOLD)) == pl.col(GONE)).mean()).item()
    return _below if is_least is None or is_least >= 0.5 else _above


def _below(values: Float64s, thresholds: Float64s) -> Bools:
    found: Bools = values < thresholds
    return found


def _above(values: Float64s, thresholds: Float64s) -> Bools:
    found: Bools = values > thresholds
    return found


def _panels(rows: pl.DataFrame, rejects: Rejects) -> Iterator[tuple[str, Panel]]:
    for (label,), own in rows.sort(LANGUAGE).group_by(LANGUAGE, maintain_order=True):
        known = own.filter(pl.col(VALUE).is_finite())
        if known.is_empty():
            continue
        limits = known[THRESHOLD].drop_nulls().drop_nans().unique().sort().to_list()
        yield (
            str(label),
            Panel(
                str(label),
                known[VALUE].to_numpy(),
                limits,
                known[GONE].to_numpy(),
                known[OTHERS].to_numpy(),
                known[SIZE].to_numpy(),
                rejects,
                own.height - known.height,
            ),
        )
