"""What stages have noted of a document beside its verdict, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from eurosift.pipeline.identifiers import COUNTED, SPANS

FAILED = "quality_failed"
DUPLICATE_OF = "duplicate_of"
TEMPLATE_LINES = "template_lines"
COLUMNS = (FAILED, DUPLICATE_OF, TEMPLATE_LINES, SPANS, COUNTED)
"""Columns that have it, as far as a run has them."""


def particulars(row: Mapping[str, Any]) -> Iterator[str]:
    """A line for each column that says something.

    Parameters
    ----------
    row
        A document by column; columns may be absent.

    Examples
    --------
    >>> list(particulars({"duplicate_of": "a1", "template_lines": 0, "pii": []}))
    ['duplicate of a1']
    """
    if row.get(FAILED):
        yield "failed " + ", ".join(_compared(**failed) for failed in row[FAILED])
    if row.get(DUPLICATE_OF):
        yield f"duplicate of {row[DUPLICATE_OF]}"
    if row.get(TEMPLATE_LINES):
        yield f"template lines removed: {row[TEMPLATE_LINES]}"
    if row.get(SPANS):
        yield f"personal identifiers: {_counts(Counter(s['detector'] for s in row[SPANS]))}"
    if row.get(COUNTED):
        counted = {each["detector"]: each["n"] for each in row[COUNTED]}
        yield f"only counted: {_counts(counted)}"


def _compared(rule: str, value: float | None, threshold: float | None) -> str:
    if value is None or threshold is None:
        return rule
    return f"{rule}: {value:,.6g} for a threshold of {threshold:,.6g}"


def _counts(found: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {n}" for name, n in sorted(found.items()))
