"""One finished demo run, shared by the tests that look at it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def eurosift(*arguments, check=True, **options):
    """Run the command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "eurosift.pipeline", *map(str, arguments)],
        check=check,
        capture_output=True,
        text=True,
        timeout=900,
        **options,
    )


@pytest.fixture(scope="session")
def command():
    return eurosift


@pytest.fixture(scope="session")
def demo(tmp_path_factory) -> Path:
    """Folder of the demo, run to the end without a disturbance by two workers."""
    folder = tmp_path_factory.mktemp("demo") / "demo"
    eurosift("init", "--template", "demo", folder)
    eurosift("run", folder / "recipe.yaml", "--workers", "2", "--quiet")
    return folder


@pytest.fixture
def fresh(demo, tmp_path) -> Path:
    """The same demo, not run yet: same crawl, same recipe, same key."""
    folder = tmp_path / "demo"
    shutil.copytree(demo, folder, ignore=shutil.ignore_patterns("runs"))
    return folder


@pytest.fixture
def finished(demo, tmp_path) -> Path:
    """A copy of the finished demo that a test may damage."""
    folder = tmp_path / "demo"
    shutil.copytree(demo, folder)
    return folder
