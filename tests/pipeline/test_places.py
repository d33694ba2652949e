"""Room for a run, and who sees it."""

import errno
import os

import pytest

from eurosift.pipeline import places, site
from eurosift.pipeline.cli import main
from eurosift.pipeline.errors import RunFolderError

ANYWHERE = site.load("generic").model_copy(update={"not_shared": ()})


def test_there_is_room_and_nothing_stays_behind(tmp_path):
    places.check_room(tmp_path / "runs" / "web")
    assert list((tmp_path / "runs" / "web").iterdir()) == []


def test_a_full_quota_is_told_with_its_place(tmp_path, monkeypatch, capsys):
    """The system says so when something is written; a quota of one's own cannot be made here."""

    def refuse(_descriptor, _content):
        raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT))

    monkeypatch.setattr(places.os, "write", refuse)
    with pytest.raises(OSError, match="quota") as told:
        places.check_room(tmp_path)
    assert (told.value.errno, told.value.filename) == (errno.EDQUOT, str(tmp_path))
    monkeypatch.setattr(
        "eurosift.pipeline.cli.cli.main", lambda *_, **__: places.check_room(tmp_path)
    )
    with pytest.raises(SystemExit) as stop:
        main([])
    assert stop.value.code == 2
    said = capsys.readouterr().err
    assert said == (
        f"eurosift: {tmp_path}: your quota on the disk is used up; free some and run again\n"
    )


def test_what_every_node_has_for_itself_is_no_place_for_a_run(tmp_path):
    places.check_shared(ANYWHERE, [tmp_path])
    private = ANYWHERE.model_copy(update={"not_shared": (str(tmp_path),)})
    link = tmp_path.parent / f"{tmp_path.name}-link"
    link.symlink_to(tmp_path)
    for path in (tmp_path, tmp_path / "deep" / "down", link):
        with pytest.raises(RunFolderError, match="which every node has for itself"):
            places.check_shared(private, [path])
    places.check_shared(private, [tmp_path.parent])


def test_file_systems_in_memory_are_known():
    assert places.file_system(places.Path("/proc/self")) == "proc"
    private = ANYWHERE.model_copy(update={"not_shared": ("proc",)})
    with pytest.raises(RunFolderError, match="/proc: lies in a file system of type proc"):
        places.check_shared(private, [places.Path("/proc")])
