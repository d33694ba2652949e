"""The language of documents against what their pages and addresses say of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl
from markupsafe import Markup

from eurosift.pipeline import evidence
from eurosift.pipeline.errors import QueryError
from eurosift.pipeline.frames import frame
from eurosift.pipeline.harmless import printable
from eurosift.pipeline.notebook import markup
from eurosift.pipeline.notebook.markup import Cell
from eurosift.pipeline.tables import Table, Value, render
from eurosift.pipeline.tasks import Run

_ZERO: Final = Markup('<span class="zero">0</span>')
_SUMS: Final = ("documents", "agree", "disagree", "agreement")


class Confusion:
    """One row per identified language, one column per value of the evidence.

    Attributes
    ----------
    table
        As ``eurosift report --by html-lang`` and ``--by tld`` have it.
    """

    def __init__(self, table: Table) -> None:
        self.table = table

    @property
    def frame(self) -> pl.DataFrame:
        """The same, as a data frame."""
        return frame(self.table)

    def pairs(self) -> pl.DataFrame:
        """One row per ``language`` and ``value`` that occur, most ``documents`` first; no sums."""
        body = frame(self.table).head(len(self.table.rows) - self.table.footer)
        return (
            body.drop([c for c in _SUMS if c in body.columns])
            .unpivot(index="language", variable_name="value", value_name="documents")
            .filter(pl.col("documents") > 0)
            .sort(["documents", "language", "value"], descending=[True, False, False])
        )

    def __repr__(self) -> str:
        return printable(render([self.table], "table"))

    def _repr_html_(self) -> str:
        names = self.table.columns
        head = [Cell(name, is_number=name != "language") for name in names]
        rows = [[_cell(name, row) for name in names] for row in self.table.rows]
        caption = f"Documents by identified language (rows) and {self.table.name} (columns)"
        return markup.shown(markup.table(head, rows, caption))


def _cell(name: str, row: Mapping[str, Value]) -> Cell:
    value, whole = row.get(name), row.get("documents")
    if isinstance(value, str) or value is None:
        return Cell(value or "–", is_number=name != "language")
    if name in _SUMS:
        return Cell(f"{value:,}" if isinstance(value, int) else f"{value:.1%}", is_number=True)
    if not value or not isinstance(whole, int):
        return Cell(_ZERO, is_number=True)
    return Cell(f"{value:,}", is_number=True, share=value / whole)


def confusion_of(run: Run, kind: str) -> Confusion:
    """The matrix of a kind of evidence.

    Raises
    ------
    QueryError
        If it is none of ``html-lang`` and ``tld``.
    """
    kinds = {each.name: each for each in (evidence.HTML_LANG, evidence.TLD)}
    if kind not in kinds:
        raise QueryError(f"no evidence `{kind}`: there are {' and '.join(kinds)}")
    return Confusion(evidence.matrix(run, kinds[kind]))
