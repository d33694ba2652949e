"""Which documents are counted: spread evenly, the same ones each time."""

from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.pipeline.html.survey import BLOCK_ROWS, LEAST_SHARDS, Survey, _joined, _spread


class Rows:
    """Keeps what it is given."""

    columns = ("id", "n_chars")

    def __init__(self):
        self.blocks = []

    def add(self, rows):
        self.blocks.append(rows)

    @property
    def rows(self):
        return pl.concat(self.blocks)


def survey(run, documents):
    found, rows = Survey.of(run, documents), Rows()
    found.run([rows])
    return found, rows


@pytest.mark.parametrize("documents", [None, 8, 1000])
def test_all_documents_are_counted_where_they_are_few(small, documents):
    found, rows = survey(small, documents)
    assert found.is_complete
    assert (found.documents, found.total, found.planned) == (8, 8, 3)
    assert rows.rows["id"].n_unique() == 8
    assert rows.rows["label"].to_list() == [
        *("mlt_Latn", "mlt_Latn", "ekk_Latn", "und", "und", "mlt_Latn", "ekk_Latn", "swe_Latn")
    ]
    assert rows.rows["kept"].sum() == 4


def test_none_are_counted_if_none_are_asked_for(small):
    found, rows = survey(small, 0)
    assert (found.documents, found.is_complete, rows.blocks) == (0, False, [])


def test_stages_that_are_not_complete_are_left_out(project):
    project.perform("+label")
    found = Survey.of(project.open(), None)
    assert found.has("language")
    assert not found.has("n_chars")


@given(st.lists(st.integers(0, 300_000), min_size=1, max_size=300), st.integers(1, 10**6))
def test_shards_are_spread_over_the_plan(sizes, documents):
    rows = [(f"{i:05d}", n) for i, n in enumerate(sizes)]
    chosen = list(_spread(rows, documents))
    names = [shard for shard, _ in chosen]
    assert names == sorted(set(names))
    assert chosen == list(_spread(rows, documents))
    if sum(sizes) <= documents:
        assert chosen == [(shard, 1) for shard, _ in rows]
    else:
        assert len(chosen) >= min(len(rows), LEAST_SHARDS)
        gaps = [int(b) - int(a) for a, b in pairwise(names)]
        assert not gaps or max(gaps) - min(gaps) <= 1


@given(st.integers(1, 5_000), st.integers(100, 40_000), st.integers(1, 10**6))
def test_about_as_many_documents_are_read_as_were_asked_for(shards, size, documents):
    rows = [(f"{i:05d}", size) for i in range(shards)]
    read = 0
    for _, stride in _spread(rows, documents):
        blocks = -(-size // BLOCK_ROWS)
        read += min(len(range(0, blocks, stride)) * BLOCK_ROWS, size)
    most = max(documents * 1.6, min(LEAST_SHARDS, shards) * 2 * BLOCK_ROWS)
    assert read <= most


def test_small_batches_are_joined_to_blocks_of_bounded_size():
    batches = [pl.DataFrame({"a": range(1000)})] * 40
    heights = [block.height for block in _joined(batches)]
    assert sum(heights) == 40_000
    assert max(heights) < BLOCK_ROWS + 1000
