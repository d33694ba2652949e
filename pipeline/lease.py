"""A lease on a run folder: two runs at once are refused, and a dead one never stands in the way.

The lease is a file that names its holder. It counts while the holder lives: on the same host its
process can be asked for; elsewhere its heartbeat, the file's modification time, must be recent by
the clock of the file system itself. Nobody ever has to remove it by hand. Who has lost it finds out
at the next item, see `claim`.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from eurosift.pipeline.claim import Claim
from eurosift.pipeline.errors import RunFolderError
from eurosift.pipeline.processes import start_time

FILE = "lease.json"
HEARTBEAT_S = 10.0
EXPIRES_S = 60.0
"""Age of the heartbeat at which a holder on another host is taken for dead, and one that hangs on
this host may lose the lease."""


class Lease:
    """Holds a run folder while it is open as a context.

    Parameters
    ----------
    folder
        The run folder.
    take_over
        Take it from a process of this host, too, that lives but has no heartbeat.
    """

    def __init__(self, folder: Path, *, take_over: bool = False) -> None:
        self._path = folder / FILE
        self._take_over = take_over
        self._token = secrets.token_hex(8)
        self._ended = threading.Event()
        self._heart = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> Self:
        """Take the lease.

        Raises
        ------
        RunFolderError
            If a living run holds it.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        own = self._path.with_name(f".{FILE}.{self._token}")
        pid = os.getpid()
        holder = {
            "host": os.uname().nodename,
            "pid": pid,
            "started": start_time(pid),
            "token": self._token,
        }
        own.write_text(json.dumps(holder) + "\n", encoding="utf-8")
        try:
            with _alone(self._path.parent):
                while not self._link(own):
                    self._refuse_or_clear(own)
        finally:
            own.unlink()
        self._heart.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._heart.join()
        if _holder(self._path).get("token") == self._token:
            self._path.unlink(missing_ok=True)

    @property
    def claim(self) -> Claim:
        """What tells coordinator and workers whether it is still theirs."""
        return Claim(self._path, self._token)

    def _link(self, own: Path) -> bool:
        try:
            os.link(own, self._path)
        except FileExistsError:
            return False
        return True

    def _refuse_or_clear(self, own: Path) -> None:
        """Raise if the holder lives; else take its lease away."""
        holder = _holder(self._path)
        if holder and _lives(holder, self._path, own, hanging=not self._take_over):
            raise RunFolderError(
                f"{self._path.parent}: another run works here (process {holder.get('pid')} on "
                f"{holder.get('host')}); wait for it, or stop it and run again; if it hangs, "
                "`eurosift retry --stalled` takes over"
            )
        self._path.unlink(missing_ok=True)

    def _beat(self) -> None:
        while not self._ended.wait(HEARTBEAT_S):
            if not self.claim.held:
                return  # the heart of another
            with contextlib.suppress(OSError):
                os.utime(self._path)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep others from looking at the lease and taking it at the same moment."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with contextlib.suppress(OSError):  # not every network file system has locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _holder(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _lives(holder: dict[str, Any], path: Path, own: Path, *, hanging: bool) -> bool:
    """Whether a holder lives; one of this host that hangs does, if `hanging` says so."""
    if holder.get("host") == os.uname().nodename:
        started = start_time(int(holder.get("pid", 0)))
        exists = started is not None and started == holder.get("started")
        if hanging or not exists:
            return exists
    try:
        os.utime(own)  # now, by the clock of the file system
        return own.stat().st_mtime - path.stat().st_mtime < EXPIRES_S
    except FileNotFoundError:
        return False
