"""One document: its text with what was scrubbed marked, and ways to ask about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from markupsafe import Markup

from eurosift.langid import buckets
from eurosift.pipeline.errors import QueryError
from eurosift.pipeline.excerpts import render
from eurosift.pipeline.identifiers import SPANS
from eurosift.pipeline.notebook import clusters, markup, scrubbing, why
from eurosift.pipeline.particulars import particulars
from eurosift.pipeline.sampling import COLUMNS, fetch, scrubbing_stages
from eurosift.pipeline.tasks import Run
from eurosift.pipeline.view import SHARD, TEXT_FROM, View
from eurosift.stages.base import ROW
from eurosift.stages.pii import Pii


@dataclass(frozen=True)
class Document:
    """One document of a run.

    Attributes
    ----------
    run
        The run.
    row
        What a sample has of it, by column.
    spans
        Where its text was scrubbed: ``start``, ``end`` (code points), ``type`` and ``detector``.
    scrubbed
        Whether a stage that scrubs has written its text.
    """

    run: Run
    row: Mapping[str, Any]
    spans: Sequence[Mapping[str, Any]]
    scrubbed: bool

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.row["id"])

    @property
    def url(self) -> str | None:
        """Its address, if it has one."""
        return self.row.get("url")

    @property
    def language(self) -> str | None:
        """Its label, if it has one."""
        return self.row.get("language")

    @property
    def text(self) -> str | None:
        """Its text as the run has it: scrubbed, where a stage has been that scrubs."""
        return None if self.row["text"] is None else str(self.row["text"])

    @property
    def kept(self) -> bool:
        """Whether no stage has rejected it."""
        return bool(self.row["kept"])

    @property
    def reasons(self) -> list[str]:
        """Why it was rejected, ``stage:reason`` each."""
        return list(self.row["reasons"])

    @property
    def place(self) -> pl.DataFrame:
        """``shard`` and ``row``, one row."""
        return pl.DataFrame(
            {SHARD: [self.row[SHARD]], ROW: [self.row[ROW]]},
            schema={SHARD: pl.String, ROW: pl.Int64},
        )

    def why(self, nearest: int = 5) -> why.Why:
        """Which rules it failed, by how much, and which others it passed just so.

        Parameters
        ----------
        nearest
            How many of the rules that it passed are shown of each stage, nearest first.
        """
        return why.explain(self.run, self.place, header(self.row), nearest)

    def scrubbing(self) -> scrubbing.Scrubbing:
        """Its text before and after it was scrubbed.

        Raises
        ------
        QueryError
            If no stage of the run scrubs.
        """
        return scrubbing.compare(self.run, self.place, header(self.row))

    def cluster(self) -> clusters.Cluster:
        """The documents that are duplicates of it, with the one that is kept.

        Raises
        ------
        QueryError
            If no stage of the run finds duplicates, or it never came to this document.
        """
        return clusters.around(self.run, self.place)

    def __repr__(self) -> str:
        return render([self.row], "table")

    def _repr_html_(self) -> str:
        return markup.shown(self.article(chars=0))

    def article(self, chars: int = markup.CHARS) -> Markup:
        """What is shown of it: where it is, what became of it, and the beginning of its text."""
        note = "" if self.scrubbed or not self.text else "not scrubbed: may hold personal data"
        return Markup("<article>{}{}{}</article>").format(
            header(self.row),
            markup.paragraph(note, css="soft") if note else Markup(),
            markup.text(self.text, self.language, self.spans, chars),
        )


def header(row: Mapping[str, Any]) -> Markup:
    """What it is, what became of it, and where it came from."""
    label, score = row.get("language"), row.get("language_score")
    if label is not None:
        label = buckets.join(label, row.get(buckets.COLUMN) or buckets.MAIN)
    fate = (
        Markup('<b class="kept">kept</b>')
        if row["kept"]
        else Markup('<b class="gone">rejected</b> {}').format(
            markup.inline(", ".join(row["reasons"]))
        )
    )
    near = ""
    if row.get("distance") is not None:
        near = (
            f"· {row['value']:,.6g} for a threshold of {row['threshold']:,.6g} "
            f"({row['distance']:+.1%})"
        )
    language = markup.inline(label or "no language")
    sure = "" if score is None else f"{score:.3f}"
    place = f"· {row[SHARD]}/{row[ROW]} ·"
    return Markup().join(
        [
            markup.paragraph(language, sure, "·", fate, near, place, _code(row["id"])),
            markup.paragraph(markup.inline(row["url"], "soft")) if row.get("url") else Markup(),
            *(markup.paragraph(markup.inline(line), css="soft") for line in particulars(row)),
        ]
    )


def _code(value: object) -> Markup:
    return Markup("<code>{}</code>").format(markup.inline(value))


def documents(run: Run, rows: pl.DataFrame) -> list[Document]:
    """Documents of rows that were drawn, with what of their text was scrubbed."""
    stages = scrubbing_stages(run)
    spans = _spans(run, rows)
    return [
        Document(run, row, spans.get((row[SHARD], row[ROW]), ()), scrubbed=row[TEXT_FROM] in stages)
        for row in rows.iter_rows(named=True)
    ]


def _spans(run: Run, rows: pl.DataFrame) -> dict[tuple[str, int], list[Any]]:
    """Spans of the rows whose text was left by the stage that has them, by place."""
    owners = [node.name for node in run.dag.nodes.values() if isinstance(node.step, Pii)]
    mine = rows.filter(pl.col(TEXT_FROM).is_in(owners[:1]))
    if mine.is_empty():
        return {}
    found = fetch(View(run, owners[:1], partial=True), mine, [SHARD, ROW, SPANS])
    return {(shard, row): spans or [] for shard, row, spans in found.iter_rows()}


def find(run: Run, view: View, wanted: str) -> Document:
    """The first document with an id.

    Raises
    ------
    QueryError
        If there is none.
    """
    places = view.lazy().filter(pl.col("id") == wanted).select(SHARD, ROW).head(1).collect()
    if places.is_empty():
        raise QueryError(f"no document {wanted!r} in this run")
    rows = fetch(view, places, [c for c in COLUMNS if c in view.schema])
    return documents(run, rows)[0]
