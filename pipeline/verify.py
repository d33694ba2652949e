"""Verification: everything is read again and compared with what the footers say."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import orjson

from eurosift.pipeline import seal
from eurosift.pipeline.audit import Hashes, ShardAudit, id_hashes
from eurosift.pipeline.dag import Node
from eurosift.pipeline.digest import of_document, of_file
from eurosift.pipeline.errors import InvariantError
from eurosift.pipeline.released import Released
from eurosift.pipeline.reread import Reread
from eurosift.pipeline.run_files import RunFiles
from eurosift.pipeline.shards import read_batches
from eurosift.pipeline.states import PhaseState, State, Task, TaskState
from eurosift.pipeline.strays import strays
from eurosift.pipeline.tasks import Run
from eurosift.pipeline.totals import unbalanced
from eurosift.stages.errors import EurosiftError
from eurosift.stages.footer import Footer, Head
from eurosift.stages.phases import DocumentPhase, LayerPhase, Phase
from eurosift.stages.release.assemble import Assemble


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
    repeated
        Of these, ids that several documents have, which no file is to blame for.
    unfinished
        Phases that are not up to date; that is no fault.
    outdated
        Files of these that are there, but not what the recipe would make now, each with why.
    """

    files: int = 0
    rows: int = 0
    problems: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    outdated: list[str] = field(default_factory=list)


_State = tuple[Node, Phase | None, PhaseState]


def verify(run: Run) -> Verification:
    """Re-read every file of a run, each of them once.

    Checked are: every byte, page checksums, content digests, number of rows, the alignment of
    layers, the ledger of every shard, that ids are unique, and that the release holds every
    document once, in the file where it belongs.
    """
    run = replace(run, files=RunFiles(run.files.folder))  # the index is not believed here
    found = Verification()
    states = _states(run, found)
    releases = {
        node.name: Released(run, node)
        for node in run.dag.nodes.values()
        if any(isinstance(phase, Assemble) for phase in node.phases)
        and all(
            s.done for n, phase, s in states if n is node and not isinstance(phase, DocumentPhase)
        )
    }
    ids = _read_layers(run, states, releases.values(), found)
    _read_phases(run, states, releases, found)
    _check_unlisted(run, states, found)
    for node in run.dag.nodes.values():
        if all(state.done for n, _, state in states if n is node):
            found.problems += [
                f"{path}: belongs to no item of stage `{node.name}`: remove it"
                for path in strays(run, node)
            ]
    found.problems += unbalanced_or_damaged(run)
    found.rows = len(ids)
    found.problems += [line for release in releases.values() for line in release.problems()]
    found.repeated = _repeated(run, ids)
    found.problems += found.repeated
    found.problems = list(dict.fromkeys(found.problems))
    return found


def unbalanced_or_damaged(run: Run) -> list[str]:
    """What `totals.unbalanced` finds; nothing if a footer cannot be read, which is told anyway."""
    try:
        return unbalanced(run)
    except InvariantError:
        return []


def _states(run: Run, found: Verification) -> list[_State]:
    states: list[_State] = []
    for node in run.dag.nodes.values():
        for phase in node.phases or (None,):
            try:
                state = run.phase_state(node, phase)
            except InvariantError as error:
                found.problems.append(str(error))
                continue
            states.append((node, phase, state))
            if not state.done:
                found.unfinished.append(state.label)
            found.outdated += [
                f"{t.task.path}: {'; '.join(t.reasons)}"
                for t in state.tasks
                if t.state is State.STALE
            ]
    return states


def _check_unlisted(run: Run, states: Sequence[_State], found: Verification) -> None:
    """Compare with their seals the files of phases that cannot be listed before others are done."""
    listed = {run.files.folder / t.task.path for _, _, state in states for t in state.tasks}
    for node in {node.name: node for node, _, state in states if state.waits}.values():
        for path in sorted((run.files.folder / node.name).rglob("*.parquet")):
            if path in listed:
                continue
            found.files += 1
            try:
                seal.check(path)
            except InvariantError as error:
                found.problems.append(str(error))


def _read_layers(
    run: Run, states: Sequence[_State], releases: Collection[Released], found: Verification
) -> Hashes:
    """Read all layers, shard by shard; returns the hashes of the ids of all documents."""
    layers: dict[str, list[tuple[Node, TaskState]]] = {shard: [] for shard in run.plan.shards}
    for node, phase, state in states:
        if phase is None or isinstance(phase, LayerPhase):
            for task_state in state.tasks:
                if task_state.state is not State.NEW:
                    layers[task_state.task.key].append((node, task_state))
    ids: list[Hashes] = []
    for shard in run.plan.shards:
        audit = ShardAudit(run, shard)
        whole = len(found.problems)
        for node, task_state in layers[shard]:
            found.files += 1
            task = task_state.task
            try:
                footer = audit.read(node, task, current=task_state.state is State.DONE)
                _require_known(run, task, footer)
            except EurosiftError as error:
                found.problems.append(str(error))
        ids.append(audit.ids)
        for release in releases:
            if whole == len(found.problems):
                release.expect(audit)
            else:
                release.unknown = True
    return np.concatenate(ids) if ids else np.empty(0, np.uint64)


def _read_phases(
    run: Run, states: Sequence[_State], releases: Mapping[str, Released], found: Verification
) -> None:
    """Read what is no layer."""
    sha256: dict[Path, str] = {}
    for node, phase, state in states:
        if phase is None or isinstance(phase, LayerPhase):
            continue
        release = releases.get(node.name) if isinstance(phase, Assemble) else None
        for task_state in state.tasks:
            if task_state.state is State.NEW:
                continue
            task = task_state.task
            path = run.files.folder / task.path
            found.files += 1
            if isinstance(phase, DocumentPhase):
                found.problems += verify_document(path, sha256)
                continue
            hashed = hashlib.sha256() if isinstance(phase, Assemble) else None
            try:
                reread = Reread(path, task, hashed)
                if hashed is not None:
                    sha256[path] = hashed.hexdigest()
                _require_known(run, task, reread.footer)
                for batch in reread.batches():
                    if release is not None and isinstance(phase, Assemble):
                        release.find(phase, task, batch)
            except EurosiftError as error:
                found.problems.append(str(error))
                if release is not None:
                    release.unknown = True


def _require_known(run: Run, task: Task, footer: Footer) -> None:
    """Check that states were told from the footer that the file really has."""
    if run.files.head(task.path) != Head.of(footer.model_dump(mode="json")):
        raise InvariantError(
            f"{task.path}: was written anew meanwhile; verify again when the run has ended"
        )


def _repeated(run: Run, hashes: Hashes) -> list[str]:
    """Documents with the same id: by hash first, then by the ids themselves."""
    hashes.sort()
    suspects = np.unique(hashes[1:][hashes[1:] == hashes[:-1]])
    if suspects.size == 0:
        return []
    places: dict[str, list[str]] = {}
    source = run.dag.source.name
    for shard in run.plan.shards:
        row = 0
        for batch in read_batches(run.files.layer(source, shard), ["id"]):
            ids = batch.column(0)
            for index in np.flatnonzero(np.isin(id_hashes(ids), suspects)):
                places.setdefault(str(ids[int(index)]), []).append(
                    f"{shard} row {row + int(index)}"
                )
            row += batch.num_rows
    return [
        f"{source}: id {name} is given to {len(where)} documents: {', '.join(where[:5])}"
        for name, where in sorted(places.items())
        if len(where) > 1
    ]


def verify_document(path: Path, sha256: Mapping[Path, str] | None = None) -> list[str]:
    """Check a manifest: every file that it names is there with that size and SHA-256.

    Parameters
    ----------
    path
        The manifest.
    sha256
        Of files that were read already.
    """
    known = sha256 or {}
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
        elif (
            file.stat().st_size != entry["size_bytes"]
            or (known.get(file) or of_file(file)) != entry["sha256"]
        ):
            problems.append(f"{file}: is not the file that the manifest describes")
    return problems
