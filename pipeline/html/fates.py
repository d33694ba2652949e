"""What became of documents: kept, or by which stage they were rejected; sums over footers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from markupsafe import Markup

from eurosift.pipeline.html.charts import Part, bar
from eurosift.pipeline.html.grid import Column, Grid, by_label, label_column
from eurosift.pipeline.totals import LayerTotal
from eurosift.stages.footer import Tally

COLOURS = 7
"""Colours of rejecting stages; later ones begin again."""
KEPT = "kept"
NAMED = 3
"""So many reasons are named where there is no room for all."""
OPEN = "open"
"""Of documents that the last stage has not seen yet."""


class Series:
    """The layers of a run that are there, in the order of the stages.

    Parameters
    ----------
    totals
        Of all layers, as `eurosift.pipeline.totals.layer_totals` gives them.
    """

    def __init__(self, totals: Sequence[LayerTotal]) -> None:
        self.layers = [layer for layer in totals if layer.shards]
        self.deciders = [layer for layer in self.layers if layer.decides]

    @property
    def rows(self) -> int:
        """Documents of the first layer."""
        return self.layers[0].total.rows if self.layers else 0

    @cached_property
    def colours(self) -> Mapping[str, str]:
        """Class of each stage that rejects."""
        return {layer.stage: f"r{i % COLOURS}" for i, layer in enumerate(self.deciders)}

    @cached_property
    def labels(self) -> list[str]:
        """Languages of any layer, sorted."""
        return sorted({label for layer in self.layers for label in layer.tallies})

    def fate(self, labels: Iterable[str] | None = None, *, found: int = 0) -> Fate:
        """What became of the documents of some languages, or of all of them.

        Parameters
        ----------
        labels
            The languages; None for all documents.
        found
            How many there are of them, without those that were rejected before their language was
            looked at.
        """
        chosen = None if labels is None else list(labels)
        kept = _sum(self.layers[-1], chosen).kept if self.layers else 0
        rejected = {layer.stage: _sum(layer, chosen).rejected for layer in self.deciders}
        if chosen is None:
            return Fate(rejected, kept, self.rows)
        return Fate(rejected, kept, max(found, kept + sum(rejected.values())))


def _sum(layer: LayerTotal, labels: list[str] | None) -> Tally:
    if labels is None:
        return layer.total
    total = Tally()
    for label in labels:
        total.add(layer.tallies.get(label, Tally()))
    return total


@dataclass(frozen=True)
class Fate:
    """What became of some documents.

    Attributes
    ----------
    rejected
        How many each stage has rejected.
    kept
        How many are left behind the last stage that has run.
    found
        How many there are.
    """

    rejected: Mapping[str, int]
    kept: int
    found: int

    @property
    def unseen(self) -> int:
        """How many some stage has not seen yet; below 0 where stages decide side by side."""
        return self.found - self.kept - sum(self.rejected.values())

    def chart(self, colours: Mapping[str, str]) -> Markup | None:
        """The bar of it; None where stages have rejected the same documents."""
        if self.unseen < 0:
            return None
        parts = [
            Part(KEPT, self.kept),
            *(Part(colours[stage], n) for stage, n in reversed(list(self.rejected.items()))),
            Part(OPEN, self.unseen),
        ]
        return bar(parts, self.found)


def steps(series: Series) -> Grid:
    """One row per stage that rejects: documents in, rejected, kept."""
    rows = []
    for layer in series.layers:
        if not layer.decides and layer is not series.layers[0]:
            continue
        total = layer.total
        seen = total.kept + total.rejected
        drawn = [Part(KEPT, total.kept), Part(series.colours.get(layer.stage, ""), total.rejected)]
        rows.append(
            {
                "stage": layer.stage,
                "in": seen,
                "rejected": total.rejected,
                "out": total.kept,
                "share": total.kept / seen if seen else None,
                "chart": bar(drawn, series.rows),
            }
        )
    columns = (
        Column("stage", "stage", "code"),
        Column("in", "in"),
        Column("rejected", "rejected"),
        Column("out", "kept"),
        Column("share", "share kept", "share"),
        Column("chart", "of all documents", "chart"),
    )
    return Grid("funnel-stages", "Documents that each stage saw, rejected and kept", columns, rows)


class Pivot(NamedTuple):
    """Why one stage rejected: the most frequent reasons in words, and all of them by language."""

    stage: str
    summary: str
    table: Grid


def pivot(layer: LayerTotal) -> Pivot:
    """Reasons of one stage by language, and how the languages came through it.

    A document may have several reasons, so these may add up to more than were rejected.
    """
    labels = [label for label, t in sorted(layer.tallies.items()) if t.kept + t.rejected]
    total = layer.total

    def row(what: str, whole: int, counts: Mapping[str, int]) -> dict[str, str | int]:
        return {"reason": what, "all": whole, **by_label(counts)}

    reasons = sorted(total.reasons.items(), key=lambda pair: (-pair[1], pair[0]))
    rows = [
        row(reason, n, {label: layer.tallies[label].reasons.get(reason, 0) for label in labels})
        for reason, n in reasons
    ]
    seen = total.kept + total.rejected
    ends = [
        row("rejected", total.rejected, {c: layer.tallies[c].rejected for c in labels}),
        row("kept", total.kept, {c: layer.tallies[c].kept for c in labels}),
        row("in", seen, {c: layer.tallies[c].kept + layer.tallies[c].rejected for c in labels}),
    ]
    columns = [Column("reason", "reason", "code"), Column("all", "all")]
    columns += [label_column(label) for label in labels]
    caption = f"{layer.stage}: documents by reason and language"
    grid = Grid(f"reasons-{layer.stage}", caption, columns, [*rows, *ends], footer=len(ends))
    first = ", ".join(f"{reason} {n:,}" for reason, n in reasons[:NAMED])
    more = f" and {len(reasons) - NAMED} more" if len(reasons) > NAMED else ""
    return Pivot(layer.stage, f"{total.rejected:,} rejected: {first}{more}", grid)


def records(series: Series) -> Grid | None:
    """What the first stage found beside documents, and what it mended; None if nothing."""
    if not series.layers:
        return None
    first = series.layers[0]
    kinds = (("skipped record", first.skipped), ("damage", first.losses), ("mended", first.mended))
    rows = [
        {"reason": reason, "what": what, "count": n}
        for what, counts in kinds
        for reason, n in sorted(counts.items())
    ]
    columns = (Column("reason", "what", "code"), Column("what", "kind", "text"))
    caption = "Skipped records, damage, and what was mended"
    return Grid("records", caption, (*columns, Column("count", "count")), rows) if rows else None
