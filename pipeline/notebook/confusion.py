"""The language of documents against what their pages and addresses say of it."""

from __future__ import annotations

from typing import Final

import polars as pl

from eurosift.pipeline import evidence
from eurosift.pipeline.excerpts import printable
from eurosift.pipeline.frames import frame
from eurosift.pipeline.notebook import markup
from eurosift.pipeline.notebook.markup import Cell
from eurosift.pipeline.tables import Table, render
from eurosift.pipeline.tasks import Run

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
        rows = []
        for row in self.table.rows:
            cells = [Cell(str(row["language"]))]
            whole = row.get("documents") or 0
            for name in names[1:]:
                value = row.get(name)
                shade = None
                if name not in _SUMS and isinstance(value, int) and isinstance(whole, int):
                    shade = value / whole if value and whole else None
                cells.append(Cell(_shown(value), is_number=True, share=shade))
            rows.append(cells)
        caption = f"Documents by identified language (rows) and {self.table.name} (columns)"
        return markup.shown(markup.table(head, rows, caption))


def _shown(value: str | float | None) -> str:
    if value is None:
        return "–"
    return (
        f"{value:,}"
        if isinstance(value, int)
        else f"{value:.1%}"
        if isinstance(value, float)
        else value
    )


def confusion_of(run: Run, kind: str) -> Confusion:
    """The matrix of a kind of evidence, which is ``html-lang`` or ``tld``."""
    kinds = {each.name: each for each in (evidence.HTML_LANG, evidence.TLD)}
    return Confusion(evidence.matrix(run, kinds[kind]))
