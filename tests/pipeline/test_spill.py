"""Documents on disk, in parts."""

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from eurosift.pipeline import spill


@pytest.mark.parametrize("parts", [1, 3])
def test_every_document_is_in_one_part_with_all_that_is_said_of_it(tmp_path, parts):
    ids = pa.array([f"d{i}" for i in range(50)])
    codes = np.arange(50, dtype=np.int32)
    files = [(tmp_path / f"first-{i}").open("wb") for i in range(parts)]
    spill.write(files, ids, 7, 100, codes, codes * 2)
    for file in files:
        file.close()
    frames = [spill.load(tmp_path, "first", i) for i in range(parts)]
    rows = pl.concat(frames).sort("place")
    assert [spill.place_of(place) for place in rows["place"]] == [(7, 100 + i) for i in range(50)]
    assert rows["verdict"].to_list() == codes.tolist()
    assert rows["label"].to_list() == (codes * 2).tolist()
    assert rows.select(pl.struct("high", "low").n_unique()).item() == 50


def test_rows_of_the_same_id_are_told_apart(tmp_path):
    codes = np.zeros(3, np.int32)
    with (tmp_path / "first-0").open("wb") as file:
        spill.write([file], pa.array(["a", "b", "a"]), 0, 0, codes, codes)
    assert spill.numbered(spill.load(tmp_path, "first", 0))["nth"].to_list() == [0, 0, 1]
