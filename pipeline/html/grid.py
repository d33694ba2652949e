"""Tables of the page: columns of a kind, which says how their values are written and compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from eurosift.pipeline.tables import Value

Kind = Literal["text", "code", "count", "share", "seconds", "chart", "heat"]
NUMBERS: frozenset[Kind] = frozenset({"count", "share", "seconds", "heat"})
LEVELS = 6
"""Shades of a table of heat."""


class Column(NamedTuple):
    """A column: its key in the rows, its heading, and what is in it."""

    key: str
    title: str
    kind: Kind = "count"

    @property
    def is_number(self) -> bool:
        """Whether its values are set flush right."""
        return self.kind in NUMBERS


def label_column(label: str) -> Column:
    """Column of a language: its key cannot be that of another column, whatever it is called."""
    return Column(f"[{label}]", label)


def by_label(counts: Mapping[str, int]) -> dict[str, int]:
    """Counts by language, under the keys of their columns."""
    return {label_column(label).key: n for label, n in counts.items()}


@dataclass(frozen=True)
class Grid:
    """A table of the page.

    Attributes
    ----------
    name
        Part of its address on the page, unique there.
    caption
        What is in it.
    columns
        In order; the first one names the rows.
    rows
        Values by key.
    footer
        How many rows at the end are sums, which are not sorted with the others.
    """

    name: str
    caption: str
    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Any]]
    footer: int = 0

    @property
    def body(self) -> Sequence[Mapping[str, Any]]:
        """The rows that are no sums."""
        return self.rows[: len(self.rows) - self.footer]

    @property
    def sums(self) -> Sequence[Mapping[str, Any]]:
        """The rows that are."""
        return self.rows[len(self.rows) - self.footer :]


def write(value: Value, kind: Kind) -> str:
    """A value as it is shown.

    Examples
    --------
    >>> write(12345, "count"), write(0.25, "share"), write(0.9996, "share"), write(None, "count")
    ('12,345', '25.0%', '99.96%', '–')
    >>> write(7265.2, "seconds"), write(4.218, "seconds")
    ('2:01:05', '4.2 s')
    """
    if value is None:
        return "–"
    if value == 0 and kind == "heat":  # most of such a table is nothing
        return "·"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if kind == "share":
            return percent(value)
        if kind == "seconds":
            return duration(value)
        return f"{value:,}" if isinstance(value, int) else f"{value:,.3f}"
    return str(value)


def percent(share: float) -> str:
    """A share in per cent; one that is not all or nothing is not written as if it were.

    Examples
    --------
    >>> [percent(x) for x in (0, 1, 0.5, 0.0004, 0.9999999)]
    ['0%', '100%', '50.0%', '0.04%', '> 99.99%']
    """
    if share in {0, 1}:
        return f"{share:.0%}"
    for digits in (1, 2):
        text = f"{share:.{digits}%}"
        if float(text[:-1]) not in {0, 100}:
            return text
    return "< 0.01%" if share < 0.5 else "> 99.99%"


def duration(seconds: float) -> str:
    """Seconds, or hours, minutes and seconds."""
    if seconds < 100:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def heat(value: int, whole: int) -> int:
    """Shade of a cell: 0 for nothing, up to `LEVELS` for nearly all of its row.

    Examples
    --------
    >>> [heat(n, 1000) for n in (0, 1, 30, 200, 990)]
    [0, 1, 2, 4, 6]
    """
    if not value or not whole:
        return 0
    bounds = (0.01, 0.05, 0.15, 0.4, 0.75)
    return 1 + sum(value / whole >= bound for bound in bounds)
