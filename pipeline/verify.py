"""Verification: everything is read again and compared with what the footers say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import orjson
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from eurosift.pipeline import seal
from eurosift.pipeline.dag import Node
from eurosift.pipeline.digest import ColumnDigest, of_document, of_file
from eurosift.pipeline.errors import InvariantError
from eurosift.pipeline.ledger import Ledger
from eurosift.pipeline.shards import read_batches, read_footer
from eurosift.pipeline.tasks import LAYER, Run, State, Task, strays
from eurosift.pipeline.totals import unbalanced
from eurosift.pipeline.work import Rejects, count_rows
from eurosift.pipeline.workspace import layer_columns
from eurosift.stages.base import DocumentPhase, Phase, SourceStage, Stage
from eurosift.stages.errors import EurosiftError
from eurosift.stages.footer import Footer


@dataclass
class Verification:
    """What verification found.

    Attributes
    ----------
    files
        Files that were read.
    rows
        Documents of the run.
    problems
        Everything that does not agree, each naming its file.
    unfinished
        Phases that are not up to date; that is no fault.
    """

    files: int = 0
    rows: int = 0
    problems: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)


def verify(run: Run) -> Verification:
    """Re-read every file of a run.

    Checked are: page checksums, content digests, number of rows, the alignment of layers, the
    ledger of every shard, that ids are unique, and that the release holds every document once.
    """
    found = Verification()
    ids: list[np.ndarray[tuple[int], np.dtype[np.uint64]]] = []
    for node in run.dag.nodes.values():
        open_before = len(found.unfinished)
        for phase in node.phases or (None,):
            _verify_phase(run, node, phase, found, ids)
        if len(found.unfinished) == open_before:
            found.problems += [
                f"{path}: belongs to no item of stage `{node.name}`: remove it"
                for path in strays(run, node)
            ]
    found.problems += unbalanced_or_damaged(run)
    found.problems += _repeated(run, ids)
    found.rows = sum(len(part) for part in ids)
    found.problems = list(dict.fromkeys(found.problems))
    return found


def unbalanced_or_damaged(run: Run) -> list[str]:
    """What `totals.unbalanced` finds; nothing if a footer cannot be read, which is told anyway."""
    try:
        return unbalanced(run)
    except InvariantError:
        return []


def _verify_phase(
    run: Run,
    node: Node,
    phase: Phase | None,
    found: Verification,
    ids: list[np.ndarray[tuple[int], np.dtype[np.uint64]]],
) -> None:
    try:
        state = run.phase_state(node, phase)
    except InvariantError as error:
        found.problems.append(str(error))
        return
    if not state.done:
        found.unfinished.append(state.label)
    for task_state in state.tasks:
        if task_state.state is State.NEW:
            continue
        task = task_state.task
        path = run.files.folder / task.path
        found.files += 1
        try:
            if isinstance(phase, DocumentPhase):
                found.problems += verify_document(path)
            else:
                footer = _verify_file(path, task)
                if task.phase == LAYER and task_state.state is State.DONE:
                    _verify_ledger(run, node, task, footer)
                if isinstance(node.step, SourceStage):
                    ids.append(_id_hashes(path))
        except EurosiftError as error:
            found.problems.append(str(error))


def _verify_file(path: Path, task: Task) -> Footer:
    seal.check(path)
    schema = _read_schema(path)
    digests = {name: ColumnDigest(schema.field(name).type) for name in schema.names}
    rows = 0
    for batch in read_batches(path):
        rows += batch.num_rows
        for name, digest in digests.items():
            digest.update(batch.column(batch.schema.get_field_index(name)))
    footer = _footer(path)
    if (footer.stage, footer.phase, footer.key) != (task.stage, task.phase, task.key):
        made_as = f"{footer.stage}.{footer.phase}".rstrip(".") + f"/{footer.key}"
        raise InvariantError(f"{task.path}: is not {task.label}, but was written as {made_as}")
    if footer.rows != rows:
        raise InvariantError(f"{task.path}: has {rows} rows, but its footer says {footer.rows}")
    wrong = [n for n, digest in digests.items() if footer.columns.get(n) != digest.hexdigest()]
    if wrong:
        raise InvariantError(f"{task.path}: content of {', '.join(wrong)} is not what was written")
    return footer


def _footer(path: Path) -> Footer:
    footer = read_footer(path)
    if footer is None:
        raise InvariantError(f"{path}: is missing")
    return footer


def _read_schema(path: Path) -> pa.Schema:
    try:
        return pq.read_schema(path)
    except (pa.ArrowException, OSError) as error:
        first = (str(error).splitlines() or [""])[0]
        raise InvariantError(f"{path}: is damaged: {first}") from error


def _verify_ledger(run: Run, node: Node, task: Task, footer: Footer) -> None:
    workspace = run.workspace(node)
    ledger, rejects = Ledger(), Rejects()
    own = read_batches(run.files.folder / task.path)
    if isinstance(node.step, SourceStage):
        for batch in own:
            count_rows(ledger, run.dag, node, batch, None, None)
            rejects.add(batch.column(node.step.reasons_column))
    else:
        text_only = isinstance(node.step, Stage) and node.step.active_on == "text"
        columns = layer_columns(run.dag, node)
        rest: pa.Table | None = None
        for rows in workspace.rows(task.key, columns, text_only=text_only):
            rest = _gather(rest, own, rows.batch.num_rows)
            out = rest.slice(0, rows.batch.num_rows).combine_chunks().to_batches()
            rest = rest.slice(rows.batch.num_rows)
            count_rows(ledger, run.dag, node, out[0], rows.batch, rows.active)
            if node.decides:
                rejects.add(out[0].column(node.step.reasons_column))
    if node.decides and rejects.hexdigest() != footer.rejects:
        raise InvariantError(f"{task.path}: its rows reject others than its footer says")
    if ledger.tallies() != footer.tallies:
        raise InvariantError(f"{task.path}: its ledger is not what its rows say")


def _gather(rest: pa.Table | None, batches: Iterator[pa.RecordBatch], rows: int) -> pa.Table:
    parts = [] if rest is None else [rest]
    have = 0 if rest is None else rest.num_rows
    while have < rows:
        batch = next(batches, None)
        if batch is None:
            raise InvariantError("a layer ends before the layers that it belongs to")
        parts.append(pa.Table.from_batches([batch]))
        have += batch.num_rows
    return pa.concat_tables(parts)


def _id_hashes(path: Path) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    parts = [pl.Series(b.column(0)).hash(seed=0).to_numpy() for b in read_batches(path, ["id"])]
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.uint64)


def _repeated(run: Run, hashes: list[np.ndarray[tuple[int], np.dtype[np.uint64]]]) -> list[str]:
    """Documents with the same id: by hash first, then by the ids themselves."""
    if not hashes:
        return []
    values, counts = np.unique(np.concatenate(hashes), return_counts=True)
    suspects = values[counts > 1]
    if suspects.size == 0:
        return []
    places: dict[str, list[str]] = {}
    source = run.dag.source.name
    for shard in run.plan.shards:
        row = 0
        for batch in read_batches(run.files.layer(source, shard), ["id"]):
            ids = pl.Series(batch.column(0))
            for index in np.flatnonzero(np.isin(ids.hash(seed=0).to_numpy(), suspects)):
                places.setdefault(str(ids[int(index)]), []).append(
                    f"{shard} row {row + int(index)}"
                )
            row += batch.num_rows
    return [
        f"{source}: id {name} is given to {len(where)} documents: {', '.join(where[:5])}"
        for name, where in sorted(places.items())
        if len(where) > 1
    ]


def verify_document(path: Path) -> list[str]:
    """Check a manifest: every file that it names is there with that size and SHA-256."""
    try:
        document = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        return [f"{path}: cannot be read: {error}"]
    if not isinstance(document, dict) or document.get("digest") != of_document(document):
        return [f"{path}: is damaged: its content is not what was written"]
    problems = [
        f"{path.parent / name}: is not the file that was written with {path.name}"
        for name, written in document["attached"].items()
        if not (path.parent / name).is_file() or of_file(path.parent / name) != written
    ]
    for entry in document.get("files", ()):
        file = path.parent / entry["path"]
        if not file.exists():
            problems.append(f"{file}: is in the manifest but missing")
        elif file.stat().st_size != entry["size_bytes"] or of_file(file) != entry["sha256"]:
            problems.append(f"{file}: is not the file that the manifest describes")
    return problems
