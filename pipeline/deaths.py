"""What follows from the death of a worker: the item is tried again, and its page perhaps not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from eurosift.pipeline import quarantine
from eurosift.pipeline.child import Cause, Death
from eurosift.pipeline.plan import InputFile
from eurosift.pipeline.pool import TRIES
from eurosift.pipeline.protection import TIME_LIMIT
from eurosift.pipeline.states import Task

REASONS: Mapping[Cause, str] = {
    Cause.TIME: TIME_LIMIT,
    Cause.STALLED: TIME_LIMIT,
    Cause.MEMORY: "memory_limit",
    Cause.CRASH: "crash",
}
"""Reason of a page of which workers died. One that was killed from outside accuses no page."""


class Deaths:
    """Counts deaths by item, and by page where a page is to blame.

    Parameters
    ----------
    folder
        The run folder.
    file_of
        Gives the input of a shard.
    renew
        Gives the item as it is with the present quarantine list.
    """

    def __init__(
        self, folder: Path, file_of: Callable[[str], InputFile], renew: Callable[[Task], Task]
    ) -> None:
        self._folder = folder
        self._file_of = file_of
        self._renew = renew
        self._deaths: Counter[tuple[str, str]] = Counter()

    def again(self, task: Task, death: Death, _deaths: int) -> Task | None:
        """What to try now: the item, or the item without the page that killed twice, or nothing."""
        reason = REASONS.get(death.cause)
        page = death.note if reason else ""
        self._deaths[task.key, page] += 1
        if self._deaths[task.key, page] < TRIES:
            return task
        if not page or reason is None or self._deaths[task.key, page] > TRIES:
            return None  # also if it goes on dying of a page that is on the list
        quarantine.add(self._folder, self._file_of(task.key), {page: reason})
        return self._renew(task)
