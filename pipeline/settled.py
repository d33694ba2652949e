"""Stages that are known to be done, so that a look at a large run takes no time for them.

To see that an item is done means to read what its file was made from, and to work out what it would
be made from now. For tens of thousands of items that takes seconds. So the coordinator of a run,
when it has seen that a stage is done, notes it in the index, together with a digest of all that
this depends on: the plan, the quarantine, versions and configurations of the stage and of those
before it, and name, size, times and inode of every file of theirs. Commands that only show
something believe the note as long as this digest is that of the run as it is.

Like the rest of the index it is never truth: without it, everything is looked at file by file.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import xxhash

from eurosift.pipeline import digest, index, quarantine, sealed_json
from eurosift.pipeline.dag import Node
from eurosift.pipeline.states import PhaseState
from eurosift.pipeline.tasks import Run
from eurosift.stages.errors import EurosiftError

FORMAT = 1


class Settled:
    """What is known to be done of a run, as it is while this is open; files are listed once.

    Parameters
    ----------
    run
        The run.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._folders: dict[str, str] = {}

    def states(self, node: Node) -> list[PhaseState] | None:
        """State of the phases of a stage that was done; None if that is not known.

        Whoever asks has seen that the stages before it are done.
        """
        try:
            note = sealed_json.load(_path(self._run, node))
            counts: dict[str, int] = note["phases"]
        except (OSError, ValueError, KeyError):
            return None
        names = [phase.name for phase in node.phases] or [""]
        if list(counts) != names or note.get("basis") != self.basis(node):
            return None
        return [PhaseState(node.name, name, settled=counts[name]) for name in names]

    def basis(self, node: Node) -> str | None:
        """Digest of all that the state of a stage depends on; None if it depends on other runs."""
        config = node.step.config
        indirect = {name: getattr(config, name) for name in sorted(config.indirect())}
        if any(isinstance(value, tuple) and value for value in indirect.values()):
            return None
        nodes = [n for n in self._run.dag.nodes.values() if n.name in {*node.ancestors, node.name}]
        stages = [self._stage(n) for n in nodes]
        others = {name: str(value) for name, value in indirect.items()}
        folders = [self._folder(n.name) for n in nodes] + [self._folder(quarantine.FOLDER)]
        return digest.of_json([FORMAT, _eurosift(), self._plan, stages, others, folders])

    @cached_property
    def _plan(self) -> str:
        plan = self._run.plan
        files = [[f.shard, f.path, f.size_bytes, f.edges] for f in plan.files]
        return digest.of_json([plan.format, files])

    def _stage(self, node: Node) -> list[Any]:
        """What of a stage goes into the basis."""
        kind = [type(node.step).__qualname__, node.step.version, [p.name for p in node.phases]]
        return [node.name, node.needs, kind, self._run.config(node)]

    def _folder(self, name: str) -> str:
        if name not in self._folders:
            found = xxhash.xxh3_128()
            for path, seen in sorted(_files(os.fspath(self._run.files.folder / name))):
                found.update(os.fsencode(path) + b"\0" + seen)
            self._folders[name] = found.hexdigest()
        return self._folders[name]


def remember(run: Run, node: Node) -> None:
    """Bring the index of a stage up to date, and note that the stage is done, if it is.

    Parameters
    ----------
    run
        The run; its files are looked at, not its index.
    node
        The stage, all of whose items have been tried.
    """
    index.refresh(run.files.folder, [node.name])
    with contextlib.suppress(EurosiftError, OSError):
        before = Settled(run).basis(node)
        workspace = run.workspace(node)
        states = [run.phase_state(node, phase, workspace) for phase in node.phases or (None,)]
        if before is None or not all(state.done for state in states):
            return
        note = {"basis": before, "phases": {state.phase: state.items for state in states}}
        if Settled(run).basis(node) == before:
            sealed_json.save(_path(run, node), note)


def _path(run: Run, node: Node) -> Path:
    return run.files.folder / index.FOLDER / f"{node.name}.done"


def _files(folder: str, below: str = "") -> Iterator[tuple[str, bytes]]:
    """All files below a folder, by name, with what tells them from changed ones."""
    try:
        entries = os.scandir(folder)
    except FileNotFoundError:
        return
    with entries:
        for entry in entries:
            name = below + entry.name
            if entry.is_dir(follow_symlinks=False):
                yield from _files(entry.path, name + "/")
                continue
            try:
                s = entry.stat()
            except FileNotFoundError:  # a link to nothing, or gone meanwhile
                yield name, b""
                continue
            # Spelled out: this is done for every file of a run.
            yield name, b"%d %d %d %d\n" % (s.st_size, s.st_mtime_ns, s.st_ctime_ns, s.st_ino)


@cache
def _eurosift() -> str:
    """Items of a phase are listed by its code."""
    return version("eurosift")
