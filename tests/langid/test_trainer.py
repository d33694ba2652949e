"""The environment in which models are trained."""

import sys
from pathlib import Path

import pytest

from eurosift.langid import trainer
from eurosift.langid.errors import TrainingError
from eurosift.langid.trainer import PACKAGES, READY, cache_folder, make_environment, versions


def test_an_interpreter_that_is_not_there_is_an_error_with_a_remedy(tmp_path):
    with pytest.raises(TrainingError, match=r"no-python: cannot train.*fasttext-numpy2-wheel"):
        versions(tmp_path / "no-python")


def test_this_environment_cannot_train():
    """The build for inference, if any, has no training in it."""
    with pytest.raises(TrainingError, match=r"cannot train \((AttributeError|ModuleNotFound)"):
        versions(Path(sys.executable))


def test_what_is_no_interpreter_is_an_error_whatever_it_says():
    for program in ("/bin/true", "/bin/echo"):
        with pytest.raises(TrainingError, match=f"{program}: cannot train"):
            versions(Path(program))


def test_the_cache_follows_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "eurosift"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() == Path.home() / ".cache" / "eurosift"


def test_an_environment_is_made_once_and_again_if_it_was_not_finished(monkeypatch, tmp_path):
    commands, told = [], []

    def run(command):
        commands.append(command)
        python = next(tmp_path.glob("trainer-*"), tmp_path / "trainer-x") / "bin" / "python"
        if "venv" in command:
            python = Path(command[-1]) / "bin" / "python"
            python.parent.mkdir(parents=True, exist_ok=True)
            python.touch()

    monkeypatch.setattr(trainer, "_run", run)
    made = make_environment(tmp_path, told.append)
    assert made == make_environment(tmp_path, told.append)
    assert [len(commands), len(told)] == [2, 1]
    assert commands[1][-2:] == [f"{name}=={version}" for name, version in PACKAGES.items()]
    (made.parents[1] / READY).unlink()
    assert make_environment(tmp_path, told.append) == made
    assert [len(commands), len(told)] == [4, 2]


@pytest.mark.parametrize("with_uv", [True, False])
def test_without_a_package_index_there_is_a_message_with_a_remedy(monkeypatch, tmp_path, with_uv):
    if not with_uv:
        monkeypatch.setattr(trainer.shutil, "which", lambda *_, **__: None)
    for name in ("PIP_NO_INDEX", "UV_OFFLINE", "UV_NO_INDEX"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    with pytest.raises(TrainingError) as refused:
        make_environment(tmp_path, lambda _: None)
    assert "cannot make an environment to train in" in str(refused.value)
    assert "name its Python with --trainer" in str(refused.value)
    assert not list(tmp_path.glob(f"*/{READY}"))
