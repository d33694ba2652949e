"""A full disk ends a run in one line; with space again, it goes on as if nothing had been."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]


@pytest.fixture
def small_disk(tmp_path):
    """A file system of its own, of 300 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    if mount is None or os.geteuid() != 0:
        pytest.skip("mounting a file system takes root")
    done = subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"cannot mount a file system: {done.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_full_disk(fresh, demo, command, small_disk):
    recipe = fresh / "recipe.yaml"
    recipe.write_text(f"{recipe.read_text()}\noutput: {small_disk}/run\n")
    found = command("run", recipe, check=False)
    assert found.returncode == 2
    last = found.stderr.splitlines()[-1]
    assert "no space left on the disk; free some and run again" in last
    assert "Traceback" not in found.stderr
    subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
    command("run", recipe, "--quiet")
    for path in sorted((demo / "runs/demo/release").rglob("*.parquet")):
        name = path.relative_to(demo / "runs/demo")
        assert (small_disk / "run" / name).read_bytes() == path.read_bytes()
    assert command("verify", recipe).returncode == 0
