"""Where a run stands, read from its folder alone."""

from __future__ import annotations

from collections import Counter

from eurosift.pipeline import events
from eurosift.pipeline.tables import Table, Value
from eurosift.pipeline.tasks import PhaseState, Run, State


def stages(states: list[PhaseState]) -> Table:
    """One row per phase: how many items are done, new, stale, waiting."""
    kinds = tuple(state.value for state in State)
    rows: list[dict[str, Value]] = []
    for state in states:
        counts: dict[str, Value] = {"stage": state.label, "items": len(state.tasks)}
        counts |= {kind.value: state.count(kind) for kind in State}
        rows.append(counts | {"waits_for": _waits(state)})
    return Table("stages", ("stage", "items", *kinds, "waits_for"), rows)


def _waits(state: PhaseState) -> str:
    return state.waits.partition(" is not there yet")[0] if state.waits else ""


def why(states: list[PhaseState]) -> Table:
    """One row per phase and reason: why items would run, with how many and one example."""
    rows: list[dict[str, Value]] = []
    for state in states:
        groups: Counter[tuple[str, str]] = Counter()
        example: dict[tuple[str, str], str] = {}
        for task in state.tasks:
            for reason in task.reasons:
                key = (task.state.value, reason)
                groups[key] += 1
                example.setdefault(key, task.task.key)
        rows += [
            {
                "stage": state.label,
                "state": kind,
                "why": reason,
                "items": n,
                "first": example[kind, reason],
            }
            for (kind, reason), n in groups.items()
        ]
    return Table("reasons", ("stage", "state", "items", "first", "why"), rows)


def failures(run: Run, states: list[PhaseState]) -> Table:
    """Items that failed when they were last tried and are still to be done."""
    if not events.mention(run.files.folder, "shard_failed"):
        return Table("failures", ("stage", "item", "error"), [])
    todo = {(s.label, t.task.key) for s in states for t in s.tasks if t.state is not State.DONE}
    last: dict[tuple[str, str], str] = {}
    for event in events.read(run.files.folder):
        key = (str(event.get("stage")), str(event.get("key")))
        if event.get("event") == "shard_failed":
            last[key] = str(event.get("error"))
        elif event.get("event") == "shard_done":
            last.pop(key, None)
    rows: list[dict[str, Value]] = [
        {"stage": stage, "item": key, "error": error}
        for (stage, key), error in sorted(last.items())
        if (stage, key) in todo
    ]
    return Table("failures", ("stage", "item", "error"), rows)
