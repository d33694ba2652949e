"""What the tests of the worker pool let worker processes do."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from eurosift.pipeline.child import note
from eurosift.pipeline.pool import WorkerPool

PREPARED: list[object] = []


def prepare(*arguments: object) -> None:
    """Remember what the process was given."""
    PREPARED.extend(arguments)


def refuse(*_arguments: object) -> None:
    """Fail before any work."""
    raise FileNotFoundError("the model is gone")


class OddError(Exception):
    """Cannot be unpickled: its arguments are not those that it was made with."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(f"{one} and {two}")


def work(item: str) -> str:
    """Do what the item says."""
    verb, _, rest = item.partition(":")
    note(item)
    if verb == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if verb == "die_once":
        if not Path(rest).exists():
            Path(rest).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return "second time"
    if verb == "raise":
        raise ValueError(rest)
    if verb == "signal":
        number = signal.Signals[rest]
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    if verb == "exit":
        os._exit(int(rest))
    if verb == "lambda":
        return lambda: None  # type: ignore[return-value]
    if verb == "hold":
        PREPARED.append(b"x" * (int(rest) << 20))
    if verb == "grind":  # one step of Python: no other thread has a turn
        return str(sum(range(1 << 40)))
    if verb == "swell":
        held = b"x" * (int(rest) << 20)
        time.sleep(600)
        return str(len(held))
    if verb == "begin":
        with Path(rest).open("a") as file:
            file.write("begun\n")
        time.sleep(1.5)
    if verb == "environment":
        return os.environ.get(rest, "")
    if verb == "odd":
        raise OddError("one", "two")
    if verb == "sleep":
        time.sleep(float(rest))
    if verb == "prepared":
        return repr(PREPARED)
    if verb == "pid":
        time.sleep(0.2)
        return str(os.getpid())
    return item.upper()


def host(workers: int, item: str) -> None:
    """Host a pool whose workers tell their process ids and go on with an item for long."""
    pool: WorkerPool[str, str] = WorkerPool(work, workers, prepare, ())
    for result in pool.map(["pid"] * workers * 2):
        sys.stdout.write(f"{result.value}\n")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    list(pool.map([item] * workers))


if __name__ == "__main__":
    host(int(sys.argv[1]), sys.argv[2])
