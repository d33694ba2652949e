"""Watching a run: what has changed since the last look, until all is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from eurosift.pipeline import plan
from eurosift.pipeline.errors import IncompleteError
from eurosift.pipeline.events import now
from eurosift.pipeline.launch import open_run
from eurosift.pipeline.status import Look
from eurosift.pipeline.tasks import Run

EVERY_S = 2.0


class Watcher:
    """Looks at a run again and again; opens it anew only when its plan or recipe has changed.

    Parameters
    ----------
    target
        A recipe or a run folder.
    """

    def __init__(self, target: Path) -> None:
        self._target = target
        self._run: Run | None = None
        self._stamp: tuple[int, ...] = ()

    def look(self) -> Look:
        """See where the run stands; a run that has not begun has no states.

        Raises
        ------
        EurosiftError
            As `open_run`, but for a run that has not begun.
        """
        try:
            run = self._open()
        except IncompleteError:
            return Look()
        return Look.at(run)

    def _open(self) -> Run:
        if self._run is None or self._stamp != self._stamps(self._run):
            self._run = open_run(self._target)
            self._stamp = self._stamps(self._run)
        return self._run

    def _stamps(self, run: Run) -> tuple[int, ...]:
        target = self._target / "recipe.yaml" if self._target.is_dir() else self._target
        paths = (run.files.folder / plan.PLAN_FILE, target)
        return tuple(path.stat().st_mtime_ns if path.exists() else 0 for path in paths)


def looks(target: Path, wait: Callable[[float], None]) -> Iterator[Look]:
    """Look every two seconds until all is done; `wait` sleeps."""
    watcher = Watcher(target)
    while True:
        found = watcher.look()
        yield found
        if found.done:
            return
        wait(EVERY_S)


def stamped(line: str) -> str:
    """A line with the time in UTC."""
    return f"{now()} {line}"
