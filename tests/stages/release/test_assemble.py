"""Files end where the target size would be passed."""

from __future__ import annotations

from types import SimpleNamespace

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.stages.errors import ContractError
from eurosift.stages.release.assemble import FILE_ROWS, Group, Kept, split
from eurosift.stages.release.columns import KEPT


def groups(sizes, rows=1):
    return [Group("00000", i, rows, size, f"{i:x}") for i, size in enumerate(sizes)]


@given(st.lists(st.integers(0, 30), max_size=40))
def test_files_keep_the_order_and_no_two_neighbours_would_fit_together(sizes):
    files = list(split(groups(sizes), 20))
    assert [group.number for file in files for group in file] == list(range(len(sizes)))
    totals = [sum(group.text_bytes for group in file) for file in files]
    assert all(total <= 20 or len(file) == 1 for total, file in zip(totals, files, strict=True))
    for total, following in zip(totals, files[1:], strict=False):
        assert total + following[0].text_bytes > 20


def test_rows_without_text_end_a_file_too():
    assert [len(f) for f in split(groups([0, 0, 0], FILE_ROWS // 2), 20)] == [2, 1]


def test_a_part_that_does_not_hold_what_its_footer_says_is_an_error():
    class Workspace:
        def table(self, *_):
            yield pa.RecordBatch.from_pylist([{"id": "a"}], KEPT.schema)

    class Sink:
        facts = {}  # noqa: RUF012 - a fake

        def write(self, batch):
            pass

    class Item:
        payload = {  # noqa: RUF012 - a fake
            "language": "und",
            "sources": [{"shard": "00007", "row_groups": [3], "rows": 2}],
        }

    with pytest.raises(ContractError, match=r"\[3\] of part 00007 have 1 rows, .* says 2"):
        Kept(KEPT, 1).run(Item(), Workspace(), Sink())


def test_parts_of_an_earlier_version_can_be_listed():
    """A run folder of before says what is out of date, and does not break."""
    fact = {"verdict": "kept", "language": "mlt_Latn", "rows": 1, "text_bytes": 1, "digest": "0"}
    part = SimpleNamespace(facts={"row_groups": [fact]})
    workspace = SimpleNamespace(shards=("00000",), files=lambda _: {"00000": part})
    (item,) = Kept(KEPT, 1).items(workspace)
    assert item.path == "data/mlt_Latn/train-00000-of-00001.parquet"
