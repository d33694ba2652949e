"""Submitting a launch to a cluster: what can be known is checked before, then all or nothing."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Collection, Sequence
from pathlib import Path

from eurosift.pipeline import elements
from eurosift.pipeline.array_executor import ArrayExecutor
from eurosift.pipeline.arrays import JOBS, Arrays, of_launch
from eurosift.pipeline.elements import Fate
from eurosift.pipeline.errors import RunFolderError, SchedulerError
from eurosift.pipeline.launch import Launch
from eurosift.pipeline.scheduler import Job, Limits, Scheduler
from eurosift.pipeline.shards import write_text
from eurosift.pipeline.site import Site

PROBE_BYTES = 1 << 20
"""What has to fit on the disk for a run to begin."""


def check_room(folder: Path) -> None:
    """See whether something can be written where a run is going to be.

    Raises
    ------
    OSError
        If not: no space, no quota, no permission.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f".room-{secrets.token_hex(4)}.tmp"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            content = memoryview(bytes(PROBE_BYTES))
            while content:
                content = content[os.write(descriptor, content) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(folder)) from None
    finally:
        path.unlink(missing_ok=True)


def check_shared(site: Site, paths: Sequence[Path]) -> None:
    """Refuse what other nodes do not see.

    Raises
    ------
    RunFolderError
        If a path lies in a folder, or on a file system, that every node has for itself.
    """
    for path in paths:
        real = path.resolve()
        kind = file_system(real)
        for private in site.not_shared:
            inside = private.startswith("/") and real.is_relative_to(private)
            if inside or kind == private:
                where = private if inside else f"a file system of type {kind}"
                raise RunFolderError(
                    f"{path}: lies in {where}, which every node has for itself: what a run reads "
                    "and writes has to be on a file system that all nodes share"
                )


def file_system(path: Path) -> str:
    """Type of the file system that a path is on; empty if it cannot be told."""
    best, kind = "", ""
    try:
        lines = Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    for line in lines:
        _, point, found, *_ = line.split(" ")
        point = point.replace("\\040", " ")
        if path.is_relative_to(point) and len(point) >= len(best):
            best, kind = point, found
    return kind


def refuse_second(folder: Path, scheduler: Scheduler, *, take_over: bool = False) -> None:
    """Refuse to run while elements of an earlier launch may still be at work.

    What they write would do no harm, but the same work would be done and paid for twice.

    Parameters
    ----------
    folder
        The run folder.
    scheduler
        Knows who is in the queue.
    take_over
        Cancel them instead.

    Raises
    ------
    RunFolderError
        If there are some.
    """
    launches = elements.unfinished(folder)
    if not launches:
        return
    remedy = "wait for it (`eurosift status`), or end it and go on with --take-over"
    jobs = _in_queue(launches, scheduler)
    if jobs is None:
        heard = [
            e for n in launches for e in elements.of_launch(folder, n) if e.fate is Fate.RUNNING
        ]
        if heard and not take_over:
            raise RunFolderError(
                f"{folder}: elements of a launch on a cluster work here (job {heard[0].job} on "
                f"{heard[0].node} was heard {heard[0].silent_s:.0f} s ago); {remedy}"
            )
        return
    arrays = list(dict.fromkeys(job.array for job in jobs))
    if take_over:
        scheduler.cancel(arrays)
    elif arrays:
        raise RunFolderError(
            f"{folder}: a launch is in the queue of SLURM (jobs {', '.join(arrays)}); {remedy}"
        )


def _in_queue(launches: Collection[str], scheduler: Scheduler) -> list[Job] | None:
    """Elements of launches that are not over; None if there is no SLURM, or it does not answer."""
    if not scheduler.there:
        return None
    try:
        return [job for job in scheduler.queue() if job.token in launches]
    except SchedulerError:
        return None


def submit(launch: Launch, arrays: Arrays, scheduler: Scheduler, limits: Limits) -> list[str]:
    """Submit all arrays of a launch and the job that winds it up.

    The number of calls depends on the number of arrays alone.

    Returns
    -------
    list of str
        Ids of all jobs, in order.

    Raises
    ------
    SchedulerError
        If one is not taken; those before it are cancelled again.
    """
    site = arrays.site
    most = min(limits.max_array, site.max_array or limits.max_array)
    arrays.save(launch.folder, launch.name)
    executors = [ArrayExecutor(launch, array, site) for array in arrays.phases]
    last = ArrayExecutor(launch, None, site)
    for executor in (*executors, last):
        executor.write_script(most)
    scheduler.check(executors[0].script, executors[0].asked)
    jobs: dict[str, list[str]] = {}
    try:
        for executor, array in zip(executors, arrays.phases, strict=True):
            before = [job for need in array.needs for job in jobs[need]]
            jobs[array.label] = executor.launch_job(scheduler, most, before)
            _record(launch, jobs)
        everything = [job for ids in jobs.values() for job in ids]
        jobs[last.label] = last.launch_job(scheduler, most, everything)
        _record(launch, jobs)
    except BaseException:
        scheduler.cancel(job for ids in jobs.values() for job in ids)
        raise
    return [job for ids in jobs.values() for job in ids]


def _record(launch: Launch, jobs: dict[str, list[str]]) -> None:
    """Note the ids, for people: nothing is ever decided by them."""
    path = of_launch(launch.folder, launch.name) / JOBS
    write_text(path, json.dumps(jobs, indent=1) + "\n")
