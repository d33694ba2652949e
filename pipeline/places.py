"""Places where a run is: whether there is room, and whether other nodes see them, too."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from eurosift.pipeline.errors import RunFolderError
from eurosift.pipeline.site import Site

PROBE_BYTES = 1 << 20
"""What has to fit on the disk for a run to begin."""


def check_room(folder: Path) -> None:
    """See whether something can be written where a run is going to be.

    Raises
    ------
    OSError
        If not: no space, no quota, no permission.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f".room-{secrets.token_hex(4)}.tmp"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            content = memoryview(bytes(PROBE_BYTES))
            while content:
                content = content[os.write(descriptor, content) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(folder)) from None
    finally:
        path.unlink(missing_ok=True)


def check_shared(
    site: Site, paths: Sequence[Path], what: str = "what a run reads and writes"
) -> None:
    """Refuse what other nodes do not see; `what` is how a message calls it.

    Raises
    ------
    RunFolderError
        If a path lies in a folder, or on a file system, that every node has for itself.
    """
    for path in paths:
        real = path.resolve()
        kind = file_system(real)
        for private in site.not_shared:
            inside = private.startswith("/") and real.is_relative_to(private)
            if inside or kind == private:
                where = private if inside else f"a file system of type {kind}"
                raise RunFolderError(
                    f"{path}: lies in {where}, which every node has for itself: {what} has to "
                    "be on a file system that all nodes share"
                )


def file_system(path: Path) -> str:
    """Type of the file system that a path is on; empty if it cannot be told."""
    best, kind = "", ""
    try:
        lines = Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    for line in lines:
        _, point, found, *_ = line.split(" ")
        point = point.replace("\\040", " ")
        if path.is_relative_to(point) and len(point) >= len(best):
            best, kind = point, found
    return kind
