"""A folder appears when it is complete, and replaces nothing."""

import pytest

from eurosift.pipeline.errors import QueryError
from eurosift.pipeline.new_folder import new_folder


def test_it_appears_when_it_is_complete(tmp_path):
    with new_folder(tmp_path / "deep" / "made") as folder:
        (folder / "a").write_text("x")
        assert not (tmp_path / "deep" / "made").exists()
    assert [path.name for path in tmp_path.glob("deep/*")] == ["made"]
    assert (tmp_path / "deep/made/a").read_text() == "x"


def test_an_empty_folder_may_be_there(tmp_path):
    (tmp_path / "made").mkdir()
    with new_folder(tmp_path / "made") as folder:
        (folder / "a").touch()
    assert (tmp_path / "made/a").exists()


def test_nothing_is_replaced(tmp_path):
    (tmp_path / "made").mkdir()
    (tmp_path / "made/mine").touch()
    (tmp_path / "file").touch()
    for name in ("made", "file"):
        with pytest.raises(QueryError, match="is there already"), new_folder(tmp_path / name):
            pass
    assert (tmp_path / "made/mine").exists()


def test_an_error_leaves_nothing(tmp_path):
    with pytest.raises(FileNotFoundError), new_folder(tmp_path / "made") as folder:
        (folder / "a" / "b").touch()
    assert not list(tmp_path.iterdir())
