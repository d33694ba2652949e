"""What the machine gives: cores and memory, as far as this process may use them."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path

PROC = Path("/proc")
GROUPS = Path("/sys/fs/cgroup")

COORDINATOR_BYTES = 512 << 20
"""Kept for the coordinator."""

LEAST_WORKER_BYTES = 1 << 30
"""What workers are given whatever the machine says: with less, all items would fail."""

THREADS = ("OMP_NUM_THREADS", "POLARS_MAX_THREADS", "NUMBA_NUM_THREADS", "ARROW_IO_THREADS")
"""Environment variables by which libraries are told how many threads to start."""


def cores() -> int:
    """Number of cores that this process may use."""
    return len(os.sched_getaffinity(0))


def available_memory(proc: Path = PROC, groups: Path = GROUPS) -> int:
    """Bytes of memory that are free, of those that the control group allows."""
    free = _meminfo(proc, "MemAvailable")
    try:
        limit, used = (int((groups / f"memory.{x}").read_text()) for x in ("max", "current"))
    except (OSError, ValueError):  # no control groups of version 2, or no limit
        return free
    return min(free, max(limit - used, 0))


def total_memory(
    proc: Path = PROC, groups: Path = GROUPS, environment: Mapping[str, str] = os.environ
) -> int:
    """Bytes of memory that there are, of those that the control group and SLURM allow."""
    found = [_meminfo(proc, "MemTotal")]
    with contextlib.suppress(OSError, ValueError):  # as above
        found.append(int((groups / "memory.max").read_text()))
    per_node, per_cpu, cpus = (
        int(text) if (text := environment.get(f"SLURM_{name}", "")).isdigit() else 0
        for name in ("MEM_PER_NODE", "MEM_PER_CPU", "CPUS_ON_NODE")
    )
    # 0 is what `--mem=0` leaves there, by which a job asks for all memory of its nodes.
    found += [megabytes << 20 for megabytes in (per_node, per_cpu * cpus) if megabytes]
    return min(found)


def workers_memory() -> int:
    """What all workers may have together, in bytes; never less than one of them needs."""
    return max(total_memory() - COORDINATOR_BYTES, LEAST_WORKER_BYTES)


def thread_environment(threads: int) -> dict[str, str]:
    """Environment of a process whose libraries are to start so many threads."""
    return dict.fromkeys(THREADS, str(threads))


def _meminfo(proc: Path, name: str) -> int:
    lines = (proc / "meminfo").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith(f"{name}:"))
