"""Folders for what is made once on a machine: compiled kernels, tables of block lists."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path


def candidate_folders() -> Iterator[Path]:
    """Where a cache may be, best first: the user's choice, the user's cache, a private one."""
    if chosen := os.environ.get("NUMBA_CACHE_DIR"):
        yield Path(chosen)
    if xdg := os.environ.get("XDG_CACHE_HOME"):
        yield Path(xdg) / "eurosift"
    # `Path.home` fails for a user without a home, as there is in many containers.
    home = Path(os.path.expanduser("~"))  # noqa: PTH111
    if home.is_absolute():
        yield home / ".cache" / "eurosift"
    private = Path(tempfile.gettempdir()) / f"eurosift-{os.getuid()}"
    if is_usable(private):  # else its owner could put other folders in place of ours
        yield private


def is_usable(folder: Path) -> bool:
    """Whether we can write there and nobody else can: entries are pickles, so they are code."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        status = folder.stat()
        if status.st_uid != os.getuid() or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            return False
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
