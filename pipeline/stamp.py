"""The stamp of a file: what tells it from a changed one without reading it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple


class Stamp(NamedTuple):
    """What tells a file from a changed one without reading it; times in nanoseconds.

    The time of the last change of the inode is among them, because it cannot be set back.
    """

    size: int
    modified: int
    changed: int
    inode: int

    @classmethod
    def of(cls, path: str | Path) -> Stamp:
        """Stamp of a file.

        Raises
        ------
        OSError
            If there is none, or it cannot be looked at.
        """
        found = os.stat(path)  # noqa: PTH116 - called once for every file of a run
        return cls(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)
