"""Columns of several layers are read as arrays, if they speak of the same rows."""

import pytest

from eurosift.pipeline.columns import made_shards, read_columns
from eurosift.pipeline.errors import IncompleteError, InvariantError
from eurosift.pipeline.launch import open_run


@pytest.fixture
def run(finished):
    return open_run(finished.recipe)


def test_columns_of_several_layers_stand_side_by_side(run, finished):
    found = read_columns(run, "00000", {"label": ["language"], "length": ["n_chars"]})
    assert list(found) == ["language", "n_chars"]
    assert found["language"].to_pylist() == ["mlt_Latn", "mlt_Latn", "ekk_Latn"]
    assert len(found["n_chars"]) == 3


def test_shards_that_are_made_are_in_the_order_of_the_plan(run, finished):
    assert made_shards(run, ["label", "length"]) == ["00000", "00001", "00002"]
    (finished.run_folder / "length" / "00001.parquet").unlink()
    assert made_shards(run, ["label", "length"]) == ["00000", "00002"]


def test_a_shard_that_is_missing_or_damaged_is_told(run, finished):
    path = finished.run_folder / "length" / "00001.parquet"
    content = path.read_bytes()
    path.unlink()
    with pytest.raises(IncompleteError, match="length/00001"):
        read_columns(run, "00001", {"length": ["n_chars"]})
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(InvariantError):
        read_columns(open_run(finished.recipe), "00001", {"length": ["n_chars"]})
