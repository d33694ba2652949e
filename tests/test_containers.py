"""The Apptainer definition, as far as it can be tried without Apptainer."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "containers" / "eurosift.def").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^%(\w+)\n(.*?)(?=^%\w+\n|\Z)", TEXT, re.MULTILINE | re.DOTALL))


def shell(script, *options, **environment):
    return subprocess.run(
        ["bash", *options, "-c", script],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_it_has_the_python_that_the_wheels_are_for():
    (version,) = re.findall(r"^From: python:(\d+\.\d+)", TEXT, re.MULTILINE)
    page = (ROOT / "docs" / "offline.md").read_text(encoding="utf-8")
    assert f"--python-version {version} " in page


@pytest.mark.parametrize("section", ["post", "environment", "test", "runscript"])
def test_its_scripts_are_right(section):
    done = shell(SECTIONS[section], "-n")
    assert (done.returncode, done.stderr) == (0, "")


def test_nothing_is_fetched_when_it_is_built():
    installs = [line for line in SECTIONS["post"].splitlines() if " install " in line]
    assert len(installs) == 1
    assert "--no-index --find-links /wheelhouse" in installs[0]


def test_its_own_test_passes_where_eurosift_is_installed(tmp_path):
    script = SECTIONS["test"].replace("/opt/eurosift/bin", str(Path(sys.executable).parent))
    done = shell("set -e\n" + script.replace("/tmp/demo", str(tmp_path / "demo")))
    assert done.returncode == 0, done.stderr
    assert "eurosift/langid/data/eu24.ftz" in done.stdout
    assert not (tmp_path / "demo").exists()
