"""Where caches may be: only where nobody else can write."""

import os

from eurosift.filters import cache_folders


def test_candidates_prefer_what_the_user_chose(monkeypatch, tmp_path):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "numba"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    candidates = list(cache_folders.candidate_folders())
    assert candidates[:3] == [
        tmp_path / "numba",
        tmp_path / "xdg" / "eurosift",
        tmp_path / "home" / ".cache" / "eurosift",
    ]
    assert str(os.getuid()) in candidates[3].name


def test_a_folder_that_others_can_write_is_not_used(tmp_path):
    """Entries are pickles: whoever can write them can run code as us."""
    assert cache_folders.is_usable(tmp_path / "mine")
    assert (tmp_path / "mine").stat().st_mode & 0o077 == 0
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    assert not cache_folders.is_usable(tmp_path / "open")


def test_what_is_no_folder_is_not_used(tmp_path):
    (tmp_path / "file").write_text("")
    assert not cache_folders.is_usable(tmp_path / "file")
    assert not cache_folders.is_usable(tmp_path / "file" / "below")


def test_a_user_without_a_home_has_a_private_folder(monkeypatch, tmp_path):
    """As in containers that run under any user id: no HOME, no entry in the list of users."""
    for name in ("HOME", "XDG_CACHE_HOME", "NUMBA_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pwd.getpwuid", {}.__getitem__)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert list(cache_folders.candidate_folders()) == [tmp_path / f"eurosift-{os.getuid()}"]


def test_a_private_folder_that_others_can_write_is_no_candidate(monkeypatch, tmp_path):
    """Its owner could put a folder of theirs in the place of ours."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / f"eurosift-{os.getuid()}").mkdir()
    (tmp_path / f"eurosift-{os.getuid()}").chmod(0o777)
    assert all(tmp_path not in path.parents for path in cache_folders.candidate_folders())
