"""Rows reach the row groups of their partition, in order, within the caps, however batched."""

from __future__ import annotations

from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eurosift.stages.release.partition import Key, Partitioner

COLUMNS = {"kept": ("id", "text"), "rejected": ("id",)}
KEYS = [
    Key(verdict, language) for verdict in ("kept", "rejected") for language in ("aaa_Latn", "und")
]


class ListSink:
    """Keeps what is written, row group by row group."""

    def __init__(self):
        self.facts = {}
        self.groups = [[]]

    def write(self, batch):
        self.groups[-1] += batch.to_pylist()

    def end_row_group(self):
        self.groups.append([])


def partitioned(rows, cuts=(), **caps):
    """Row groups and facts for rows ``(key, text length)``, batched at `cuts`."""
    sink = ListSink()
    partitioner = Partitioner(sink, COLUMNS, **caps)
    edges = [0, *sorted(cut for cut in cuts if cut < len(rows)), len(rows)]
    for start, end in pairwise(edges):
        batch = pa.record_batch(
            {
                "id": pa.array([str(i) for i in range(start, end)], pa.string()),
                "text": pa.array(["x" * size for _, size in rows[start:end]], pa.string()),
            }
        )
        partitioner.add(batch, [key for key, _ in rows[start:end]])
    partitioner.finish()
    return sink.groups[:-1], partitioner.row_groups


ROWS = st.lists(st.tuples(st.sampled_from(KEYS), st.integers(0, 12)), max_size=60)


@settings(max_examples=150, deadline=None)
@given(rows=ROWS, cuts=st.sets(st.integers(1, 59), max_size=8))
def test_groups_hold_each_row_once_in_order_within_the_caps(rows, cuts):
    caps = {"group_rows": 4, "group_bytes": 20, "held_bytes": 40}
    groups, facts = partitioned(rows, cuts, **caps)
    assert [len(group) for group in groups] == [fact["rows"] for fact in facts]
    for key in KEYS:
        ids = [
            row["id"]
            for group, fact in zip(groups, facts, strict=True)
            if (fact["verdict"], fact["language"], fact["split"]) == key
            for row in group
        ]
        assert ids == [str(i) for i, (k, _) in enumerate(rows) if k == key]
    for group, fact in zip(groups, facts, strict=True):
        size = sum(len(row["text"]) + len(row["id"]) for row in group)
        assert fact["text_bytes"] == sum(len(row["text"]) for row in group)
        assert len(group) == 1 or (len(group) <= 4 and size <= 20)
    assert partitioned(rows, **caps) == (groups, facts)


def test_what_is_held_back_is_bounded():
    rows = [(key, 10) for _ in range(50) for key in KEYS]
    groups, _ = partitioned(rows, group_rows=1000, group_bytes=1 << 20, held_bytes=100)
    assert max(sum(len(row["text"]) for row in group) for group in groups) <= 100


def test_without_pressure_kept_comes_before_rejected_and_languages_are_sorted():
    _, facts = partitioned([(key, 1) for key in reversed(KEYS)])
    assert [Key(fact["verdict"], fact["language"]) for fact in facts] == KEYS


@pytest.mark.parametrize(("verdict", "same"), [("rejected", True), ("kept", False)])
def test_the_digest_covers_the_columns_of_the_verdict_alone(verdict, same):
    digests = [partitioned([(Key(verdict, "und"), size)])[1][0]["digest"] for size in (5, 6)]
    assert (digests[0] == digests[1]) is same
