"""Keepers depend on nothing but their merits, however members come."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from eurosift.dedup import best
from eurosift.dedup.best import Best

MEMBERS = [
    ("r1", 1.0, 9.0, "b"),
    ("r1", 9.0, 1.0, "c"),
    ("r1", 2.0, 9.0, "a"),
    ("r2", 5.0, 3.0, "d"),
    ("r2", 5.0, 8.0, "f"),
    ("r2", 5.0, 8.0, "e"),
    ("r3", float("-inf"), 4.0, "h"),
    ("r3", float("-inf"), 4.0, "g"),
]
EXPECTED = [("r1", "c", "a", 3), ("r2", "e", "d", 3), ("r3", "g", "g", 2)]


def keepers(members, cut):
    found = Best(2)
    for part in (members[:cut], members[cut:]):
        schema = ["root", "merit_0", "merit_1", "id"]
        if part:
            found.add(pl.DataFrame(part, schema=schema, orient="row"))
    table = found.finish()
    return table.select("root", "id", "cluster_id", "cluster_size").sort("root").rows()


@given(st.permutations(MEMBERS), st.integers(0, 8), st.sampled_from([1, 1 << 18]))
def test_the_highest_merits_are_kept_then_the_smallest_id(members, cut, least):
    before, best.LEAST = best.LEAST, least
    try:
        assert keepers(members, cut) == EXPECTED
    finally:
        best.LEAST = before


def test_without_members_there_are_no_keepers():
    assert Best(1).finish() is None
