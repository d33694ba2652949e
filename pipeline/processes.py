"""Whether a process lives, told from its number and the time at which it started."""

from __future__ import annotations

from pathlib import Path


def start_time(pid: int) -> str | None:
    """Start time of a live process in clock ticks since boot; None if it is gone or a zombie.

    Together with its number it names a process for good: numbers are used again, pairs are not.
    """
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in {"Z", "X"} else fields[19]
