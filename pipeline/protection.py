"""The limit of processor time on the work that one page may cause.

Parsers and extractors take time that grows faster than the page, or hang. A page that passes the
limit is tried once more; if it does so twice, it is quarantined. Processor time is measured, not
time of day, so that it matters little what else the machine does.

A first timer raises an exception between two steps of Python. Where a library stays in its own code
for longer than that, a second timer ends the process, as the kernel does it: what the process had
noted tells its coordinator which page that was.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from eurosift.pipeline.child import note
from eurosift.stages.protection import LimitError

T = TypeVar("T")

TRIES = 2
TIME_LIMIT = "time_limit"
"""Reason of a page that took too much processor time."""

REPEAT_S = 0.15
"""How soon the exception is raised again, should somebody have swallowed it."""


GRACE_S = 0.4
"""How long after the exception the process is ended."""


class _OutOfTimeError(BaseException):
    """Not an `Exception`, which extractors catch."""


def hard_limit(seconds: float) -> float:
    """When the process is ended, in seconds of its own processor time."""
    return seconds + GRACE_S


class PageLimits:
    """Implements `eurosift.stages.protection.Protection` in this process.

    Parameters
    ----------
    seconds
        Processor time that a page may take; None for no limit.
    known
        Pages that are quarantined, with the reason of each.

    Attributes
    ----------
    found
        Pages that have passed the limit twice since then, with the reason of each.
    refused
        All pages that were not worked on: these, and of the known ones those that there are.
    """

    def __init__(self, seconds: float | None, known: Mapping[str, str]) -> None:
        self._seconds = seconds
        self._known = known
        self.found: dict[str, str] = {}
        self.refused: dict[str, str] = {}

    def __call__(self, page: str, work: Callable[[], T]) -> T:
        """Return what `work` returns, or raise `LimitError`."""
        reason = self._known.get(page) or self.found.get(page)
        if reason is not None:
            self.refused[page] = reason
            raise LimitError(reason)
        note(page)
        try:
            for _ in range(TRIES):
                with contextlib.suppress(_OutOfTimeError):
                    return _within(self._seconds, work)
        finally:
            note("")
        self.found[page] = self.refused[page] = TIME_LIMIT
        raise LimitError(TIME_LIMIT)


def _within(seconds: float | None, work: Callable[[], T]) -> T:
    """Raise `_OutOfTimeError` after so much processor time; end the process somewhat later."""
    if seconds is None or threading.current_thread() is not threading.main_thread():
        return work()  # only the main thread hears signals
    before = signal.signal(signal.SIGPROF, _raise)
    signal.setitimer(signal.ITIMER_VIRTUAL, hard_limit(seconds))
    signal.setitimer(signal.ITIMER_PROF, seconds, REPEAT_S)
    try:
        try:
            return work()
        finally:
            _disarm(before)
    except _OutOfTimeError:
        _disarm(before)  # the first time, the exception itself may have come in between
        raise


def _disarm(before: Any) -> None:
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    signal.signal(signal.SIGPROF, before)


def _raise(_number: int, _frame: Any) -> None:
    raise _OutOfTimeError
