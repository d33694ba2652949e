"""Finds stages: those of this package and those of third parties, by entry point."""

from __future__ import annotations

import sys
from functools import cache
from importlib.metadata import EntryPoint, EntryPoints, entry_points
from typing import Any

from eurosift.stages.base import Step
from eurosift.stages.errors import StageError

GROUP = "eurosift.stages"


def names() -> list[str]:
    """Names of all installed stages, sorted."""
    return sorted({entry.name for entry in _entries(tuple(sys.path))})


def load(name: str) -> type[Step[Any]]:
    """Load the class of a stage.

    Raises
    ------
    KeyError
        If no stage of that name is installed.
    StageError
        If the package that promises it cannot be imported, or it is no stage.
    """
    found: list[EntryPoint] = sorted(_entries(tuple(sys.path)).select(name=name), key=str)
    if not found:
        raise KeyError(name)
    if len({entry.value for entry in found}) > 1:
        places = ", ".join(entry.value for entry in found)
        raise StageError(f"stage `{name}` is offered by several packages: {places}; remove one")
    try:
        kind = found[0].load()
    except (ImportError, AttributeError) as error:
        raise StageError(
            f"stage `{name}` ({found[0].value}) cannot be imported: {error}"
        ) from error
    if not (isinstance(kind, type) and issubclass(kind, Step)):
        raise StageError(f"stage `{name}` ({found[0].value}) is not a eurosift.stages.base.Step")
    return kind


@cache
def _entries(_path: tuple[str, ...]) -> EntryPoints:
    """All stages that packages on a search path offer: they are looked for in every package."""
    return entry_points(group=GROUP)
