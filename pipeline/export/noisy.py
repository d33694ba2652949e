"""Documents of a run that the rules of quality alone reject, scrubbed and counted as others are.

The run itself does not do so, because it works on what is kept only; its own stages do it here,
with their configuration and key. Duplicates are not looked for among them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from eurosift.langid import buckets
from eurosift.pipeline.dag import BUCKET, LANGUAGE, TEXT, Node
from eurosift.pipeline.tasks import Run
from eurosift.stages.base import Stage
from eurosift.stages.count import Count
from eurosift.stages.pii import Pii
from eurosift.stages.release.columns import RIGHTS
from eurosift.stages.release.parts import EVIDENCE, folder_of
from eurosift.stages.release.reasons import gather
from eurosift.stages.rights import signals

REASONS = "reasons"
LABEL = "label"


def noisy_rows(
    run: Run, node: Node, columns: Sequence[str], quality: Collection[str]
) -> Iterator[pa.RecordBatch]:
    """Yield the rows in order of (shard, row).

    Parameters
    ----------
    run
        The run, done up to the release.
    node
        The stage that makes the release.
    columns
        Columns of the release, and those of `count`; those that the run does not have are left out.
    quality
        Names of the stages whose verdict alone makes a document noisy.

    Returns
    -------
    Batches of the columns, `LABEL` (of the folder), and `REASONS` (``stage:reason``).
    """
    workspace = run.workspace(node)
    later = _later(run, node)
    for step in later:
        step.open()
    reasons = workspace.reasons()
    wanted = {*columns, TEXT, LANGUAGE, BUCKET, "url", EVIDENCE}
    given = [*columns, LABEL, REASONS]
    names = sorted(name for name in wanted if workspace.has(name))
    for shard in workspace.shards:
        for rows in workspace.rows(shard, [*names, *reasons.values()]):
            rejected_by, why = gather(rows.batch, reasons)
            alone = rejected_only_by(rejected_by, quality)
            text = rows.batch.column(TEXT)
            chosen = pc.and_(alone, text.is_valid())
            batch = rows.batch.select(names).append_column(REASONS, why).filter(chosen)
            if batch.num_rows:
                done = _finished(batch, later)
                yield done.select([name for name in given if name in done.schema.names])


def _later(run: Run, node: Node) -> list[Stage[Any]]:
    """Stages that would have worked on the documents, had they been kept."""
    found = (run.dag.nodes[name].step for name in reversed(node.ancestors))
    return [step for step in found if isinstance(step, (Pii, Count))]


def rejected_only_by(rejected_by: pa.Array, names: Collection[str]) -> pa.BooleanArray:
    """Which rows some of these stages reject, and no other."""
    ours = pc.is_in(pc.list_flatten(rejected_by), pa.array(sorted(names), pa.string()))
    parents = np.asarray(pc.list_parent_indices(rejected_by))
    mine = np.asarray(ours, dtype=bool)
    by_us = np.bincount(parents[mine], minlength=len(rejected_by)) > 0
    by_others = np.bincount(parents[~mine], minlength=len(rejected_by)) > 0
    return pa.array(by_us & ~by_others)


def _finished(batch: pa.RecordBatch, later: Sequence[Stage[Any]]) -> pa.RecordBatch:
    columns = dict(zip(batch.schema.names, batch.columns, strict=True))
    for step in later:
        names = [n for n in (*step.reads, *step.reads_if_present) if n in columns]
        given = pa.RecordBatch.from_arrays([columns[n] for n in names], names=names)
        added = step.process(given)
        for name, column in zip(added.schema.names, added.columns, strict=True):
            columns[name] = pc.coalesce(column, columns[TEXT]) if name == TEXT else column
    language = columns.get(LANGUAGE, pa.nulls(batch.num_rows, pa.string()))
    labels = buckets.labels(language, columns.get(BUCKET)).to_pylist()
    columns[LABEL] = pa.array([folder_of(label) for label in labels], pa.string())
    if EVIDENCE in columns:
        columns[RIGHTS] = signals(columns[EVIDENCE])
    return pa.RecordBatch.from_arrays(list(columns.values()), names=list(columns))
