"""What rules compare, and scores, by language; and how much would be kept with other thresholds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import polars as pl
from markupsafe import Markup

from eurosift.filters.arrays import Bools, Float64s
from eurosift.pipeline.harmless import printable
from eurosift.pipeline.html.charts import WIDTH, histogram
from eurosift.pipeline.html.histograms import Scale, settle
from eurosift.pipeline.html.signals import short
from eurosift.pipeline.notebook import markup
from eurosift.pipeline.notebook.markup import Cell

Rejects = Callable[[Float64s, Float64s], Bools]
"""Whether values are rejected by thresholds."""
BARS: Final = "▁▂▃▄▅▆▇█"
ROWS: Final = 9
"""So many thresholds are told in words beside each curve."""
_COUNTS, _SIZES = {"documents": pl.Int64}, {"characters": pl.Int64}


@dataclass(frozen=True)
class Panel:
    """Values of one language.

    Attributes
    ----------
    language
        Its label.
    values
        float64, shape (n,): what is compared; all finite.
    thresholds
        The different thresholds that hold now; none for a column.
    rejected
        bool, shape (n,): whether the rule rejects the document, or anything, if there is no rule.
    others
        bool, shape (n,): whether all else keeps the document.
    characters
        int64, shape (n,): of its text; 0 where they are not known.
    rejects
        What the rule would do with other thresholds.
    unknown
        How many documents have no value.
    """

    language: str
    values: Float64s
    thresholds: Sequence[float]
    rejected: Bools
    others: Bools
    characters: np.ndarray[Any, np.dtype[np.int64]]
    rejects: Rejects
    unknown: int

    def kept_if(self, threshold: float) -> tuple[int, int]:
        """Documents and characters that would be kept with another threshold."""
        gone = self.rejects(self.values, np.full(len(self.values), threshold))
        kept = self.others & ~gone
        return int(kept.sum()), int(self.characters[kept].sum())

    @cached_property
    def scale(self) -> Scale:
        """The bins."""
        return settle(self.values, np.array(self.thresholds, np.float64))

    @cached_property
    def edges(self) -> Float64s:
        """Ends of the bins, one more than there are bins."""
        places = np.linspace(0, 1, self.scale.bins + 1)
        low, high = self.scale.low, self.scale.high
        if self.scale.is_log:
            found = np.expm1(np.log1p(low) + places * (np.log1p(high) - np.log1p(low)))
        else:
            found = low + places * (high - low)
        edges: Float64s = found.astype(np.float64)
        return edges

    def counts(self, mask: Bools) -> list[int]:
        """How many of some documents are in each bin."""
        bins = self.scale.bin(self.values[mask])
        counted: list[int] = np.bincount(bins, minlength=self.scale.bins).tolist()
        return counted

    def curve(self) -> list[tuple[float, int, int]]:
        """Threshold, documents and characters kept if it held; at each edge and at those of now."""
        points = np.unique(np.concatenate([self.edges, np.array(self.thresholds, np.float64)]))
        return [(x, *self.kept_if(x)) for x in points.tolist()]


class Histogram:
    """Distribution of what a rule compares, or of a column, by language.

    Attributes
    ----------
    name
        Of the rule, or of the column.
    stage
        Whose rule it is; empty for a column.
    panels
        By language.
    """

    def __init__(self, name: str, stage: str, panels: Mapping[str, Panel]) -> None:
        self.name, self.stage, self.panels = name, stage, panels

    @property
    def frame(self) -> pl.DataFrame:
        """One row per language and bin: ``low``, ``high``, ``documents``, ``rejected``.

        Values beyond the first and the last bin are counted there. `rejected` is by the rule; for a
        column, by any stage.
        """
        rows = [
            (p.language, float(p.edges[i]), float(p.edges[i + 1]), n, gone)
            for p in self.panels.values()
            for i, (n, gone) in enumerate(
                zip(p.counts(np.ones(len(p.values), bool)), p.counts(p.rejected), strict=True)
            )
        ]
        return _frame(
            rows, {"low": pl.Float64, "high": pl.Float64, **_COUNTS, "rejected": pl.Int64}
        )

    @property
    def curve(self) -> pl.DataFrame:
        """One row per language and threshold: ``documents`` and ``characters`` kept if it held."""
        rows = [(p.language, *point) for p in self.panels.values() for point in p.curve()]
        return _frame(rows, {"threshold": pl.Float64, **_COUNTS, **_SIZES})

    def kept_if(self, threshold: float) -> pl.DataFrame:
        """Documents and characters of each language that would be kept with this threshold."""
        rows = [(p.language, *p.kept_if(threshold)) for p in self.panels.values()]
        return _frame(rows, _COUNTS | _SIZES)

    @property
    def title(self) -> str:
        """What is shown, in words."""
        return f"{self.stage}:{self.name}" if self.stage else self.name

    def __repr__(self) -> str:
        lines = [self.title]
        for panel in self.panels.values():
            counts = panel.counts(np.ones(len(panel.values), bool))
            top = max(counts)
            bars = "".join(BARS[(n * 7 + top - 1) // top] if n else " " for n in counts)
            lines.append(f"  {panel.language}  {short(panel.scale.ends[0])} {bars} {_about(panel)}")
        return printable("\n".join(lines))

    def _repr_html_(self) -> str:
        note = (
            "Columns: documents, those that the rule rejects on top. "
            if self.stage
            else "Columns: documents, rejected ones on top. "
        ) + "Line: documents kept if the threshold were there, by this and all that comes before."
        panels = [self._panel(panel) for panel in self.panels.values()]
        return markup.shown(
            markup.paragraph(Markup("<b>{}</b>").format(markup.inline(self.title))),
            markup.paragraph(note, css="soft"),
            Markup('<div class="panels">{}</div>').format(Markup().join(panels)),
        )

    def _panel(self, panel: Panel) -> Markup:
        label = f"{self.title} in {panel.language}: {_about(panel)}"
        marks = panel.scale.place(np.array(panel.thresholds, np.float64)).tolist()
        columns = histogram(
            panel.counts(~panel.rejected), panel.counts(panel.rejected), marks, label=label
        )
        curve = panel.curve()
        return Markup(
            '<div><p><b>{}</b> {}</p><div class="plot">{}{}</div>'
            '<div class="ends"><span>{}</span><span>{}</span></div>'
            "<details><summary>kept if the threshold were …</summary>{}</details></div>"
        ).format(
            markup.inline(panel.language),
            _about(panel),
            columns,
            line(panel.scale, [(x, n) for x, n, _ in curve]),
            short(panel.scale.ends[0]),
            short(panel.scale.ends[1]) + (" (logarithmic)" if panel.scale.is_log else ""),
            _told(curve, panel.thresholds),
        )


def _frame(rows: Sequence[tuple[Any, ...]], types: Mapping[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"language": pl.String, **types}, orient="row")


def line(scale: Scale, points: Sequence[tuple[float, int]]) -> Markup:
    """A curve of documents over thresholds, as steps, over a histogram of the same scale."""
    places = scale.place(np.array([x for x, _ in points], np.float64)) * WIDTH
    top = max((n for _, n in points), default=0) or 1
    path = ""
    for x, (_, n) in zip(places.tolist(), points, strict=True):
        height = f"{100 - 100 * n / top:.1f}"
        path += f"H{x:.1f}V{height}" if path else f"M{x:.1f} {height}"
    return Markup(
        '<svg viewBox="0 0 {} 100" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<path class="curve" d="{}"/></svg>'
    ).format(WIDTH, path)


def _told(curve: Sequence[tuple[float, int, int]], thresholds: Sequence[float]) -> Markup:
    """Some points of a curve as a table, those of now among them."""
    chosen = {round(i) for i in np.linspace(0, len(curve) - 1, min(ROWS, len(curve)))}
    head = [Cell(name, is_number=True) for name in ("threshold", "documents", "characters")]
    rows = [
        [
            Cell(f"{short(x)}{' (now)' if x in thresholds else ''}", is_number=True),
            Cell(f"{documents:,}", is_number=True),
            Cell(f"{characters:,}", is_number=True),
        ]
        for i, (x, documents, characters) in enumerate(curve)
        if i in chosen or x in thresholds
    ]
    return markup.table(head, rows)


def _about(panel: Panel) -> str:
    """How many documents, what holds now, and how many are rejected."""
    limits = sorted(panel.thresholds)
    now = " to ".join(dict.fromkeys(short(x) for x in (*limits[:1], *limits[-1:])))
    parts = [f"{len(panel.values):,} documents", f"{int(panel.rejected.sum()):,} rejected"]
    parts += [f"threshold {now}"] if now else []
    parts += [f"{panel.unknown:,} without a value"] if panel.unknown else []
    return ", ".join(parts)
