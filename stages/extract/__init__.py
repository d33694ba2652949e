"""From input files to documents: the `extract` stage.

`Extract` is loaded when it is asked for, so that `eurosift.stages.extract.formats`, which the
command line uses, costs nothing but the standard library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eurosift.stages.extract.config import ExtractConfig
    from eurosift.stages.extract.stage import Extract

__all__ = ["Extract", "ExtractConfig"]


def __getattr__(name: str) -> Any:
    if name == "Extract":
        from eurosift.stages.extract.stage import Extract  # noqa: PLC0415 # keeps the package light

        return Extract
    if name == "ExtractConfig":
        from eurosift.stages.extract.config import ExtractConfig  # noqa: PLC0415 # as above

        return ExtractConfig
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
