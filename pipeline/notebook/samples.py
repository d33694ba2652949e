"""Samples of a run: documents drawn by language, verdict and reason, read when looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import overload

import polars as pl

from eurosift.pipeline.excerpts import render
from eurosift.pipeline.notebook import markup
from eurosift.pipeline.notebook.documents import Document, documents
from eurosift.pipeline.sampling import Query, draw, view_of
from eurosift.pipeline.tasks import Run


class Sample(Sequence[Document]):
    """Some documents; the same ones for the same seed, whatever the shards and their order.

    Nothing is drawn before it is asked for. Indices and slices give documents.

    Parameters
    ----------
    run
        The run.
    query
        Which documents may be drawn.
    n, seed, partial
        As in `Run.sample`, errors too.
    """

    def __init__(
        self, run: Run, query: Query, n: int = 10, seed: int = 0, *, partial: bool = False
    ) -> None:
        self.query = query.settled(run)
        self.n, self.seed = n, seed
        self._run, self._partial = run, partial
        self._view = view_of(run, self.query, partial=partial)
        self._condition = self.query.condition(self._view)

    def kept(self) -> Sample:
        """The same, of documents that are kept."""
        return self._other(verdict="kept", reason=None)

    def rejected(self, by: str | None = None) -> Sample:
        """The same, of documents that are rejected; for one reason, if it is named."""
        return self._other(verdict="rejected", reason=by)

    def near(self, rule: str) -> Sample:
        """The same, of documents closest to the threshold of a rule."""
        return self._other(near=rule)

    def _other(self, **changes: str | None) -> Sample:
        query = replace(self.query, **changes)  # type: ignore[arg-type] # fields by name
        return Sample(self._run, query, self.n, self.seed, partial=self._partial)

    @property
    def rows(self) -> pl.LazyFrame:
        """All documents that may be drawn, with the columns of `Run.rows`, lazily."""
        return self._view.lazy().filter(self._condition)

    @cached_property
    def frame(self) -> pl.DataFrame:
        """The documents: place, id, URL, language, verdict, reasons, what stages noted, text.

        What rules compared (``quality_failed``), ``duplicate_of``, ``template_lines``, ``pii`` and
        ``pii_counted`` are there as far as the run has them.

        Near a threshold with ``value``, ``threshold`` and ``distance`` (relative to the threshold,
        negative below it).
        """
        return draw(self._view, self.query, self.n, self.seed)

    def select(self, *columns: str) -> pl.DataFrame:
        """The documents with other columns of `Run.rows`.

        Raises
        ------
        QueryError
            If there is no such column.
        """
        return draw(self._view, self.query, self.n, self.seed, columns)

    @cached_property
    def _documents(self) -> list[Document]:
        return documents(self._run, self.frame)

    def __len__(self) -> int:
        return self.frame.height

    @overload
    def __getitem__(self, index: int) -> Document: ...
    @overload
    def __getitem__(self, index: slice) -> list[Document]: ...
    def __getitem__(self, index: int | slice) -> Document | list[Document]:
        return self._documents[index]

    def __iter__(self) -> Iterator[Document]:
        return iter(self._documents)

    def __repr__(self) -> str:
        return render(self.frame.to_dicts(), "table") or "no such documents\n"

    def _repr_html_(self) -> str:
        title = f"{len(self)} document{'' if len(self) == 1 else 's'}"
        if len(self) < self.n:
            title += ": there are no more"
        articles = [document.article() for document in self._documents]
        return markup.shown(markup.paragraph(title, css="soft"), *articles)
