"""Submitting a launch to a cluster: what can be known is checked before, then all or nothing."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Collection
from pathlib import Path

from eurosift.pipeline import activity
from eurosift.pipeline.activity import Pulse
from eurosift.pipeline.array_executor import ArrayExecutor, job_name
from eurosift.pipeline.arrays import JOBS, Arrays, of_launch, unfinished
from eurosift.pipeline.errors import RunFolderError, SchedulerError
from eurosift.pipeline.launch import Launch
from eurosift.pipeline.scheduler import Job, Limits, Scheduler
from eurosift.pipeline.shards import write_text


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
    launches = unfinished(folder)
    if not launches:
        return
    remedy = "wait for it (`eurosift status`), or end it and go on with --take-over"
    try:
        jobs = in_queue(folder, launches, scheduler)
    except SchedulerError:
        heard = [e for n in launches for e in activity.elements(folder, launch=n)]
        alive = next((e for e in heard if e.pulse is Pulse.RUNNING), None)
        if alive is not None and not take_over:
            raise RunFolderError(
                f"{folder}: elements of a launch on a cluster work here (job {alive.job} on "
                f"{alive.host} was heard at {alive.heard}); {remedy}"
            ) from None
        return
    arrays = list(dict.fromkeys(job.array for job in jobs))
    if take_over:
        scheduler.cancel(arrays)
    elif arrays:
        raise RunFolderError(
            f"{folder}: a launch is in the queue of SLURM (jobs {', '.join(arrays)}); {remedy}"
        )


def in_queue(folder: Path, launches: Collection[str], scheduler: Scheduler) -> list[Job]:
    """Elements of launches that are not over.

    They are known by the token that each carries; where a site puts comments of its own in its
    place, by number and name together, for numbers alone may be those of others by now.

    Raises
    ------
    SchedulerError
        If there is no SLURM, or it does not answer.
    """
    own: set[tuple[str, str]] = set()
    for launch in launches:
        with contextlib.suppress(OSError, ValueError):
            text = (of_launch(folder, launch) / JOBS).read_text(encoding="utf-8")
            for label, ids in json.loads(text).items():
                own.update((job, job_name(folder, label)) for job in ids)
    return [j for j in scheduler.queue() if j.token in launches or (j.array, j.name) in own]


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
    """Note the ids, for people and for `in_queue`: what is done is never decided by them."""
    path = of_launch(launch.folder, launch.name) / JOBS
    write_text(path, json.dumps(jobs, indent=1) + "\n")
