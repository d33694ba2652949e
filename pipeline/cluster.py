"""What the jobs of a launch do on the nodes: elements of arrays, and winding up at the end."""

from __future__ import annotations

import functools
import os
import time
from pathlib import Path
from typing import Any

from eurosift.pipeline import cleaning, events, index, settled
from eurosift.pipeline.array_executor import ArrayExecutor, rank_of
from eurosift.pipeline.arrays import FINISH, Arrays, PhaseArray, of_launch
from eurosift.pipeline.claim import Claim
from eurosift.pipeline.element import Ear
from eurosift.pipeline.errors import (
    EurosiftError,
    IncompleteError,
    InterruptedRunError,
    ShardsFailedError,
    SupersededError,
    exit_code,
)
from eurosift.pipeline.events import EventLog
from eurosift.pipeline.execute import grouped, make_pool
from eurosift.pipeline.launch import Launch
from eurosift.pipeline.map_tasks import Host, MapTasks
from eurosift.pipeline.pool import GRACE_S
from eurosift.pipeline.progress import log
from eurosift.pipeline.shards import remove_leftovers, write_text
from eurosift.pipeline.strays import prune
from eurosift.pipeline.tasks import Run

PATIENCE_S = (2.0, 5.0, 15.0)
"""How long to wait for files of other nodes that are not seen yet, again and again."""

FRUITLESS = 3
"""How often an element may be interrupted in a row without having finished a single item."""

MARGIN_S = 40
"""What an element keeps of the warning before its time is up, to end in order."""


def run(folder: str, name: str, label: str, ear: Ear) -> int:
    """Do the work of a job.

    Returns
    -------
    int
        0: all is done; 1: items failed; 75: interrupted; else as the command line.
    """
    launch = Launch.load(Path(folder), name)
    return wind_up(launch) if label == FINISH else run_element(launch, label, ear)


def run_element(launch: Launch, label: str, ear: Ear) -> int:
    """Run one element of an array, whose rank SLURM tells; its exit code."""
    array = Arrays.load(launch.folder, launch.name).find(label)
    rank = rank_of(os.environ)
    diary = EventLog(launch.folder, launch.name, rank, label)
    before = events.read_file(diary.path) if diary.path.exists() else []
    job = _job()
    claim = Claim.take(of_launch(launch.folder, launch.name) / "claims" / f"{label}-{rank:05d}")
    diary.write("element_start", stage=label, rank=rank, elements=array.elements, **job)
    end = functools.partial(diary.write, "element_end", stage=label, rank=rank, **job)
    try:
        done = _element(launch, array, ear, diary, claim)
    except SupersededError as error:  # who took over writes how the element ends
        log(f"{label}: {error}", "WARNING")
        return exit_code(error)
    except (EurosiftError, OSError) as error:
        code = exit_code(error) if isinstance(error, EurosiftError) else 2
        if code == 75 and fruitless(before) + 1 >= FRUITLESS and not _progress(diary, before):
            code = 1
            error = ShardsFailedError(
                f"{label}: interrupted {FRUITLESS} times without having finished an item: give "
                "elements more time with --time, or split large inputs"
            )
        for line in str(error).splitlines():
            log(line, "ERROR")
        end(code=code, error=str(error))
        return code
    except Exception as error:  # a mistake of ours, whose traceback is in the log of the job
        end(code=1, error=f"{type(error).__name__}: {error}")
        raise
    end(code=0, done=done)
    return 0


def _job() -> dict[str, Any]:
    told = os.environ
    return {
        "job": f"{told.get('SLURM_ARRAY_JOB_ID')}_{told.get('SLURM_ARRAY_TASK_ID')}",
        "node": told.get("SLURMD_NODENAME", ""),
        "restarts": int(told.get("SLURM_RESTART_COUNT", "0")),
    }


def fruitless(before: list[dict[str, Any]]) -> int:
    """Interruptions of an element since it last finished an item."""
    count = 0
    for event in before:
        if event.get("event") == "shard_done":
            count = 0
        elif event.get("event") == "element_end" and event.get("code") == 75:
            count += 1
    return count


def _progress(diary: EventLog, before: list[dict[str, Any]]) -> bool:
    found = events.read_file(diary.path)[len(before) :]
    return any(event.get("event") == "shard_done" for event in found)


def _element(launch: Launch, array: PhaseArray, ear: Ear, diary: EventLog, claim: Claim) -> int:
    arrays = Arrays.load(launch.folder, launch.name)
    whole = launch.build()
    node = whole.dag.nodes[array.stage]
    phase = next((p for p in node.phases if p.name == array.phase), None)
    _gate(launch, whole, array)
    pool = make_pool(launch, whole, arrays.workers, claim)

    def stop(name: str) -> None:
        warned = name == "SIGUSR1"
        pool.stop(max(GRACE_S, arrays.site.warn_seconds - MARGIN_S) if warned else GRACE_S)

    ear.handler = stop
    if ear.heard:
        stop(ear.heard)
    host = Host(whole, pool, diary, quiet=False, first=array.todo, claim=claim)
    step = MapTasks(host, node, phase)
    executor = ArrayExecutor(launch, array, arrays.site, [step])
    remove_leftovers(launch.folder / node.name)
    try:
        executor.run()
    finally:
        pool.close()
        remove_leftovers(launch.folder / node.name)
    if step.error is not None:
        raise step.error
    if pool.stopped:
        diary.write("signal", stage=array.label, signal=ear.heard)
        raise InterruptedRunError(
            f"{array.label}: stopped by {ear.heard}; it goes on when run again"
        )
    if step.failures:
        raise ShardsFailedError("\n".join(grouped(step.failures)))
    return step.done


def _gate(launch: Launch, whole: Run, array: PhaseArray) -> None:
    """Check that everything before a phase is complete, once per launch and phase.

    SLURM may start what it should not: it forgets jobs, and so what a dependency was about.

    Raises
    ------
    IncompleteError
        If something is missing or out of date.
    """
    passed = of_launch(launch.folder, launch.name) / "gates" / array.label
    if passed.exists():
        return
    for pause in (*PATIENCE_S, None):
        missing = _missing(whole, array)
        if not missing:
            break
        if pause is None:
            raise IncompleteError(
                f"{array.label}: {missing} comes first and is not complete; "
                "`eurosift retry` does what is missing"
            )
        time.sleep(pause)
    write_text(passed, "")


def _missing(whole: Run, array: PhaseArray) -> str:
    for state in whole.states(whole.dag.nodes[array.stage]):
        if (state.stage, state.phase) == (array.stage, array.phase):
            break
        if not state.done:
            return state.label
    return ""


def wind_up(launch: Launch) -> int:
    """Tidy up after all elements are over, and write down what came of the launch.

    Returns
    -------
    int
        0 if all stages of the launch are done, 3 if not.
    """
    whole = launch.build()
    diary = EventLog(launch.folder, launch.name, 0, FINISH)
    for path in cleaning.leftovers(launch.folder):
        if path.suffix == ".tmp":
            path.unlink(missing_ok=True)
    nodes = whole.dag.select(launch.select)
    behind = {state.stage for state in whole.states() if not state.done}
    for node in nodes:
        if node.name in behind:
            index.refresh(launch.folder, [node.name])
        else:
            prune(whole, node)
            settled.remember(whole, node)
    finished = [node.name for node in nodes if node.name not in behind]
    unfinished = [node.name for node in nodes if node.name in behind]
    diary.write("end", finished=finished, failed=unfinished, signal=None)
    if unfinished:
        log(f"not complete: {', '.join(unfinished)}", "ERROR")
        return 3
    return 0
