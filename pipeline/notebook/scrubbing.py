"""A text before and after it was scrubbed, with the identifiers and their surrogates marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
import pyarrow as pa
from markupsafe import Markup

from eurosift.pipeline.dag import Node
from eurosift.pipeline.errors import QueryError
from eurosift.pipeline.harmless import printable
from eurosift.pipeline.notebook import markup
from eurosift.pipeline.notebook.seen import seen
from eurosift.pipeline.tasks import Run
from eurosift.pipeline.view import SHARD
from eurosift.stages.base import ROW
from eurosift.stages.pii import Pii

Spans = Sequence[dict[str, Any]]
_READ = ("text", "language", "url")


@dataclass(frozen=True)
class Scrubbing:
    """What a stage found in a text, and what it wrote in its place.

    Attributes
    ----------
    stage
        Name of the stage.
    header
        What is known of the document.
    language
        Its label.
    before, after
        The text; `after` is None if the stage did not change it, or never came to it.
    found
        Where identifiers are in `before`: ``start``, ``end``, ``type``, ``detector``.
    written
        Where their surrogates are in `after`.
    reached
        Whether the stage worked on the document; it does not on those rejected before.
    """

    stage: str
    header: Markup
    language: str | None
    before: str | None
    after: str | None
    found: Spans
    written: Spans
    reached: bool

    @property
    def frame(self) -> pl.DataFrame:
        """One row per identifier in the text as it was, and per surrogate as it is.

        The columns are ``side`` (``before``, ``after``), ``start``, ``end``, ``type``, ``detector``
        and ``written``, what stands there.
        """
        rows = [
            {"side": side, **span, "written": text[span["start"] : span["end"]]}
            for side, text, spans in (
                ("before", self.before or "", self.found),
                ("after", self.after or "", self.written),
            )
            for span in spans
        ]
        types = {"start": pl.Int32, "end": pl.Int32}
        names = ("side", "start", "end", "type", "detector", "written")
        return pl.DataFrame(rows, schema={n: types.get(n, pl.String) for n in names})

    @property
    def note(self) -> str:
        """In words, what came of it."""
        n = f"{len(self.found)} identifier{'s' if len(self.found) != 1 else ''}"
        if not self.reached:
            return f"{n} found; `{self.stage}` has not scrubbed this document"
        if self.after is None:
            return f"{n} found; the text is left as it is"
        return f"{n} found, {len(self.written)} written over"

    def __repr__(self) -> str:
        lines = [f"{self.stage}: {self.note}"]
        for row in self.frame.iter_rows(named=True):
            place = f"{row['start']}–{row['end']}"
            lines.append(f"  {row['side']:<6}  {place:>11}  {row['detector']}  {row['written']}")
        return printable("\n".join(lines))

    def _repr_html_(self) -> str:
        columns = [("before", markup.around(self.before, self.language, self.found))]
        if self.after is not None:
            columns.append(("after", markup.around(self.after, self.language, self.written)))
        note = markup.paragraph(self.note, css="soft")
        return markup.shown(self.header, note, markup.sides(*columns))


def compare(run: Run, place: pl.DataFrame, header: Markup) -> Scrubbing:
    """What the first stage that scrubs made of a document.

    Identifiers are stored nowhere, so they are looked for again, in the text that the stage read
    and by the policy of the recipe; the secret key is not needed for that.

    Raises
    ------
    QueryError
        If no stage of the run scrubs.
    IncompleteError
        If the stages before it have not been run.
    """
    node, step = _scrubber(run)
    read = seen(run, node, place, _READ)
    searched = step.process(_batch(read))
    before, language = read["text"][0], read["language"][0]
    found = searched.column("pii").to_pylist()[0] or ()
    path = run.files.layer(node.name, place[SHARD][0])
    layer = pl.DataFrame(schema={"text": pl.String, "pii": pl.List(pl.Null)})
    if path.exists():
        layer = pl.scan_parquet(path).slice(place[ROW][0], 1).select("text", "pii").collect()
    after, written = layer.row(0) if layer.height else (None, None)
    return Scrubbing(
        node.name, header, language, before, after, found, written or (), written is not None
    )


def _scrubber(run: Run) -> tuple[Node, Pii]:
    """The stage, and one that finds the same and writes nothing."""
    for node in run.dag.nodes.values():
        if isinstance(node.step, Pii):
            step = node.step
            quiet = {"mode": "spans", "key": None}
            finder = Pii(
                step.config.model_copy(update=quiet),
                name=step.name,
                setting=step.setting,
                per_language={
                    code: config.model_copy(update=quiet)
                    for code, config in step.per_language.items()
                },
            )
            finder.open()
            return node, finder
    raise QueryError("no stage of this run scrubs identifiers")


def _batch(read: pl.DataFrame) -> pa.RecordBatch:
    strings = read.select(pl.all().cast(pl.String))
    return pa.record_batch(
        [pa.array(strings[name].to_list(), pa.string()) for name in _READ], names=list(_READ)
    )
