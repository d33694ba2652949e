"""Distributions of what rules compare with a threshold, and of scores, by language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa
from markupsafe import Markup

from eurosift.filters.arrays import Float64s
from eurosift.pipeline.dag import LANGUAGE, TEXT, Node
from eurosift.pipeline.html.charts import histogram
from eurosift.pipeline.html.grid import percent
from eurosift.pipeline.html.histograms import Histogram, Scale, Shape, Values
from eurosift.pipeline.html.survey import LABEL, Survey
from eurosift.pipeline.totals import LayerTotal
from eurosift.stages.base import Margin
from eurosift.stages.footer import Tally

MARKS: Final = 6
"""So many thresholds are drawn one by one over all languages; of more, the first and the last."""


@dataclass(frozen=True)
class Panel:
    """One histogram with what it says.

    Attributes
    ----------
    title
        Language, or what all languages are called.
    chart
        The shape.
    threshold
        In words; empty for a score.
    share
        What the rule lets pass, or the stage of a score keeps, of all that the stage saw; in words.
    documents
        How many were counted for the shape.
    """

    title: str
    chart: Markup
    threshold: str
    share: str
    documents: int


@dataclass(frozen=True)
class Distribution:
    """What a rule compares, over all languages and in each; or a score.

    Attributes
    ----------
    stage, rule, signal
        The rule, empty for a score, and the columns that it is over.
    low, high
        Ends of the scale, in words.
    is_log
        Whether the scale is logarithmic.
    rejected
        Documents that were rejected for it, or by the stage of a score, over the whole run.
    whole
        All languages together.
    languages
        One by one.
    """

    stage: str
    rule: str
    signal: str
    low: str
    high: str
    is_log: bool
    rejected: int
    whole: Panel
    languages: Sequence[Panel]


class RuleCounter:
    """Counts what one rule compares, over the rows that its stage worked on."""

    def __init__(self, node: Node, rule: str, margin: Margin) -> None:
        self.node, self.rule, self._margin = node, rule, margin
        self._reasons = node.step.reasons_column
        self.signal = ", ".join(name for name in margin.reads if name != LANGUAGE)
        self.columns: Sequence[str] = (*margin.reads, self._reasons)
        self.histogram = Histogram()

    def add(self, rows: pl.DataFrame) -> None:
        """Count a block."""
        seen = rows.filter(pl.col(self._reasons).is_not_null())
        if not seen.height:
            return
        batch = seen.select(self._margin.reads).to_arrow().combine_chunks().to_batches()[0]
        measured = pl.DataFrame(self._margin.measure(batch))
        self.histogram.add(
            Values(
                seen[LABEL].to_list(),
                _floats(measured["value"]),
                _floats(measured["threshold"]),
                seen[self._reasons].list.contains(self.rule).to_numpy(),
            )
        )


class ScoreCounter:
    """Counts a score that a deciding stage gives, over the rows that it worked on."""

    rule = ""

    def __init__(self, node: Node, score: str) -> None:
        self.node, self.signal = node, score
        self._reasons = node.step.reasons_column
        self.columns: Sequence[str] = (score, self._reasons)
        self.histogram = Histogram()

    def add(self, rows: pl.DataFrame) -> None:
        """Count a block."""
        seen = rows.filter(pl.col(self._reasons).is_not_null())
        gone = (seen[self._reasons].list.len() > 0).to_numpy()
        values = _floats(seen[self.signal])
        self.histogram.add(Values(seen[LABEL].to_list(), values, None, gone))


def _floats(column: pl.Series) -> Float64s:
    found: Float64s = column.cast(pl.Float64).fill_null(np.nan).to_numpy()
    return found


def counters(survey: Survey) -> list[RuleCounter | ScoreCounter]:
    """One for each score, and for each rule with a threshold; not over text, which is not read."""
    found: list[RuleCounter | ScoreCounter] = []
    for node in survey.view.deciders:
        scores = [field.name for field in node.adds or () if pa.types.is_floating(field.type)]
        found += [ScoreCounter(node, score) for score in scores]
        found += [
            RuleCounter(node, rule, margin)
            for rule, margin in node.step.margins().items()
            if TEXT not in margin.reads
        ]
    return found


def distributions(
    counted: Sequence[RuleCounter | ScoreCounter], layers: Mapping[str, LayerTotal]
) -> list[Distribution]:
    """What was counted, with the exact shares that the footers tell; only rules that say something.

    They are in the order of the stages, scores first, then the rules that reject most.

    Parameters
    ----------
    counted
        After the survey.
    layers
        Sums over footers, by stage.
    """
    found = [
        _distribution(counter, scale, layers[counter.node.name])
        for counter in counted
        if (scale := counter.histogram.scale) is not None
    ]
    stages = list(layers)
    return sorted(found, key=lambda d: (stages.index(d.stage), bool(d.rule), -d.rejected))


def _distribution(
    counter: RuleCounter | ScoreCounter, scale: Scale, layer: LayerTotal
) -> Distribution:
    shapes = counter.histogram.shapes
    whole = reduce(_sum, shapes.values())
    low, high = map(short, scale.ends)
    return Distribution(
        stage=counter.node.name,
        rule=counter.rule,
        signal=counter.signal,
        low=low,
        high=high,
        is_log=scale.is_log,
        rejected=_rejected(layer.total, counter.rule),
        whole=_panel("all languages", whole, scale, layer.total, counter.rule),
        languages=[
            _panel(label, shape, scale, layer.tallies.get(label, Tally()), counter.rule)
            for label, shape in shapes.items()
        ],
    )


def _rejected(tally: Tally, rule: str) -> int:
    return tally.reasons.get(rule, 0) if rule else tally.rejected


def _sum(one: Shape, other: Shape) -> Shape:
    return Shape(
        one.passed + other.passed, one.gone + other.gone, one.thresholds | other.thresholds
    )


def _panel(title: str, shape: Shape, scale: Scale, tally: Tally, rule: str) -> Panel:
    limits = sorted(shape.thresholds)
    drawn = limits if len(limits) <= MARKS else [limits[0], limits[-1]]
    threshold = " to ".join(dict.fromkeys(short(x) for x in (*limits[:1], *limits[-1:])))
    seen = tally.kept + tally.rejected
    share = percent(1 - _rejected(tally, rule) / seen) if seen else "–"
    low, high = map(short, scale.ends)
    label = (
        f"{title}: histogram of {shape.documents:,} documents from {low} to "
        f"{high}{f', threshold {threshold}' if threshold else ''}, {share} pass"
    )
    marks = scale.place(np.array(drawn, np.float64)).tolist()
    chart = histogram(shape.passed.tolist(), shape.gone.tolist(), marks, label=label)
    return Panel(title, chart, threshold, share, shape.documents)


def short(x: float) -> str:
    """A number for people, with three significant digits at most after the point.

    Examples
    --------
    >>> [short(x) for x in (0.0, 0.12345, 50.0, 1234567.0, 0.5)]
    ['0', '0.123', '50', '1,234,567', '0.5']
    """
    if abs(x) >= 1000 or x == int(x):
        return f"{x:,.0f}"
    return f"{x:.3g}"
