"""Elements of an array that have stalled are queued again, beside the others, which go on.

An element keeps its number when it is queued again, so all that depends on its array goes on
waiting. SLURM ends what still lives of it, where it can; where it cannot, the old attempt finds out
by itself that another has taken over (see `claim`).
"""

from __future__ import annotations

from pathlib import Path

from eurosift.pipeline import activity
from eurosift.pipeline.activity import Pulse
from eurosift.pipeline.arrays import Arrays
from eurosift.pipeline.errors import RunFolderError
from eurosift.pipeline.scheduler import Scheduler
from eurosift.pipeline.submission import in_queue

AT_WORK = {"RUNNING", "SUSPENDED"}
"""States of a job that has begun; in any other one that is in the queue, SLURM starts it itself."""


def requeue(folder: Path, launch: str, scheduler: Scheduler) -> list[str]:
    """Queue the stalled elements of a launch again.

    Parameters
    ----------
    folder, launch
        The run folder, and the name of the launch.
    scheduler
        Has its jobs.

    Returns
    -------
    list of str
        What became of each, in words; nothing if none has stalled.

    Raises
    ------
    RunFolderError
        If the site does not queue elements again, or the job of one is over.
    SchedulerError
        If SLURM does not answer, or refuses.
    """
    elements = activity.elements(folder, launch=launch)
    found = [element for element in elements if element.pulse is Pulse.STALLED]
    if not found:
        return []
    if not Arrays.load(folder, launch).site.requeue:
        raise RunFolderError(
            f"{folder}: its site does not queue elements again; end the launch and go on with "
            "`eurosift retry --take-over`"
        )
    states = {f"{j.array}_{j.task}": j.state for j in in_queue(folder, [launch], scheduler)}
    lost = [f"{e.name} (job {e.job})" for e in found if e.job not in states]
    if lost:
        raise RunFolderError(
            f"{folder}: not in the queue any more: {', '.join(lost)}; `eurosift retry` does what "
            "is missing when the launch is over, or now with --take-over"
        )
    told = []
    for element in found:
        state = states[element.job]
        if state in AT_WORK:
            scheduler.requeue(element.job)
            told.append(f"{element.name}: job {element.job} is queued again")
        else:
            told.append(f"{element.name}: SLURM starts job {element.job} itself ({state.lower()})")
    return told
