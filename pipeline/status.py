"""Where a run stands, read from its folder alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from eurosift.pipeline import activity, errorlog, events
from eurosift.pipeline.states import PhaseState, State
from eurosift.pipeline.tables import Table, Value
from eurosift.pipeline.tasks import Run

NO_FAILURES = Table("failures", ("stage", "item", "error"), ())
NO_ERRORS = Table("errors", ("stage", "items", "first_item", "error"), ())


def stages(states: list[PhaseState]) -> Table:
    """One row per phase: how many items are done, new, stale, waiting."""
    kinds = tuple(state.value for state in State)
    rows: list[dict[str, Value]] = []
    for state in states:
        counts: dict[str, Value] = {"stage": state.label, "items": state.items}
        counts |= {kind.value: state.count(kind) for kind in State}
        rows.append(counts | {"waits_for": state.waits_for})
    return Table("stages", ("stage", "items", *kinds, "waits_for"), rows)


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
    return Look.at(run, states).failures


@dataclass(frozen=True)
class Look:
    """One look at a run.

    Attributes
    ----------
    states
        State of every phase; nothing if the run has not begun.
    failures
        Items that failed when they were last tried and are still to be done.
    errors
        The same, one row for each distinct error.
    elements
        Who is or was at work in the last launch.
    """

    states: tuple[PhaseState, ...] = ()
    failures: Table = NO_FAILURES
    errors: Table = NO_ERRORS
    elements: tuple[activity.Element, ...] = ()

    @classmethod
    def at(cls, run: Run, states: Sequence[PhaseState] | None = None) -> Look:
        """Look at a run; `states` if they are known."""
        states = run.states() if states is None else states
        folder = run.files.folder
        happened = events.read(folder) if events.mention(folder, "shard_failed") else []
        todo = {(s.label, t.task.key) for s in states for t in s.tasks if t.state is not State.DONE}
        last: dict[tuple[str, str], str] = {}
        for event in happened:
            key = (str(event.get("stage")), str(event.get("key")))
            if event.get("event") == "shard_failed":
                last[key] = str(event.get("error"))
            elif event.get("event") == "shard_done":
                last.pop(key, None)
        failed = {key: error for key, error in sorted(last.items()) if key in todo}
        rows: list[dict[str, Value]] = [
            {"stage": stage, "item": item, "error": error}
            for (stage, item), error in failed.items()
        ]
        errors: list[dict[str, Value]] = [
            {
                "stage": group.stage,
                "items": group.open,
                "first_item": min(item for item, is_open in group.items.items() if is_open),
                "error": group.error,
            }
            for group in errorlog.group(happened, failed)
            if group.open
        ]
        return cls(
            tuple(states),
            replace(NO_FAILURES, rows=rows),
            replace(NO_ERRORS, rows=errors),
            tuple(activity.elements(folder)),
        )

    @property
    def progress(self) -> Table:
        """One row per phase: items done, running, stalled, failed, pending."""
        failed = [(str(row["stage"]), str(row["item"])) for row in self.failures.rows]
        return activity.progress(self.states, self.elements, failed)

    @property
    def stalled(self) -> int:
        """Number of elements that have stalled."""
        return sum(e.pulse is activity.Pulse.STALLED for e in self.elements)

    @property
    def exit_code(self) -> int:
        """0: all done; 1: some failed; 3: there is more to do."""
        if self.failures.rows:
            return 1
        return 0 if self.done else 3

    @property
    def done(self) -> bool:
        """Whether nothing is left to do."""
        return bool(self.states) and all(state.done for state in self.states)

    def line(self) -> str:
        """All of it in one line."""
        if not self.states:
            return "nothing has been run yet"
        current = next((s for s in self.states if not s.done), None)
        done = sum(s.done for s in self.states)
        text = f"phases={done}/{len(self.states)} failed={len(self.failures.rows)}"
        if self.stalled and current is not None:
            text += f" stalled_elements={self.stalled}"
        if current is None:
            return f"{text} done"
        return f"{text} {current.label}={current.count(State.DONE)}/{current.items}"
