"""A full disk ends a run in one line; with space again, it goes on as if nothing had been."""

from __future__ import annotations

import pytest

from tests.disks import NotPossibleError, mount, remount, unmount

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]


@pytest.fixture
def small_disk(tmp_path):
    """A file system of its own, of 300 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    try:
        mount(folder, "size=300k")
    except NotPossibleError as error:
        pytest.skip(str(error))
    yield folder
    unmount(folder)


def test_full_disk(fresh, demo, command, small_disk):
    recipe = fresh / "recipe.yaml"
    recipe.write_text(f"{recipe.read_text()}\noutput: {small_disk}/run\n")
    found = command("run", recipe, check=False)
    assert found.returncode == 2
    last = found.stderr.splitlines()[-1]
    assert "no space left on the disk; free some and run again" in last
    assert "Traceback" not in found.stderr
    remount(small_disk, "size=64m")
    command("run", recipe, "--quiet")
    for path in sorted((demo / "runs/demo/release").rglob("*.parquet")):
        name = path.relative_to(demo / "runs/demo")
        assert (small_disk / "run" / name).read_bytes() == path.read_bytes()
    assert command("verify", recipe).returncode == 0
