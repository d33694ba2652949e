"""Doing one work item, in whatever process it is asked for."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from eurosift.pipeline import quarantine
from eurosift.pipeline.bookkeeping import Rejects, count_rows
from eurosift.pipeline.claim import Claim
from eurosift.pipeline.dag import Node
from eurosift.pipeline.digest import of_document
from eurosift.pipeline.inputs import Inputs
from eurosift.pipeline.ledger import Ledger
from eurosift.pipeline.plan import require_unchanged
from eurosift.pipeline.protection import PageLimits
from eurosift.pipeline.shards import ShardWriter, write_text
from eurosift.pipeline.states import Task
from eurosift.pipeline.tasks import Run
from eurosift.pipeline.workspace import StageWorkspace, layer_columns
from eurosift.stages.base import Stage
from eurosift.stages.errors import ContractError
from eurosift.stages.footer import EVIDENCE, FINDINGS, Footer, Tally
from eurosift.stages.phases import DocumentPhase, Item, LayerPhase, Phase, TablePhase
from eurosift.stages.protection import Protection
from eurosift.stages.source import Account, SourceStage


@dataclass(frozen=True)
class Outcome:
    """What doing a task came to; for the events, not for the data.

    ``notes`` are for the person who watches: input that was damaged or empty. ``quarantined`` are
    pages that were left out because they have passed a limit, with the reason of each.
    """

    rows: int
    seconds: float
    notes: tuple[str, ...] = ()
    quarantined: Mapping[str, str] = field(default_factory=dict)


def perform(run: Run, task: Task, workspace: StageWorkspace, claim: Claim | None = None) -> Outcome:
    """Do a work item: read, process, write, commit.

    `workspace` may serve all items of one phase: what it remembers of earlier phases is final.
    With a `claim` nothing appears that was meanwhile given to another.

    Raises
    ------
    SupersededError
        If it was given to another.
    EurosiftError
        As the stage and the files make it.
    """
    start = time.monotonic()
    node = run.dag.nodes[task.stage]
    phase = next((p for p in node.phases if p.name == task.phase), None)
    if isinstance(phase, DocumentPhase):
        _write_document(run, task, phase, workspace, claim)
        return Outcome(1, time.monotonic() - start)
    published = isinstance(phase, TablePhase) and phase.published
    writer = ShardWriter(run.files.folder / task.path, _schema(node, phase), published=published)
    quarantined: dict[str, str] = {}
    try:
        if isinstance(phase, TablePhase):
            phase.run(_item(task), workspace, writer)
            ledger, rejects = Ledger(), ""
        elif isinstance(node.step, SourceStage):
            file = run.plan.file(task.key)
            known = quarantine.load(run.files.folder, file)
            limits = PageLimits(run.dag.recipe.head.limits.page_seconds, known)
            ledger, rejects = _read_source(run, node.step, node, task, writer, limits)
            if limits.found:
                quarantine.add(run.files.folder, file, limits.found)
            # Of the list, what was met: an input that was changed may have lost pages of it.
            quarantined = dict(sorted(limits.refused.items()))
            writer.facts["quarantined"] = quarantined
            # The list may be longer than when the task was listed.
            pages = dict(sorted({**known, **limits.found}.items()))
            task = run.source_task(node, task.key, pages)
        else:
            ledger, rejects = _map_layer(node, phase, task, workspace, writer)
        if claim is not None:
            claim.check()
        commit(writer, task, ledger.tallies(), rejects)
    except BaseException:
        writer.abandon()
        raise
    notes = _notes(task, writer) if isinstance(node.step, SourceStage) else ()
    return Outcome(writer.rows, time.monotonic() - start, notes, quarantined)


def _notes(task: Task, writer: ShardWriter) -> tuple[str, ...]:
    losses = Counter(loss["reason"] for loss in writer.facts["losses"])
    if losses:
        reasons = ", ".join(f"{reason} {n}" for reason, n in sorted(losses.items()))
        return (f"{task.payload}: damaged ({reasons}); {writer.rows} documents could be read",)
    return () if writer.rows else (f"{task.payload}: no documents",)


def _schema(node: Node, phase: Phase | None) -> pa.Schema:
    if isinstance(phase, TablePhase):
        return phase.schema
    if node.adds is None:
        raise ContractError(f"stage `{node.name}` has no layer and no phase `{phase}`")
    return node.adds


def _item(task: Task) -> Item:
    path = task.path.removeprefix(f"{task.stage}/")
    return Item(task.key, path, task.inputs, task.payload)


def commit(writer: ShardWriter, task: Task, tallies: dict[str, Tally], rejects: str) -> None:
    """Let what was written for a task appear, with the footer that says what it is.

    `tallies` and `rejects` are those of its ledger and of `Rejects`; empty where it is no layer.
    """
    writer.end_row_group()
    footer = Footer(
        stage=task.stage,
        phase=task.phase,
        key=task.key,
        version=task.version,
        config=dict(task.config),
        inputs=dict(task.inputs),
        fingerprint=task.fingerprint,
        rows=writer.rows,
        columns=writer.column_digests(),
        rejects=rejects,
        tallies=tallies,
        facts=writer.facts,
    )
    writer.commit(footer)


def _read_source(
    run: Run,
    step: SourceStage[Any],
    node: Node,
    task: Task,
    writer: ShardWriter,
    protect: Protection,
) -> tuple[Ledger, str]:
    account = Account(protect=protect)
    ledger, rejects = Ledger(), Rejects()
    file, inputs = run.plan.file(task.key), Inputs(run.dag.recipe)
    # Before and after: what is written must be of the file that was planned.
    require_unchanged(inputs, file)
    for batch in step.read(inputs[file.path], file.path, account):
        writer.write(batch)
        count_rows(ledger, run.dag, node, batch, None, None)
        rejects.add(batch.column(step.reasons_column))
    require_unchanged(inputs, file)
    writer.facts.update(
        skipped=dict(sorted(account.skipped.items())),
        losses=account.losses,
        mended=dict(sorted(account.mended.items())),
    )
    return ledger, rejects.hexdigest()


def _map_layer(
    node: Node,
    phase: Phase | None,
    task: Task,
    workspace: StageWorkspace,
    writer: ShardWriter,
) -> tuple[Ledger, str]:
    dag, step = workspace.dag, node.step
    columns = layer_columns(dag, node)
    given = list(node.reads) + (list(step.reads_if_present) if isinstance(step, Stage) else [])
    text_only = isinstance(step, Stage) and step.active_on == "text"
    side = phase.side(task.key, workspace) if isinstance(phase, LayerPhase) else None
    ledger, rejects = Ledger(), Rejects()
    for rows in workspace.rows(task.key, columns, text_only=text_only):
        active = rows.batch.select(given)
        if rows.active.true_count < rows.batch.num_rows:
            active = active.filter(rows.active)
        if active.num_rows == 0:
            added = _empty(writer.schema, 0)
        elif isinstance(phase, LayerPhase):
            added = phase.process(active, side)
        else:
            assert isinstance(step, Stage)  # noqa: S101 - the other kinds are handled above
            added = step.process(active)
        _check(task, added, active.num_rows, writer.schema)
        out = _scatter(added, rows.active)
        writer.write(out)
        count_rows(ledger, dag, node, out, rows.batch, rows.active)
        if node.decides:
            rejects.add(out.column(step.reasons_column))
    if node.evidence:
        writer.facts[EVIDENCE] = ledger.evidence()
    if node.findings:
        writer.facts[FINDINGS] = ledger.findings()
    return ledger, rejects.hexdigest() if node.decides else ""


def _check(task: Task, added: pa.RecordBatch, rows: int, schema: pa.Schema) -> None:
    if added.num_rows != rows:
        raise ContractError(f"{task.label}: {rows} rows went in and {added.num_rows} came out")
    if not added.schema.equals(schema):
        raise ContractError(
            f"{task.label}: the stage gave columns {added.schema.to_string()!r}, "
            f"but promised {schema.to_string()!r}"
        )


def _empty(schema: pa.Schema, rows: int) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.nulls(rows, f.type) for f in schema], schema=schema)


def _scatter(added: pa.RecordBatch, active: pa.BooleanArray) -> pa.RecordBatch:
    """Put the rows of active documents in their places and nulls everywhere else."""
    if added.num_rows == len(active):
        return added
    if added.num_rows == 0:
        return _empty(added.schema, len(active))
    position = pc.subtract(pc.cumulative_sum(active.cast(pa.int64())), 1)
    indices = pc.if_else(active, position, pa.scalar(None, pa.int64()))
    arrays = [column.take(indices) for column in added.columns]
    return pa.RecordBatch.from_arrays(arrays, schema=added.schema)


def _write_document(
    run: Run, task: Task, phase: DocumentPhase, workspace: StageWorkspace, claim: Claim | None
) -> None:
    document = dict(phase.run(_item(task), workspace))
    attached = dict(sorted(phase.attach(_item(task), document).items()))
    target = run.files.folder / task.path
    if claim is not None:
        claim.check()
    for relative, text in attached.items():
        write_text(run.files.folder / task.stage / relative, text)
    digests = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in attached.items()}
    document |= {"attached": digests, "fingerprint": task.fingerprint}
    document["digest"] = of_document(document)
    text = orjson.dumps(document, option=orjson.OPT_INDENT_2).decode() + "\n"
    write_text(target, text)
