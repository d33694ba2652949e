"""What happened, when and where: one append-only JSONL file per launch and array element.

Nothing of it is ever read to decide what is done; that is told by the files alone.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import socket
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

FOLDER = "events"
_TAIL = 1 << 14


def now() -> str:
    """Time in UTC, ISO 8601, to the millisecond."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class EventLog:
    """Appends events to one file.

    Parameters
    ----------
    folder
        The run folder.
    launch
        Name of the launch.
    rank
        Number of the array element.
    phase
        What the array runs; empty if the launch is no array.
    """

    def __init__(self, folder: Path, launch: str, rank: int = 0, phase: str = "") -> None:
        self.path = self.file(folder, launch, rank, phase)
        self.path.parent.mkdir(parents=True, exist_ok=True)

    @staticmethod
    def file(folder: Path, launch: str, rank: int = 0, phase: str = "") -> Path:
        """Where the events of an element are."""
        array = f"{phase}-" if phase else ""
        return folder / FOLDER / f"{launch}-{array}{rank:05d}.jsonl"

    def write(self, event: str, **details: Any) -> None:
        """Append one event; a single write of one line, so that lines never mix."""
        record = {"time": now(), "event": event, "host": socket.gethostname(), "pid": os.getpid()}
        line = json.dumps(record | details, ensure_ascii=False) + "\n"
        with contextlib.suppress(OSError):  # a full disk is told by the data, not by its diary
            descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
            try:
                os.write(descriptor, line.encode())
            finally:
                os.close(descriptor)


def read(folder: Path) -> list[dict[str, Any]]:
    """All events of a run, by time; a line cut off by a crash is left out."""
    paths = sorted((folder / FOLDER).glob("*.jsonl"))
    found = [event for path in paths for event in read_file(path)]
    return sorted(found, key=lambda event: str(event.get("time", "")))


def mention(folder: Path, event: str) -> bool:
    """Whether there may be such an event; quicker than to read them all."""
    word = event.encode()
    return any(word in path.read_bytes() for path in (folder / FOLDER).glob("*.jsonl"))


def last(path: Path) -> dict[str, Any]:
    """The last event of a file; empty if there is none, or it is cut off or very long."""
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
        found = _parsed(file.read().splitlines()[-1:])
    return found[0] if found else {}


def read_file(path: Path) -> list[dict[str, Any]]:
    """Events of one file, in their order; a line cut off by a crash is left out."""
    return _parsed(path.read_bytes().splitlines())


def _parsed(lines: Iterable[bytes]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for line in lines:
        try:
            event = orjson.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict):
            found.append(event)
    return found
