"""Worker processes that survive the death of one of them.

Each worker is a process with a pipe of its own. One that dies (out of memory, kill -9, a crash in a
library) is replaced, and its item is tried again; the others never notice. A worker that takes
more memory than it may, or takes no processor time for long, is killed, which is one of the ways to
die.
"""

from __future__ import annotations

import functools
import multiprocessing
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from multiprocessing import connection, forkserver
from typing import Generic, NamedTuple, TypeVar

from eurosift.pipeline.child import Cause, Child, Death, Failure
from eurosift.pipeline.starting import (
    ctrl_c_waits,
    deaf_to_ctrl_c,
    shorten_socket_names,
    with_environment,
)

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")

LOOK_S = 0.25
"""How often the workers are looked at, and whether to stop."""

GRACE_S = 20.0
"""How long items in the works may go on after `WorkerPool.stop` before they are abandoned."""


REFUSALS = 3
"""How often in a row a worker may not even take its item before that is taken for lasting."""

TRIES = 2
"""How often an item is tried whose worker dies."""

PRELOAD = (
    "eurosift.pipeline.worker",
    "numpy",
    "pyarrow.parquet",
    "polars",
    "trafilatura",
)


class Result(NamedTuple, Generic[ItemT, ResultT]):
    """What came of an item: a value, or an error in words with its formatted traceback."""

    item: ItemT
    value: ResultT | None
    error: str | None = None
    traceback: str | None = None


Again = Callable[[ItemT, Death, int], ItemT | None]
"""What to try after a worker has died: item, death and number of its deaths → item, or None."""


def once_more(item: ItemT, _death: Death, deaths: int) -> ItemT | None:
    """Try an item again until `TRIES` workers have died on it."""
    return item if deaths < TRIES else None


class _Try(NamedTuple, Generic[ItemT]):
    """An item, and how many workers have died on it."""

    item: ItemT
    deaths: int = 0


class WorkerPool(Generic[ItemT, ResultT]):
    """Maps a function over items in worker processes.

    Parameters
    ----------
    function
        Importable; gets one item.
    workers
        Number of processes.
    prepare
        Importable; called once in each new process with `arguments`.
    arguments
        For `prepare`.
    memory_bytes
        Private memory that a worker may have; it is killed when it is seen with more.
    total_bytes
        What all workers may have together; the largest is killed when they have more.
    environment
        Environment variables of the workers beside those of this process.
    stalled_s
        How long a worker may take no processor time while it has an item, see `child.IDLE`; it is
        killed then.
    """

    def __init__(
        self,
        function: Callable[[ItemT], ResultT],
        workers: int,
        prepare: Callable[..., None],
        arguments: tuple[object, ...],
        memory_bytes: int | None = None,
        total_bytes: int | None = None,
        environment: Mapping[str, str] | None = None,
        stalled_s: float | None = None,
    ) -> None:
        self._workers = workers
        self.memory_bytes = memory_bytes
        self.total_bytes = total_bytes
        self._environment = environment or {}
        self._stalled_s = stalled_s
        self._stop = False
        self._deadline = float("inf")
        self._last_look = 0.0
        self._idle: list[Child[ItemT, ResultT]] = []
        self._busy: dict[Child[ItemT, ResultT], _Try[ItemT]] = {}
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(list(PRELOAD))
        self._make: Callable[[], Child[ItemT, ResultT]] = functools.partial(
            Child, context, function, prepare, arguments
        )

    def map(
        self,
        items: Sequence[ItemT],
        again: Again[ItemT] = once_more,
        begun: Callable[[ItemT], None] | None = None,
    ) -> Iterator[Result[ItemT, ResultT]]:
        """Yield the results as they come; one failing item does not stop the others.

        Parameters
        ----------
        items
            What to do.
        again
            Decides what is tried after a death, in place of the item.
        begun
            Is told every item that a worker has taken, each time.
        """
        waiting = deque(_Try(item) for item in items)
        while (waiting and not self._stop) or self._busy:
            if time.monotonic() > self._deadline:
                self.kill()
                return
            self._look()
            if not self._stop:
                self._hand_out(waiting, begun)
            self._wait()
            for worker in [w for w in self._busy if w.connection.poll()]:
                found = worker.receive()
                attempt = self._busy.pop(worker)
                if found is not None:
                    if worker.doomed:  # it was done just before it was killed
                        worker.bury()
                    else:
                        self._idle.append(worker)
                    yield _result(attempt.item, found)
                    continue
                death = worker.bury()
                deaths = attempt.deaths + 1
                item = again(attempt.item, death, deaths)
                if item is None:
                    words = f"the worker process died twice on it ({death.words})"
                    yield Result(attempt.item, None, words)
                else:
                    waiting.append(_Try(item, deaths))

    def _hand_out(self, waiting: deque[_Try[ItemT]], begun: Callable[[ItemT], None] | None) -> None:
        refusals = 0
        while waiting and len(self._busy) < self._workers:
            with ctrl_c_waits():
                worker = self._idle.pop() if self._idle else self._start()
                # Before it is sent: Ctrl-C and `kill` must find the worker in one of the two.
                self._busy[worker] = waiting[0]
            if worker.send(waiting[0].item):
                taken = waiting.popleft()
                refusals = 0
                if begun is not None:
                    begun(taken.item)
                continue
            del self._busy[worker]  # it died before it was asked for anything
            death = worker.bury()
            refusals += 1
            if refusals > REFUSALS:
                raise ChildProcessError(f"worker processes die as they start ({death.words})")

    def _start(self) -> Child[ItemT, ResultT]:
        shorten_socket_names()
        with deaf_to_ctrl_c(), with_environment(self._environment):
            forkserver.ensure_running()
        return self._make()

    def _wait(self) -> None:
        """Wait until a worker has something to say, or dies, or for a short time."""
        connection.wait([worker.connection for worker in self._busy], timeout=LOOK_S)

    def _look(self) -> None:
        now = time.monotonic()
        elapsed = now - self._last_look
        if elapsed < LOOK_S:
            return
        self._last_look = now
        self._look_at_memory()
        self._look_for_stalled(min(elapsed, 2 * LOOK_S))

    def _look_for_stalled(self, elapsed_s: float) -> None:
        """Kill workers that hang."""
        if self._stalled_s is None:
            return
        limit = f"limits.stalled_minutes, {self._stalled_s / 60:g} min"
        for worker in self._busy:
            if worker.idle_seconds(elapsed_s) > self._stalled_s and not worker.doomed:
                worker.kill(Cause.STALLED, f"it took no processor time for {limit}")

    def _look_at_memory(self) -> None:
        """Kill workers that have too much; an idle one is only replaced."""
        sizes = {worker: worker.private_bytes() for worker in [*self._idle, *self._busy]}
        if self.memory_bytes is not None:
            limit = f"limits.worker_memory, {_gib(self.memory_bytes)}"
            for worker in [w for w, size in sizes.items() if size > self.memory_bytes]:
                del sizes[worker]
                self._kill_for_memory(worker, limit)
        if self.total_bytes is not None and sum(sizes.values()) > self.total_bytes:
            limit = f"there is: all workers together may have {_gib(self.total_bytes)}"
            self._kill_for_memory(max(sizes, key=sizes.__getitem__), limit)

    def _kill_for_memory(self, worker: Child[ItemT, ResultT], limit: str) -> None:
        worker.kill(Cause.MEMORY, f"it had more memory than {limit}")
        if worker in self._idle:
            self._idle.remove(worker)
            worker.bury()

    def stop(self, grace_s: float | None = None) -> None:
        """Begin no other item, and abandon those in the works after a grace; for a handler."""
        self._stop = True
        grace_s = GRACE_S if grace_s is None else grace_s
        self._deadline = min(self._deadline, time.monotonic() + grace_s)

    @property
    def stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._stop

    def kill(self) -> None:
        """End all workers at once; what they were writing never appears."""
        workers = [*self._idle, *self._busy]
        self._idle, self._busy = [], {}
        for worker in workers:
            worker.kill()
        for worker in workers:
            worker.bury()

    def close(self) -> None:
        """End the workers, which have nothing to do any more."""
        self.kill()


def _gib(size: int) -> str:
    return f"{size / 2**30:.2f} GiB"


def _result(item: ItemT, found: ResultT | Failure) -> Result[ItemT, ResultT]:
    if isinstance(found, Failure):
        return Result(item, None, found.words, found.traceback)
    return Result(item, found)
