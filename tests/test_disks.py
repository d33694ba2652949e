"""What killed tests have left mounted is told from everything else."""

import os
import subprocess
import sys

import pytest

from tests import disks


@pytest.fixture
def unmounted(monkeypatch, tmp_path):
    """Folders that are unmounted, for a table of mounts that is given."""
    gone = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout.strip()

    def of(table):
        (tmp_path / "mounts").write_text(table.format(gone=gone, own=os.getpid()))
        calls = []
        with monkeypatch.context() as patch:
            patch.setattr(disks, "MOUNTS", tmp_path / "mounts")
            patch.setattr(subprocess, "run", lambda command, **_: calls.append(command))
            disks.unmount_leftovers()
        return calls

    return of


def test_leftovers_of_killed_tests_are_unmounted(unmounted):
    table = (
        "tmpfs /dev/shm tmpfs rw 0 0\n"
        "eurosift-tests-{own} /tmp/at-work tmpfs rw 0 0\n"
        "eurosift-tests-{gone} /tmp/left\\040over tmpfs rw 0 0\n"
    )
    assert unmounted(table) == [["umount", "/tmp/left over"]]
