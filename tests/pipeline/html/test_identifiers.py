"""Identifiers by type and language."""

import polars as pl

from eurosift.pipeline.html.grid import label_column
from eurosift.pipeline.html.identifiers import Identifiers

SPAN = pl.Struct({"start": pl.Int32, "end": pl.Int32, "type": pl.String, "detector": pl.String})
LEFT = pl.Struct({"detector": pl.String, "n": pl.Int32})


def span(kind):
    return {"start": 0, "end": 1, "type": kind, "detector": f"a {kind}"}


ROWS = [
    ("mlt_Latn", [span("email"), span("email")], [{"detector": "vat", "n": 3}]),
    ("mlt_Latn", [], []),
    ("gle_Latn", [span("iban")], []),
    ("gle_Latn", None, None),
]


def counted(*blocks, left=True):
    found = Identifiers(counted=left)
    for rows in blocks:
        schema = {"label": pl.String, "pii": pl.List(SPAN), "pii_counted": pl.List(LEFT)}
        found.add(pl.DataFrame(rows, schema=schema, orient="row"))
    return found


def cells(grid, first):
    gle, mlt = label_column("gle_Latn").key, label_column("mlt_Latn").key
    return {row[first]: (row["all"], row.get(gle), row.get(mlt)) for row in grid.rows}


def test_spans_are_counted_by_type_and_language_with_the_documents_that_have_any():
    for found in (counted(ROWS), counted(ROWS[:1], ROWS[1:3], ROWS[3:])):
        assert cells(found.grid(), "type") == {
            "email": (2, 0, 2),
            "iban": (1, 1, 0),
            "documents with any": (2, 1, 1),
            "documents looked at": (3, 1, 2),
        }


def test_what_is_only_counted_has_a_table_of_its_own():
    assert cells(counted(ROWS).counted(), "identifier") == {"vat": (3, None, 3)}
    assert counted(ROWS[1:]).counted() is None
    assert counted(ROWS, left=False).counted() is None


def test_without_any_there_are_still_the_documents_that_were_looked_at():
    assert [row["all"] for row in counted(ROWS[1:2]).grid().rows] == [0, 1]
