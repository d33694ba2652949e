"""How worker processes are started: with which environment, and deaf to which signals."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator, Mapping
from multiprocessing import util
from types import FrameType

LONG_TMPDIR = 70
"""Bytes of TMPDIR beyond which the names of sockets below it would be too long."""


@contextlib.contextmanager
def ctrl_c_waits() -> Iterator[None]:
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
def deaf_to_ctrl_c() -> Iterator[None]:
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


@contextlib.contextmanager
def with_environment(more: Mapping[str, str]) -> Iterator[None]:
    """Start a process with further environment variables."""
    before = {name: os.environ.get(name) for name in more}
    os.environ.update(more)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def shorten_socket_names() -> None:
    """Let the fork server listen in a folder of a short name, where TMPDIR is a long one.

    The name of a socket has 107 bytes at most. CPython does the same from 3.14 on.
    """
    config: dict[str, object] = multiprocessing.current_process()._config  # type: ignore[attr-defined]  # noqa: SLF001
    if config.get("tempdir") is None and len(os.fsencode(tempfile.gettempdir())) > LONG_TMPDIR:
        folder = tempfile.mkdtemp(prefix="eurosift-", dir="/tmp")
        config["tempdir"] = folder
        util.Finalize(None, shutil.rmtree, args=(folder, True), exitpriority=-100)
