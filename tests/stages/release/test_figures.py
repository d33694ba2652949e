"""Figures are sums over rows, however these are cut into batches."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from eurosift.stages.release.columns import KEPT
from eurosift.stages.release.figures import Figures, add, nothing

DAY = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
ROWS = [
    {
        "id": str(i),
        "text": "ħelu " * i,
        "n_words": i or None,
        "date": DAY + dt.timedelta(days=i) if i % 2 else None,
        "pii": [{"start": 0, "end": 1, "type": "email", "detector": "email"}] * (i % 3),
        "pii_counted": [{"detector": "vat", "n": 2}] if i % 4 == 0 else None,
        "rights_signals": ["noai"] if i == 3 else [],
    }
    for i in range(7)
]


def facts(cuts):
    figures = Figures()
    table = pa.Table.from_pylist(ROWS, KEPT.schema)
    edges = [0, *sorted(cuts), len(ROWS)]
    for start, end in pairwise(edges):
        for batch in table.slice(start, end - start).combine_chunks().to_batches():
            figures.add(batch)
    return figures.facts(kept=True)


@given(st.sets(st.integers(1, 6)))
def test_sums_do_not_depend_on_batches(cuts):
    assert facts(cuts) == {
        "documents": 7,
        "bytes": sum(len(row["text"].encode()) for row in ROWS),
        "characters": sum(len(row["text"]) for row in ROWS),
        "words": 21,
        "segments": None,
        "tokens": None,
        "pii": {"email": 6},
        "pii_counted": {"vat": 4},
        "further_tokens": {},
        "rights": {"noai": 1},
        "rights_known": 7,
        "dates": ["2026-01-03", "2026-01-07"],
    }


def test_figures_of_files_add_up():
    total = nothing()
    add(total, facts([]))
    add(total, {**nothing(), "documents": 1, "tokens": 5, "dates": ["2025-01-01", "2025-02-01"]})
    assert (total["documents"], total["words"], total["tokens"]) == (8, 21, 5)
    assert total["dates"] == ["2025-01-01", "2026-01-07"]
    assert total["pii"] == {"email": 6}
