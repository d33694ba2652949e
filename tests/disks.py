"""Small file systems in memory, on which tests run out of room.

What a killed test leaves mounted is unmounted when tests are started the next time: the name of the
file system tells whose it is.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

NAME = "eurosift-tests-"
"""Behind it stands the process that mounted it."""
MOUNTS = Path("/proc/mounts")


class NotPossibleError(Exception):
    """This machine does not let us mount a file system."""


def mount(folder, options):
    """Mount a file system of its own at a folder, with options of tmpfs."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        raise NotPossibleError("mounting a file system takes root")
    _call("mount", "-t", "tmpfs", "-o", options, f"{NAME}{os.getpid()}", str(folder))


def remount(folder, options):
    """Give it other options, such as more room."""
    _call("mount", "-o", f"remount,{options}", str(folder))


def unmount(folder):
    _call("umount", str(folder))


def unmount_leftovers():
    """Unmount file systems of processes that are gone."""
    for line in MOUNTS.read_text().splitlines() if MOUNTS.exists() else ():
        name, folder, *_ = (re.sub(r"\\(\d{3})", _character, field) for field in line.split(" "))
        pid = name.removeprefix(NAME)
        if name.startswith(NAME) and not Path(f"/proc/{pid}").exists():
            # Another process may have been faster.
            subprocess.run(["umount", folder], capture_output=True, check=False)


def _character(octal):
    return chr(int(octal[1], 8))


def _call(*arguments):
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotPossibleError(f"{' '.join(arguments)}: {done.stderr.strip()}")
