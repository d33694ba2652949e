"""What there is to do in a run, and why: every work item with its fingerprint and its state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import xxhash

from eurosift.pipeline import digest, quarantine
from eurosift.pipeline.dag import Dag, Node
from eurosift.pipeline.errors import IncompleteError, InvariantError
from eurosift.pipeline.footers import read_footer
from eurosift.pipeline.plan import Plan
from eurosift.pipeline.run_files import RunFiles
from eurosift.pipeline.staleness import differences, fingerprint_config
from eurosift.pipeline.states import LAYER, PhaseState, State, Task, TaskState
from eurosift.pipeline.workspace import StageWorkspace, layer_columns
from eurosift.stages.base import Stage
from eurosift.stages.phases import DocumentPhase, LayerPhase, Phase
from eurosift.stages.source import SourceStage

if TYPE_CHECKING:
    from eurosift.pipeline.settled import Settled


@dataclass
class Run:
    """A recipe, its plan and its folder, seen as a whole."""

    dag: Dag
    plan: Plan
    files: RunFiles
    _configs: dict[str, dict[str, Any]] = field(default_factory=dict)
    _prefixes: dict[tuple[str, str], bytes] = field(default_factory=dict)

    def workspace(self, node: Node) -> StageWorkspace:
        """The run as `node` sees it."""
        return StageWorkspace(self.dag, node, self.plan, self.files)

    def config(self, node: Node) -> dict[str, Any]:
        """What of its configuration shapes the data of a stage."""
        if node.name not in self._configs:
            self._configs[node.name] = fingerprint_config(node.step)
        return self._configs[node.name]

    def tasks(
        self, node: Node, phase: Phase | None, workspace: StageWorkspace | None = None
    ) -> list[Task]:
        """List the work items of a phase; `phase` is None for a stage that is one map.

        `workspace` may be one that has listed the phases before it, and remembers them.

        Raises
        ------
        IncompleteError
            If something before it is not there yet.
        """
        with self.files.glance():
            return list(self._tasks(node, phase, workspace or self.workspace(node)))

    def _tasks(self, node: Node, phase: Phase | None, workspace: StageWorkspace) -> Iterator[Task]:
        if phase is None or isinstance(phase, LayerPhase):
            columns = layer_columns(self.dag, node)
            for shard in self.plan.shards:
                yield self._layer_task(node, phase, shard, columns, workspace)
            return
        for item in workspace.items(phase):
            yield self._task(node, phase.name, item.key, item.path, item.inputs, item.payload)

    def source_task(self, node: Node, shard: str, quarantined: Mapping[str, str]) -> Task:
        """The work item that makes a shard of the documents layer without some pages."""
        file = self.plan.file(shard)
        inputs = {"input": f"{file.path}:{file.fingerprint}"}
        if quarantined:
            inputs["quarantine"] = digest.of_json(quarantined)
        return self._task(node, LAYER, shard, f"{shard}.parquet", inputs, file.path)

    def _layer_task(
        self,
        node: Node,
        phase: LayerPhase | None,
        shard: str,
        columns: Sequence[str],
        workspace: StageWorkspace,
    ) -> Task:
        if isinstance(node.step, SourceStage):
            return self.source_task(
                node, shard, quarantine.load(self.files.folder, self.plan.file(shard))
            )
        text_only = isinstance(node.step, Stage) and node.step.active_on == "text"
        inputs = dict(workspace.digests(shard, columns, text_only=text_only))
        if phase is not None:
            inputs |= phase.side_inputs(shard, workspace)
        return self._task(node, LAYER, shard, f"{shard}.parquet", inputs)

    def _task(
        self,
        node: Node,
        phase: str,
        key: str,
        path: str,
        inputs: Mapping[str, str],
        payload: Any = None,
    ) -> Task:
        return Task(
            stage=node.name,
            phase=phase,
            key=key,
            path=f"{node.name}/{path}",
            version=node.step.version,
            config=self.config(node),
            inputs=inputs,
            fingerprint=self._fingerprint(node, phase, inputs),
            payload=payload,
        )

    def _fingerprint(self, node: Node, phase: str, inputs: Mapping[str, str]) -> str:
        """Digest of the canonical JSON of all of it, of which only the inputs differ by task."""
        if (node.name, phase) not in self._prefixes:
            parts = [node.name, phase, node.step.version, self.config(node)]
            prefix = digest.canonical_json(parts).removesuffix("]") + ","
            self._prefixes[node.name, phase] = prefix.encode()
        text = self._prefixes[node.name, phase] + digest.canonical_strings(inputs) + b"]"
        return xxhash.xxh3_128_hexdigest(text)

    def phase_state(
        self, node: Node, phase: Phase | None, workspace: StageWorkspace | None = None
    ) -> PhaseState:
        """State of every task of a phase, from the folder alone; `workspace` as for `tasks`."""
        name = LAYER if phase is None else phase.name
        documents = isinstance(phase, DocumentPhase)
        with self.files.glance():
            try:
                tasks = self._tasks(node, phase, workspace or self.workspace(node))
                # One by one: what is done gives back its memory before the next is looked at.
                states = [_lightened(self.task_state(t, documents=documents)) for t in tasks]
            except (IncompleteError, InvariantError) as error:
                # A damaged layer before this one is stale, and will be made again first.
                return PhaseState(node.name, name, waits=str(error))
        return PhaseState(node.name, name, tuple(states))

    def task_state(self, task: Task, *, documents: bool = False) -> TaskState:
        """State of one task: done if its file is in place and was made from the same things."""
        if documents:
            return _document_state(task, self.files.folder / task.path)
        try:
            head = self.files.head(task.path)
            if head is not None and head.fingerprint == task.fingerprint:
                return TaskState(task, State.DONE)
            footer = None if head is None else read_footer(self.files.folder / task.path)
        except InvariantError as error:
            return TaskState(task, State.STALE, (f"the file is damaged ({error})",))
        if footer is None:
            return TaskState(task, State.NEW, ("not made yet",))
        return TaskState(task, State.STALE, tuple(differences(footer, task)))

    def states(self, last: Node | None = None) -> list[PhaseState]:
        """State of every phase of every stage, those behind unfinished ones as waiting.

        With `last`, only of this stage and those before it. A run that believes its index does not
        list the tasks of stages that are settled.
        """
        from eurosift.pipeline.settled import Settled  # noqa: PLC0415 - it speaks of runs itself

        settled = Settled(self) if self.files.indexed else None
        nodes = [
            node
            for node in self.dag.nodes.values()
            if last is None or node.name in {*last.ancestors, last.name}
        ]
        with self.files.glance():
            return self._states(nodes, settled)

    def _states(self, nodes: Sequence[Node], settled: Settled | None) -> list[PhaseState]:
        found: list[PhaseState] = []
        unfinished: dict[str, str] = {}
        for node in nodes:
            blocker = next(
                (unfinished[a] for a in reversed(node.ancestors) if a in unfinished), None
            )
            known = settled.states(node) if settled is not None and blocker is None else None
            if known is not None:
                found += known
                continue
            workspace = self.workspace(node)
            for phase in node.phases or (None,):
                state = self.phase_state(node, phase, workspace)
                if blocker and not state.waits:
                    state = _waiting(state, blocker)
                elif blocker:
                    state = PhaseState(
                        state.stage, state.phase, waits=f"{blocker} has to run first"
                    )
                if not state.done:
                    blocker = blocker or state.label
                    unfinished.setdefault(node.name, state.label)
                found.append(state)
        return found


def _lightened(state: TaskState) -> TaskState:
    """The state, without inputs and payload of what is done: a large run has many of them."""
    if state.state is not State.DONE:
        return state
    t = state.task
    light = Task(t.stage, t.phase, t.key, t.path, t.version, t.config, {}, t.fingerprint)
    return TaskState(light, State.DONE)


def _waiting(state: PhaseState, blocker: str) -> PhaseState:
    tasks = tuple(
        t
        if t.state in {State.NEW, State.STALE}
        else TaskState(t.task, State.WAITING, (f"runs again if {blocker} gives other data",))
        for t in state.tasks
    )
    return PhaseState(state.stage, state.phase, tasks)


def _document_state(task: Task, path: Path) -> TaskState:
    try:
        document = orjson.loads(path.read_bytes())
        found, attached = document.get("fingerprint"), document.get("attached", ())
        whole = document.get("digest") == digest.of_document(document)
    except FileNotFoundError:
        return TaskState(task, State.NEW, ("not made yet",))
    except (orjson.JSONDecodeError, AttributeError, OSError):
        return TaskState(task, State.STALE, ("the file is damaged",))
    if not whole:
        return TaskState(task, State.STALE, ("the file is damaged",))
    if found != task.fingerprint:
        return TaskState(task, State.STALE, ("what it describes has changed",))
    gone = [name for name in attached if not (path.parent / name).exists()]
    if gone:
        return TaskState(task, State.STALE, (f"{', '.join(gone)} is missing",))
    other = [name for name in attached if not _is_file(path.parent / name, attached[name])]
    if other:
        return TaskState(task, State.STALE, (f"{', '.join(other)} is damaged",))
    return TaskState(task, State.DONE)


def _is_file(path: Path, written: str) -> bool:
    try:
        return digest.of_file(path) == written
    except OSError:
        return False
