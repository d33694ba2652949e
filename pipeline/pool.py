"""Worker processes that survive the death of one of them.

A worker that dies (out of memory, kill -9) breaks a standard-library pool as a whole. Then the
pool is made anew and the items that were in the works are tried again, one at a time, so that a
second death names its item for certain. Workers end by themselves when their coordinator is gone.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import shutil
import signal
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    CancelledError,
    Future,
    ProcessPoolExecutor,
    wait,
)
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import forkserver, util
from types import FrameType
from typing import Generic, NamedTuple, TypeVar

from eurosift.pipeline.processes import start_time

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")

WATCH_S = 0.5
"""How often a worker looks whether its coordinator lives."""

GRACE_S = 20.0
"""How long items in the works may go on after `WorkerPool.stop` before they are abandoned."""

LONG_TMPDIR = 70
"""Bytes of TMPDIR beyond which the names of sockets below it would be too long."""

REFUSALS = 3
"""How often in a row a pool may fail to begin an item before that is taken for lasting."""

TRACEBACK_CHARS = 16_000
"""How much of a traceback is kept: its end, where the error is."""

PRELOAD = (
    "eurosift.pipeline.worker",
    "numpy",
    "pyarrow.parquet",
    "polars",
    "trafilatura",
)


class Failure(NamedTuple):
    """An error in words: one that cannot be unpickled would break the whole pool."""

    words: str
    traceback: str

    @classmethod
    def of(cls, error: BaseException) -> Failure:
        """What is kept of an error."""
        text = "".join(traceback.format_exception(error))
        return cls(f"{type(error).__name__}: {error}", text[-TRACEBACK_CHARS:])


class Result(NamedTuple, Generic[ItemT, ResultT]):
    """What came of an item: a value, or an error in words with its formatted traceback."""

    item: ItemT
    value: ResultT | None
    error: str | None = None
    traceback: str | None = None


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
    """

    def __init__(
        self,
        function: Callable[[ItemT], ResultT],
        workers: int,
        prepare: Callable[..., None],
        arguments: tuple[object, ...],
    ) -> None:
        self._function = function
        self._workers = workers
        self._prepare = prepare
        self._arguments = arguments
        self._stop = False
        self._deadline = float("inf")
        self._executor: ProcessPoolExecutor | None = None
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(list(PRELOAD))

    def map(self, items: Sequence[ItemT]) -> Iterator[Result[ItemT, ResultT]]:
        """Yield the results as they come; one failing item does not stop the others."""
        suspects: list[ItemT] = []
        for result in self._pass(items, self._workers):
            if isinstance(result, Result):
                yield result
            else:
                suspects.extend(result)
        for item in suspects:
            for result in self._pass([item], 1):
                if isinstance(result, Result):
                    yield result
                else:
                    yield Result(
                        item, None, "the worker process died twice on it (out of memory or killed)"
                    )

    def _pass(
        self, items: Sequence[ItemT], at_once: int
    ) -> Iterator[Result[ItemT, ResultT] | list[ItemT]]:
        """Try each item once; yields a list of those in the works when a worker died."""
        waiting = list(reversed(items))
        refused = 0
        running: dict[Future[ResultT | Failure], ItemT] = {}
        while (waiting and not self._stop) or running:
            if time.monotonic() > self._deadline:
                self.kill()
                return
            while waiting and len(running) < at_once and not self._stop:
                item = waiting.pop()
                try:
                    with _ctrl_c_waits():
                        running[self._pool().submit(_call, self._function, item)] = item
                    refused = 0
                except (BrokenProcessPool, OSError):
                    # A pool that breaks while it starts a worker says so in several ways.
                    waiting.append(item)
                    refused += 1
                    if refused > REFUSALS:
                        raise
                    break
            lost: list[ItemT] = []
            for future in wait(running, timeout=1.0, return_when=FIRST_COMPLETED).done:
                item = running.pop(future)
                result = _result(future, item)
                if result is None:
                    lost.append(item)
                else:
                    yield result
            if lost or refused or self._broken():
                self.kill()
                for future, item in running.items():
                    result = _result(future, item) if future.done() else None
                    if result is None:
                        lost.append(item)
                    else:
                        yield result
                running.clear()
                if lost:
                    yield lost

    def _broken(self) -> bool:
        return self._executor is not None and bool(getattr(self._executor, "_broken", False))

    def _pool(self) -> ProcessPoolExecutor:
        if self._executor is None:
            _shorten_socket_names()
            with _deaf_to_ctrl_c():
                forkserver.ensure_running()
            self._executor = ProcessPoolExecutor(
                self._workers,
                mp_context=self._context,
                initializer=_begin_worker,
                initargs=(os.getpid(), self._prepare, self._arguments),
            )
            # Start all workers with the first item: one that dies while the pool starts another
            # makes the standard library's bookkeeping fail.
            self._executor._safe_to_dynamically_spawn_children = False  # type: ignore[attr-defined]  # noqa: SLF001
        return self._executor

    def stop(self) -> None:
        """Begin no other item, and abandon those in the works after a grace; for a handler."""
        self._stop = True
        self._deadline = time.monotonic() + GRACE_S

    @property
    def stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._stop

    def kill(self) -> None:
        """End all workers at once; what they were writing never appears."""
        # Also of a broken pool: one that broke while it started a worker waits for that worker
        # for ever, because it ended only those that it had before.
        executor, self._executor = self._executor, None
        if executor is not None:
            for process in list((getattr(executor, "_processes", None) or {}).values()):
                process.kill()
            executor.shutdown(wait=True, cancel_futures=True)

    def close(self) -> None:
        """End the workers, which have nothing to do any more."""
        self.kill()


def _result(future: Future[ResultT | Failure], item: ItemT) -> Result[ItemT, ResultT] | None:
    """What came of an item; None if the worker died."""
    try:
        found = future.result()
    except (BrokenProcessPool, CancelledError):
        return None
    except Exception as error:  # noqa: BLE001 - every failure is told by its item
        found = Failure.of(error)
    if isinstance(found, Failure):
        return Result(item, None, found.words, found.traceback)
    return Result(item, found)


class _Process:
    """Why this worker process could not be prepared."""

    error: Failure | None = None


def _call(function: Callable[[ItemT], ResultT], item: ItemT) -> ResultT | Failure:
    if _Process.error is not None:
        return _Process.error
    try:
        return function(item)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - every failure is told by its item
        return Failure.of(error)


@contextlib.contextmanager
def _ctrl_c_waits() -> Iterator[None]:
    """Let Ctrl-C wait until the pool knows of every worker that it starts, and can end it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard: list[tuple[int, FrameType | None]] = []
    # A handler, not a mask: with other threads about, a masked signal is heard all the same.
    before = signal.signal(signal.SIGINT, lambda *told: heard.append(told))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if heard and callable(before):
        before(*heard[0])


@contextlib.contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """Start a process that does not hear Ctrl-C, nor do its children, from their first moment on.

    Ctrl-C reaches the whole group; the coordinator alone decides what it means.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _shorten_socket_names() -> None:
    """Let the fork server listen in a folder of a short name, where TMPDIR is a long one.

    The name of a socket has 107 bytes at most. CPython does the same from 3.14 on.
    """
    config: dict[str, object] = multiprocessing.current_process()._config  # type: ignore[attr-defined]  # noqa: SLF001
    if config.get("tempdir") is None and len(os.fsencode(tempfile.gettempdir())) > LONG_TMPDIR:
        folder = tempfile.mkdtemp(prefix="eurosift-", dir="/tmp")
        config["tempdir"] = folder
        util.Finalize(None, shutil.rmtree, args=(folder, True), exitpriority=-100)


def _begin_worker(
    coordinator: int, prepare: Callable[..., None], arguments: tuple[object, ...]
) -> None:
    threading.Thread(target=_watch, args=(coordinator,), daemon=True).start()
    try:
        prepare(*arguments)
    except Exception as error:  # noqa: BLE001 - told by each item, where it can be read
        _Process.error = Failure.of(error)


def _watch(coordinator: int) -> None:
    started = start_time(coordinator)
    while started is not None and start_time(coordinator) == started:
        time.sleep(WATCH_S)
    os._exit(1)
