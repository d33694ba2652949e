"""One worker process: how its coordinator sees it, and what it does itself.

It is forked from a server that has imported the heavy libraries, gets items through a pipe of its
own, and ends with its coordinator. Nothing is shared with other workers, so that
the death of one costs no other.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import signal
import traceback
from collections.abc import Callable
from enum import StrEnum
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")

NOTE_BYTES = 128
TRACEBACK_CHARS = 16_000
"""How much of a traceback is kept: its end, where the error is."""

IDLE = 0.001
"""A process that takes a smaller share of the time of one core hangs; it may look now and then
whether what it waits for has come."""

_UNKNOWN_EXIT = 255
"""Exit code that is told of a process whose fork server has died before it."""

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


class Failure(NamedTuple):
    """An error in words: one that cannot be unpickled would be lost on its way."""

    words: str
    traceback: str

    @classmethod
    def of(cls, error: BaseException) -> Failure:
        """What is kept of an error."""
        text = "".join(traceback.format_exception(error))
        return cls(f"{type(error).__name__}: {error}", text[-TRACEBACK_CHARS:])


class Cause(StrEnum):
    """Why a worker process died."""

    KILLED = "killed"
    MEMORY = "memory"
    TIME = "time"
    STALLED = "stalled"
    CRASH = "crash"


class Death(NamedTuple):
    """The end of a worker process.

    Attributes
    ----------
    cause
        Why.
    words
        The same for people.
    note
        What the process had noted last with `note`: the page that it was at. Empty if it died of
        too much memory, most of which it had before that.
    """

    cause: Cause
    words: str
    note: str


class Child(Generic[ItemT, ResultT]):
    """A worker process, started at once.

    Parameters
    ----------
    context
        How processes are started.
    function
        Importable; gets one item.
    prepare, arguments
        Importable; called once in the process, before the first item.
    """

    def __init__(
        self,
        context: ForkServerContext,
        function: Callable[[ItemT], ResultT],
        prepare: Callable[..., None],
        arguments: tuple[object, ...],
    ) -> None:
        self.connection, theirs = context.Pipe()
        lifeline, self._lifeline = context.Pipe(duplex=False)
        self._note: ctypes.Array[ctypes.c_char] = context.RawArray("c", NOTE_BYTES)
        self._bytes_at_note = context.RawValue("q", 0)
        self._doom: tuple[Cause, str] | None = None
        self._bytes_at_end = 0
        self._ticks, self._idle_s = 0, 0.0
        self.process = context.Process(
            target=_serve,
            args=(theirs, lifeline, self._note, self._bytes_at_note, function, prepare, arguments),
            daemon=True,
        )
        self.process.start()
        theirs.close()
        lifeline.close()

    def send(self, item: ItemT) -> bool:
        """Hand an item to the process, which must be idle; False if it is not there any more."""
        self._idle_s = 0.0
        try:
            self.connection.send(item)
        except OSError:
            return False
        return True

    def receive(self) -> ResultT | Failure | None:
        """What came of the item; None if the process is dead. Waits for one of the two."""
        try:
            (found,) = self.connection.recv()
        except (EOFError, OSError):
            return None
        return found  # type: ignore[no-any-return]

    def private_bytes(self) -> int:
        """Resident memory that is not that of files, with what it was forked with; 0 if dead."""
        return _private_bytes(self.process.pid)

    def idle_seconds(self, elapsed_s: float) -> float:
        """For how long it has taken less than `IDLE` of the time; since its item, if it has one.

        It is asked again and again, each time with the seconds since the last time that may count:
        time in which nobody looked, as the whole machine slept, tells nothing.
        """
        self._idle_s += elapsed_s
        ticks = _processor_ticks(self.process.pid)
        if ticks - self._ticks > IDLE * self._idle_s * _TICKS_PER_S:
            self._ticks, self._idle_s = ticks, 0.0
        return self._idle_s

    def kill(self, cause: Cause | None = None, words: str = "") -> None:
        """End the process at once; `words` say which limit it has passed, if that is the cause."""
        self._bytes_at_end = self.private_bytes()
        self._doom = None if cause is None else (cause, words)
        self.process.kill()

    @property
    def doomed(self) -> bool:
        """Whether it was killed for what it did, even if it is not dead yet."""
        return self._doom is not None

    def bury(self) -> Death:
        """Wait for the end of a process that is dead or killed, and say why it died."""
        self.process.join()
        self.connection.close()
        self._lifeline.close()
        note = self._note.value.decode(errors="replace")
        code = self.process.exitcode or 0
        if self._doom is not None:
            grown = self._bytes_at_end - self._bytes_at_note.value
            if self._doom[0] is Cause.MEMORY and 2 * grown <= self._bytes_at_end:
                note = ""
            return Death(*self._doom, note)
        if code == -signal.SIGVTALRM:
            return Death(Cause.TIME, "a page took longer than limits.page_seconds", note)
        if code in {-signal.SIGKILL, -signal.SIGTERM, _UNKNOWN_EXIT}:
            return Death(Cause.KILLED, "out of memory or killed", note)
        return Death(Cause.CRASH, _crash(code), note)


def _private_bytes(pid: int | str | None) -> int:
    try:
        fields = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()
    except OSError:
        return 0
    return (int(fields[1]) - int(fields[2])) * _PAGE_BYTES if len(fields) > 2 else 0


def _processor_ticks(pid: int | None) -> int:
    """Processor time of all threads of a process, in clock ticks; 0 if it is dead."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0
    return int(fields[11]) + int(fields[12])


def _crash(code: int) -> str:
    if code >= 0:
        return f"it ended with exit code {code}"
    with contextlib.suppress(ValueError):
        return f"it crashed with {signal.Signals(-code).name}"
    return f"it crashed with signal {-code}"


class _Self:
    """What a worker process knows of itself."""

    note: ctypes.Array[ctypes.c_char] | None = None
    bytes_at_note: Any = None


def note(text: str) -> None:
    """Note what this worker process is at, for the case that it dies of it."""
    if _Self.note is not None:
        _Self.note.value = text.encode()[: NOTE_BYTES - 1]
        _Self.bytes_at_note.value = _private_bytes("self") if text else 0


def _serve(
    connection: Connection,
    coordinator: Connection,
    noted: Any,
    bytes_at_note: Any,
    function: Callable[[ItemT], ResultT],
    prepare: Callable[..., None],
    arguments: tuple[object, ...],
) -> None:
    # SLURM may tell a whole job that its time is up; what follows from it the coordinator decides.
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    _die_with(coordinator)
    _Self.note, _Self.bytes_at_note = noted, bytes_at_note
    refusal: Failure | None = None
    try:
        prepare(*arguments)
    except Exception as error:  # noqa: BLE001 - told by each item, where it can be read
        refusal = Failure.of(error)
    while True:
        try:
            item = connection.recv()
        except (EOFError, OSError):
            os._exit(0)
        except Exception as error:  # noqa: BLE001 - whatever keeps an item from being unpickled
            connection.send((Failure.of(error),))
            continue
        found: object = refusal or _call(function, item)
        try:
            connection.send((found,))
        except BrokenPipeError:
            os._exit(0)
        except Exception as error:  # noqa: BLE001 - what cannot be pickled
            connection.send((Failure.of(error),))


def _call(function: Callable[[ItemT], ResultT], item: ItemT) -> ResultT | Failure:
    try:
        return function(item)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - every failure is told by its item
        return Failure.of(error)
    finally:
        note("")


def _die_with(coordinator: Connection) -> None:
    """Let the kernel end this process with its coordinator, which holds the other end of a pipe.

    A thread that looks from time to time has no turn while a library keeps the interpreter to
    itself. The signal that the kernel sends when the pipe loses its other end has.
    """
    descriptor = coordinator.fileno()
    fcntl.fcntl(descriptor, fcntl.F_SETOWN, os.getpid())
    flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
    fcntl.fcntl(descriptor, fcntl.F_SETFL, flags | os.O_ASYNC)  # SIGIO; by default it kills
    if coordinator.poll():  # the coordinator was gone before
        os._exit(1)
