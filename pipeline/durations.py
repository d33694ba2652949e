"""Durations as SLURM writes them and as people do: ``1-12:00:00``, ``36h``, ``90m``."""

from __future__ import annotations

import re

_CLOCK = re.compile(r"(?:(\d+)-)?(\d+):(\d\d)(?::(\d\d))?")
_UNITS = re.compile(r"(\d+) ?(min|m|h|d)")
_MINUTES = {"m": 1, "min": 1, "h": 60, "d": 1440}


def minutes_of(text: object) -> int:
    """Minutes, rounded up.

    ``12:30`` are hours and minutes with or without days before them, and with or without seconds.

    Raises
    ------
    ValueError
        If it is no duration.
    """
    words = str(text).strip()
    unit = _UNITS.fullmatch(words)
    if unit:
        return int(unit[1]) * _MINUTES[unit[2]]
    clock = _CLOCK.fullmatch(words)
    if not clock:
        raise ValueError(f"`{text}` is no duration; write 12:00:00, 1-12:00:00, 36h or 90m")
    days, hours, minutes, seconds = (int(part or 0) for part in clock.groups())
    return days * 1440 + hours * 60 + minutes + (seconds > 0)


def in_slurm(minutes: int) -> str:
    """Minutes as SLURM takes them: ``1-12:00:00``."""
    days, rest = divmod(minutes, 1440)
    return f"{f'{days}-' if days else ''}{rest // 60:02d}:{rest % 60:02d}:00"
