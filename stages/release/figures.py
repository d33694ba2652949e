"""What a file of a release says of its rows: sums and counts, made anew by whoever verifies it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from eurosift.stages.base import FURTHER_TOKENS
from eurosift.stages.release.columns import RIGHTS, is_further

SIZES = {"words": "n_words", "segments": "n_segments", "tokens": "n_tokens"}
"""Columns that are summed up, by the name of the figure."""
KNOWN_RIGHTS = "rights_known"
"""Documents of which evidence of rights was looked for."""
MEASURES = ("documents", "bytes", "characters", *SIZES, KNOWN_RIGHTS)
"""Figures that are sums; null where nothing was counted."""
FURTHER = "further_tokens"
"""Tokens by the name of their tokenizer; without those that nothing was counted with."""
COUNTS = ("pii", "pii_counted", "rights", FURTHER)
"""Figures that are counts by type."""


class Figures:
    """Sums over the rows of a file."""

    def __init__(self) -> None:
        self._documents = 0
        self._sums: dict[str, int | None] = dict.fromkeys(MEASURES[1:])
        self._counts: dict[str, Counter[str]] = {name: Counter() for name in (*COUNTS, "reasons")}
        self._dates: list[datetime] = []

    def add(self, batch: pa.RecordBatch) -> None:
        """Add the figures of a batch."""
        self._documents += batch.num_rows
        columns = dict(zip(batch.schema.names, batch.columns, strict=True))
        if "text" in columns:
            self._sum("bytes", pc.binary_length(columns["text"]))
            self._sum("characters", pc.utf8_length(columns["text"]))
        for name, column in SIZES.items():
            if column in columns:
                self._sum(name, columns[column])
        for column in filter(is_further, columns):
            if (tokens := pc.sum(columns[column]).as_py()) is not None:
                self._counts[FURTHER][column.removeprefix(FURTHER_TOKENS)] += tokens
        if "pii" in columns:
            self._count("pii", pc.struct_field(pc.list_flatten(columns["pii"]), "type"))
        if "pii_counted" in columns:
            found = pc.list_flatten(columns["pii_counted"])
            detectors, numbers = (pc.struct_field(found, i).to_pylist() for i in range(2))
            for detector, n in zip(detectors, numbers, strict=True):
                self._counts["pii_counted"][detector] += n
        if RIGHTS in columns:
            self._sum(KNOWN_RIGHTS, pc.cast(columns[RIGHTS].is_valid(), pa.int64()))
            self._count("rights", pc.list_flatten(columns[RIGHTS]))
        if "reasons" in columns:
            self._count("reasons", _distinct(columns["reasons"]))
        if "date" in columns:
            ends = pc.min_max(columns["date"]).as_py()
            found = [*self._dates, *(end for end in ends.values() if end is not None)]
            self._dates = [min(found), max(found)] if found else []

    def facts(self, *, kept: bool) -> dict[str, Any]:
        """The figures, with the names of the manifest.

        Parameters
        ----------
        kept
            Whether the rows are kept ones: then these are the sums of `MEASURES` (null where
            nothing was counted), ``pii`` (spans by type), ``pii_counted`` (by detector), ``rights``
            (documents by signal), ``further_tokens`` (by tokenizer) and ``dates`` (first and last
            day of capture, or null); else ``documents`` and ``reasons`` (documents by reason).
        """
        counts = {
            name: {key: counter[key] for key in sorted(counter)}
            for name, counter in self._counts.items()
        }
        if not kept:
            return {"documents": self._documents, "reasons": counts["reasons"]}
        return {
            "documents": self._documents,
            **self._sums,
            **{name: counts[name] for name in COUNTS},
            "dates": [day.date().isoformat() for day in self._dates] or None,
        }

    def _sum(self, name: str, values: pa.Array) -> None:
        total = pc.sum(values).as_py()
        if total is not None:
            self._sums[name] = (self._sums[name] or 0) + total

    def _count(self, name: str, values: pa.Array) -> None:
        for entry in pc.value_counts(values).to_pylist():
            self._counts[name][entry["values"]] += entry["counts"]


def add(total: dict[str, Any], facts: Mapping[str, Any]) -> None:
    """Add the figures of a file of kept rows to those of others, which hold at least zeros."""
    for measure in MEASURES:
        if facts[measure] is not None:
            total[measure] = (total[measure] or 0) + facts[measure]
    for name in COUNTS:
        add_counts(total[name], facts[name])
    if facts["dates"]:
        days = [*(total["dates"] or ()), *facts["dates"]]
        total["dates"] = [min(days), max(days)]


def add_counts(counts: dict[str, int], more: Mapping[str, int]) -> None:
    """Add counts by type to others."""
    for key, n in more.items():
        counts[key] = counts.get(key, 0) + n


def nothing() -> dict[str, Any]:
    """Figures of no kept rows, to be added to."""
    sums = {"documents": 0, "bytes": 0, "characters": 0, **dict.fromkeys((*SIZES, KNOWN_RIGHTS))}
    return {**sums, **{name: {} for name in COUNTS}, "dates": None}


def _distinct(reasons: pa.Array) -> pa.Array:
    """Reasons of all rows, each counted once per row: a document is rejected for it only once."""
    values = pc.list_flatten(reasons)
    if not len(values):
        return values
    encoded = values.dictionary_encode()
    rows = np.asarray(pc.list_parent_indices(reasons)).astype(np.int64)
    pairs = np.unique(rows * len(encoded.dictionary) + np.asarray(encoded.indices))
    return encoded.dictionary.take(pa.array(pairs % len(encoded.dictionary)))
