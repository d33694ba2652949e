"""Personal identifiers by type and language: how many, never which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import polars as pl

from eurosift.pipeline.html.grid import Column, Grid, by_label, label_column
from eurosift.pipeline.html.survey import LABEL
from eurosift.pipeline.identifiers import COUNTED, SPANS


class Identifiers:
    """Counts the spans that a stage has found.

    Parameters
    ----------
    counted
        Whether there is a column of identifiers that were only counted.
    """

    def __init__(self, *, counted: bool) -> None:
        self.columns: Sequence[str] = (SPANS, COUNTED) if counted else (SPANS,)
        self._found: Counter[tuple[str, str]] = Counter()
        self._counted: Counter[tuple[str, str]] = Counter()
        self._with_any: Counter[str] = Counter()
        self._seen: Counter[str] = Counter()

    def add(self, rows: pl.DataFrame) -> None:
        """Count a block."""
        seen = rows.filter(pl.col(SPANS).is_not_null())
        for label, n in seen.group_by(LABEL).len().iter_rows():
            self._seen[label] += n
        some = seen.filter(pl.col(SPANS).list.len() > 0)
        for label, n in some.group_by(LABEL).len().iter_rows():
            self._with_any[label] += n
        spans = some.select(LABEL, SPANS).explode(SPANS).unnest(SPANS)
        for label, kind, n in spans.group_by(LABEL, "type").len().iter_rows():
            self._found[kind, label] += n
        if COUNTED in self.columns:
            left = seen.filter(pl.col(COUNTED).list.len() > 0).select(LABEL, COUNTED)
            numbers = left.explode(COUNTED).unnest(COUNTED)
            for label, kind, n in numbers.group_by(LABEL, "detector").agg(pl.sum("n")).iter_rows():
                self._counted[kind, label] += n

    def grid(self) -> Grid:
        """One row per type, one column per language; documents with any of them at the end."""
        labels = sorted(self._seen)
        rows = _rows(self._found, labels, "type")
        ends = [
            _row("documents with any", self._with_any, labels, "type"),
            _row("documents looked at", self._seen, labels, "type"),
        ]
        caption = "Identifiers that were found, by type and language"
        columns = _columns(labels, "type")
        return Grid("identifiers-table", caption, columns, [*rows, *ends], footer=len(ends))

    def counted(self) -> Grid | None:
        """The same of what the policy only counts, by what was found."""
        labels = sorted({label for _, label in self._counted})
        rows = _rows(self._counted, labels, "identifier")
        caption = "Identifiers that the policy counts and leaves in the text, by language"
        columns = _columns(labels, "identifier")
        return Grid("identifiers-counted", caption, columns, rows) if rows else None


def _columns(labels: Sequence[str], first: str) -> list[Column]:
    ends = [label_column(label) for label in labels]
    return [Column(first, first, "code"), Column("all", "all"), *ends]


def _rows(
    counts: Counter[tuple[str, str]], labels: Sequence[str], first: str
) -> list[dict[str, Any]]:
    kinds: Counter[str] = Counter()
    for (kind, _), n in counts.items():
        kinds[kind] += n
    return [
        _row(kind, Counter({label: counts[kind, label] for label in labels}), labels, first)
        for kind, _ in sorted(kinds.items(), key=lambda pair: (-pair[1], pair[0]))
    ]


def _row(name: str, counts: Counter[str], labels: Sequence[str], first: str) -> dict[str, Any]:
    cells = by_label({label: counts[label] for label in labels})
    return {first: name, "all": counts.total(), **cells}
