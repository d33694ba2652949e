"""What a signal is: a count, a ratio of two counts, or a standard deviation."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal.

    Attributes
    ----------
    name
        Name of the column.
    dtype
        ``int32`` for counts, ``float32`` for everything else.
    count, per
        What is counted, and what it is divided by (None: by nothing); columns of the counts.
    squares
        The sum of the squares of what `count` is the sum of, for a standard deviation; else None.
    definition
        In words.
    source
        Where the definition comes from.
    version
        Raised when the meaning changes.
    """

    name: str
    dtype: pa.DataType
    count: int
    per: int | None
    squares: int | None
    definition: str
    source: str
    version: int


def counted(name: str, count: int, definition: str, source: str, version: int = 1) -> Signal:
    """Make a signal that is a count."""
    return Signal(name, pa.int32(), count, None, None, definition, source, version)


def ratio(
    name: str, count: int, per: int, definition: str, source: str, version: int = 1
) -> Signal:
    """Make a signal that is a ratio of counts."""
    return Signal(name, pa.float32(), count, per, None, definition, source, version)


def spread(
    name: str, count: int, per: int, squares: int, definition: str, source: str, version: int = 1
) -> Signal:
    """Make a signal that is a standard deviation."""
    return Signal(name, pa.float32(), count, per, squares, definition, source, version)
