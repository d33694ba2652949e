"""What a login node tells of its cluster: SLURM, its limits, partitions, accounts, quotas."""

from __future__ import annotations

import getpass
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from eurosift.pipeline.errors import SchedulerError
from eurosift.pipeline.places import file_system
from eurosift.pipeline.scheduler import Scheduler

ANSWER_S = 20.0

Finding = tuple[str, Literal["ok", "warning", "failed"], str]
"""Name, verdict, and what was found."""


def findings(folder: Path, scheduler: Scheduler | None = None) -> Iterator[Finding]:
    """Name, verdict and finding of each check; nothing where there is no SLURM.

    Parameters
    ----------
    folder
        Where runs are going to be.
    scheduler
        Who is asked.
    """
    scheduler = scheduler or Scheduler()
    if not scheduler.there:
        return
    try:
        limits = scheduler.limits()
        sizes = f"arrays of {limits.max_array} elements (MaxArraySize)"
        told = f"{limits.version}; {sizes}, {limits.max_jobs} jobs at all (MaxJobCount)"
        yield "slurm", "ok", told
        yield "partitions", "ok", "; ".join(scheduler.describe_partitions())
    except SchedulerError as error:
        # It may be there for no reason; a run on this machine does without.
        yield "slurm", "warning", str(error)
        return
    yield _accounts(scheduler)
    yield _quota(folder)


def _accounts(scheduler: Scheduler) -> Finding:
    try:
        found = scheduler.accounts()
    except SchedulerError:
        return "accounts", "ok", "this cluster keeps no accounts, or does not tell them"
    if not found:
        return "accounts", "warning", "you have none: ask for one"
    return "accounts", "ok", "; ".join(found)


def _quota(folder: Path) -> Finding:
    there = next(p for p in (folder.resolve(), *folder.resolve().parents) if p.is_dir())
    kind, user = file_system(there), getpass.getuser()
    asked: Sequence[str] = {
        "lustre": ("lfs", "quota", "-h", "-u", user, str(there)),
        "gpfs": ("mmlsquota", "-u", user, "--block-size", "auto"),
    }.get(kind, ("quota", "-s", "-w"))
    said = _ask(asked)
    on = f"{there} is of type {kind or 'unknown'}"
    if said is None:
        return "quota", "warning", f"{on}; `{asked[0]}` is not there or tells nothing"
    return "quota", "ok", f"{on}; {said or 'no quota'}"


def _ask(command: Sequence[str]) -> str | None:
    """What a command says, in one line; None if it cannot be run."""
    program = shutil.which(command[0])
    if program is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command with a path of the user's own
            [program, *command[1:]], capture_output=True, text=True, check=False, timeout=ANSWER_S
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = [" ".join(line.split()) for line in done.stdout.splitlines() if line.strip()]
    return "; ".join(lines) if done.returncode == 0 else None
