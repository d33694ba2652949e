"""What a command spends."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import NamedTuple

_SCRIPT = """
import resource, subprocess, sys, time
start = time.perf_counter()
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
seconds = time.perf_counter() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
"""


class Spent(NamedTuple):
    """Wall seconds, processor seconds of all threads, and peak resident memory in MiB."""

    seconds: float
    cpu_seconds: float
    peak_mb: float


def run_alone(command: Sequence[str], environment: Mapping[str, str]) -> Spent:
    """Run a command below a small process: a child's peak begins with the memory of its parent."""
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, *command],
        env=environment, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return Spent(*map(float, done.stdout.split()))
