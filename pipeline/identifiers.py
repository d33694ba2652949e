"""Personal identifiers of a run: how many of each in each language, never which."""

from __future__ import annotations

from collections import Counter
from typing import Final

from eurosift.pipeline.tables import Table, Value
from eurosift.pipeline.tasks import Run
from eurosift.pipeline.totals import layer_totals

SPANS: Final = "pii"
"""Column of what was found: masked, or marked in mode `spans`."""
COUNTED: Final = "pii_counted"
"""Column of what the policy only counts."""
TOTAL: Final = "total"


def table(run: Run) -> Table:
    """One row per language, type and identifier; at the end one per type, and one for all.

    Every number is a sum over the footers of the layer that has them. ``found`` are those that are
    masked (or marked, in mode ``spans``), ``only_counted`` those that the policy leaves alone.
    """
    layer = next((layer for layer in layer_totals(run) if SPANS in layer.findings), None)
    found: Counter[tuple[str, str, str]] = Counter()
    counted: Counter[tuple[str, str, str]] = Counter()
    if layer is not None:
        for language, values in layer.findings[SPANS].items():
            for name, n in values.items():
                kind, _, detector = name.partition("/")
                found[language, kind, detector] += n
    if layer is not None and layer.findings[COUNTED]:
        from eurosift.stages.pii.detectors import TYPE_OF  # noqa: PLC0415 - half a second

        for language, values in layer.findings[COUNTED].items():
            for detector, n in values.items():
                counted[language, TYPE_OF[detector], detector] += n

    def row(
        language: str, kind: str, name: str, keys: list[tuple[str, str, str]]
    ) -> dict[str, Value]:
        return {
            "language": language,
            "type": kind,
            "identifier": name,
            "found": sum(found[key] for key in keys),
            "only_counted": sum(counted[key] for key in keys),
        }

    all_keys = sorted({*found, *counted})
    kinds = sorted({kind for _, kind, _ in all_keys})
    ends = [row(TOTAL, kind, "", [key for key in all_keys if key[1] == kind]) for kind in kinds]
    ends.append(row(TOTAL, "", "", all_keys))
    columns = ("language", "type", "identifier", "found", "only_counted")
    return Table("pii", columns, [*(row(*key, [key]) for key in all_keys), *ends], len(ends))
