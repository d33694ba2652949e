from __future__ import annotations

import io

import numpy as np
import pytest

from eurosift.stages.errors import AssetError
from eurosift.stages.extract.blocks.trees import Trees, load, save

NAMES = ("a", "b")


def trees(**changed):
    """Two trees: a <= 1 ? 10 : (b <= 0 ? 20 : 30), and a single leaf."""
    made = Trees(
        np.array([0, 5], np.uint32),
        np.array([0, 0, 1, 0, 0, 0], np.uint32),
        np.array([1, np.inf, 0, np.inf, np.inf, np.inf], np.float32),
        np.array([1, 1, 3, 3, 4, 5], np.uint32),
        np.array([0, 10.0, 0, 20, 30, 0.5]),
        np.array([100.0]),
    )
    return made._replace(**changed)


def write(path, made):
    with path.open("wb") as file:
        save(made, NAMES, file)
    return path


def test_rows_get_the_sum_of_their_leaves():
    rows = np.array([[1, 5], [1.5, 0], [2, 1]], np.float32)
    assert trees().values_of(rows).tolist() == [110.5, 120.5, 130.5]
    assert trees().values_of(rows[:0]).tolist() == []
    assert trees().values_of(np.tile(rows, (50, 1))).tolist() == 50 * [110.5, 120.5, 130.5]


def test_trees_are_read_as_they_were_written_and_written_alike(tmp_path):
    found = load(write(tmp_path / "a.npz", trees()), NAMES)
    assert all(np.array_equal(x, y) for x, y in zip(found, trees(), strict=True))
    again = io.BytesIO()
    save(found, NAMES, again)
    assert again.getvalue() == (tmp_path / "a.npz").read_bytes()


def test_trees_for_other_features_are_refused(tmp_path):
    with pytest.raises(AssetError, match="is made for other features"):
        load(write(tmp_path / "a.npz", trees()), ("a", "c"))


@pytest.mark.parametrize(
    "changed",
    [
        {"lefts": np.array([1, 0, 3, 3, 4, 5], np.uint32)},  # never ends
        {"lefts": np.array([1, 1, 5, 3, 4, 5], np.uint32)},  # out of the arrays
        {"thresholds": np.array([1, np.inf, 0, 0, np.inf, np.inf], np.float32)},  # likewise
        {"columns": np.array([0, 0, 2, 0, 0, 0], np.uint32)},
        {"roots": np.array([0, 6], np.uint32)},
        {"values": np.array([0, np.nan, 0, 20, 30, 0.5])},
        {"thresholds": np.zeros(6)},
        {"base": np.zeros(0)},
    ],
)
def test_trees_that_a_walk_would_leave_are_refused(tmp_path, changed):
    with pytest.raises(AssetError, match="its trees are damaged"):
        load(write(tmp_path / "a.npz", trees(**changed)), NAMES)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip", b"text"])
def test_a_file_that_is_no_classifier_is_refused(tmp_path, content):
    path = tmp_path / "a.npz"
    path.write_bytes(content)
    with pytest.raises(AssetError, match=r"a\.npz: no classifier of blocks"):
        load(path, NAMES)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(AssetError, match="eurosift extract train"):
        load(tmp_path / "none.npz", NAMES)
