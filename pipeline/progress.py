"""How a run tells a person where it is: a bar on a terminal, else one line in half a minute."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from eurosift.pipeline.events import now

LINE_EVERY_S = 30.0


def log(message: str, level: str = "INFO") -> None:
    """Write one line to standard error, with the time in UTC."""
    sys.stderr.write(f"{now()} {level} {message}\n")
    sys.stderr.flush()


class Progress:
    """Progress of one phase. A context manager; `advance` after each item.

    Parameters
    ----------
    label
        Name of the phase.
    total
        Items to do.
    quiet
        Say nothing.
    heartbeat
        Called every half minute with items and rows done, whether or not any item has ended.
    unit
        What the rows are called, as not all are documents.
    """

    def __init__(
        self,
        label: str,
        total: int,
        *,
        quiet: bool = False,
        heartbeat: Callable[[int, int], None] | None = None,
        unit: str = "rows",
    ) -> None:
        self._label, self._total, self._quiet = label, total, quiet
        self._heartbeat, self._unit = heartbeat, unit
        self._done = self._rows = 0
        self._start = time.monotonic()
        self._ended = threading.Event()
        self._clock = threading.Thread(target=self._tick, daemon=True)
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Self:
        if not self._quiet and sys.stderr.isatty():
            self._bar = _rich_bar()
            self._task = self._bar.add_task(self._label, total=self._total, rows="")
            self._bar.start()
        self._clock.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._clock.join()
        if self._bar is not None:
            self._bar.stop()
        elif not self._quiet and kind is None:
            self._line()

    def advance(self, rows: int) -> None:
        """One item is done; it had so many rows."""
        self._done += 1
        self._rows += rows
        if self._bar is not None:
            self._bar.update(self._task, advance=1, rows=f"{self._rows:,} {self._unit}")

    def say(self, message: str, level: str = "INFO") -> None:
        """Print a line without breaking the bar."""
        if self._bar is not None:
            self._bar.console.print(message, highlight=False, markup=False, soft_wrap=True)
        else:
            log(message, level)

    def _tick(self) -> None:
        while not self._ended.wait(LINE_EVERY_S):
            if self._heartbeat is not None:
                self._heartbeat(self._done, self._rows)
            if self._bar is None and not self._quiet:
                self._line()

    def _line(self) -> None:
        seconds = max(time.monotonic() - self._start, 1e-9)
        log(
            f"{self._label} items={self._done}/{self._total} {self._unit}={self._rows} "
            f"{self._unit}/s={self._rows / seconds:.0f}"
        )


def _rich_bar() -> Any:
    from rich.console import Console  # noqa: PLC0415 - 0.3 s that only a terminal needs
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeElapsedColumn,
    )
    from rich.progress import Progress as Bar  # noqa: PLC0415

    plain = bool(os.environ.get("NO_COLOR"))
    console = Console(
        stderr=True, no_color=plain, highlight=False, color_system=None if plain else "auto"
    )
    return Bar(
        TextColumn("{task.description:<18}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rows]}"),
        TimeElapsedColumn(),
        console=console,
    )
