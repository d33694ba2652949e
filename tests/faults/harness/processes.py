"""Processes of a scene, told from all others by a mark in their environment."""

from __future__ import annotations

import time
from pathlib import Path

MARK = "EUROSIFT_SCENE"


def living(token):
    """Numbers of live processes that carry the mark, with their parents: {pid: parent}."""
    wanted = f"{MARK}={token}".encode()
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if wanted not in (folder / "environ").read_bytes().split(b"\0"):
                continue
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[0] not in "ZX":
            found[int(folder.name)] = int(fields[1])
    return found


def workers(token, coordinator):
    """Workers of a run's pool: they are children of its fork server, not of itself."""
    alive = living(token)
    helpers = {pid for pid, parent in alive.items() if parent == coordinator}
    return sorted(pid for pid, parent in alive.items() if parent in helpers)


def helpers(token, coordinator):
    """The fork server and the resource tracker of a run."""
    return sorted(pid for pid, parent in living(token).items() if parent == coordinator)


def words(pid):
    """Command of a process, for messages."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()[:200]
    except OSError:
        return "gone"


def outliving(token, seconds=5.0):
    """What still lives after that many seconds; returns as soon as nothing does."""
    deadline = time.monotonic() + seconds
    while alive := living(token):
        if time.monotonic() > deadline:
            return alive
        time.sleep(0.05)
    return {}
