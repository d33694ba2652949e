"""Protective limits: how a stage lets the work on one page be bounded from outside.

A stage names the page and hands over the work; what the limits are, and what becomes of a page that
passes them, is the runtime's to decide. Time that was measured never enters the data: a page is
refused because it is on the run's quarantine list, which is an input of the plan.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class LimitError(Exception):
    """A page is not to be worked on; `reason` is that of its row."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Protection(Protocol):
    """Runs the work on one page within the limits."""

    def __call__(self, page: str, work: Callable[[], T]) -> T:
        """Return what `work` returns.

        Parameters
        ----------
        page
            Id of the page's row.
        work
            A pure function; it may be called twice.

        Raises
        ------
        LimitError
            If the page is quarantined, or has passed a limit.
        """


def unprotected(page: str, work: Callable[[], T]) -> T:  # noqa: ARG001 - a `Protection`
    """Work without limits."""
    return work()
