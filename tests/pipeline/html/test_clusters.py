"""Clusters are counted by the documents that are kept of them."""

import doctest

import polars as pl

from eurosift.pipeline.html import clusters
from eurosift.pipeline.html.clusters import Clusters

ROWS = [
    ("mlt_Latn", 1, True),
    ("mlt_Latn", 2, True),
    ("mlt_Latn", 2, False),
    ("gle_Latn", 7, True),
    *[("gle_Latn", 7, False)] * 6,
    ("gle_Latn", None, None),
]


def counted(*blocks):
    found = Clusters()
    for rows in blocks:
        schema = {"label": pl.String, "cluster_size": pl.Int32, "is_keeper": pl.Boolean}
        found.add(pl.DataFrame(rows, schema=schema, orient="row"))
    return found


def test_examples():
    assert doctest.testmod(clusters).failed == 0


def test_every_cluster_is_counted_once_and_by_range_of_sizes():
    found = [(row["size"], row["clusters"], row["documents"]) for row in counted(ROWS).grid().rows]
    assert found == [("1 (no duplicate)", 1, 1), ("2", 1, 2), ("5–8", 1, 7)]
    assert sum(row["share"] for row in counted(ROWS).grid().rows) == 1


def test_blocks_add_up():
    assert counted(ROWS[:3], ROWS[3:]).sizes == counted(ROWS).sizes == {1: 1, 2: 1, 7: 1}


def test_languages_with_duplicates_tell_their_largest_cluster():
    rows = {row["language"]: row for row in counted(ROWS).largest().rows}
    assert rows["gle_Latn"] == {
        "language": "gle_Latn",
        "clusters": 1,
        "documents": 7,
        "largest": 7,
    }
    assert rows["mlt_Latn"]["clusters"] == 1


def test_without_documents_there_is_no_table():
    assert counted([]).grid() is None
    assert counted(ROWS[:1]).largest() is None
