"""Kills at a random moment of a run, of one of its processes or of all, some more than once."""

from __future__ import annotations

import os
import signal
import time

from . import processes
from .scene import TIMEOUT_S, require

VICTIMS = ("worker", "worker", "coordinator", "coordinator", "group", "helper", "signal")
SIGNALS = {signal.SIGTERM: 75, signal.SIGUSR1: 75, signal.SIGINT: 130}


def strike(scene, rng):
    """Kill, run again, perhaps be killed again, and compare."""
    story = []
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        process = scene.start()
        moment = _wait_for_a_moment(scene, process, rng)
        story.append(f"{_kill(scene, process, rng)} {moment}")
        done = scene.verify()
        require(done.code in {0, 3}, f"killed, and something is damaged ({story})", done)
    scene.heal()
    scene.check()
    return "; ".join(story)


def _wait_for_a_moment(scene, process, rng):
    """Wait until a random time, or a random while after a random phase has begun."""
    if rng.random() < 0.4:
        seconds = rng.uniform(0, scene.calm.seconds)
        _until(process, seconds, lambda: False)
        return f"after {seconds:.2f} s"
    phase, seconds = rng.choice(scene.calm.phases), rng.expovariate(10)
    known = {str(path) for path in (scene.run_folder / "events").glob("*")}
    mark = f'"stage": "{phase}"'

    def begun():
        files = (scene.run_folder / "events").glob("*")
        return any(mark in path.read_text() for path in files if str(path) not in known)

    _until(process, TIMEOUT_S, begun)
    _until(process, seconds, lambda: False)
    return f"{seconds:.2f} s into {phase}"


def _until(process, seconds, condition):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None and not condition():
        time.sleep(0.005)


def _kill(scene, process, rng):
    victim = rng.choice(VICTIMS)
    if process.poll() is not None:
        require(process.returncode == 0, "ended by itself", scene.wait(process))
        return f"{victim}, but too late,"
    victim = _strike(scene, process, rng, victim)
    scene.kinds.append(victim)
    return victim


def _strike(scene, process, rng, victim):
    if victim in {"worker", "helper"}:
        find = getattr(processes, f"{victim}s")
        found = find(scene.token, process.pid)
        if not found:
            victim = "coordinator"
        else:
            os.kill(pid := rng.choice(found), signal.SIGKILL)
            told = processes.words(pid)
            done = scene.wait(process)
            require(done.code == 0, f"the death of one {victim} ({told}) ended the run", done)
            scene.check_processes()
            return victim
    if victim == "signal":
        number = rng.choice(list(SIGNALS))
        os.kill(process.pid, number)
        done = scene.wait(process)
        # Before the handlers stand, and once all is done, a signal ends a process as it always did.
        require(done.code in {0, SIGNALS[number], -number}, f"{number.name} was not obeyed", done)
        require("Traceback" not in done.err, f"{number.name} shows a traceback", done)
        scene.check_processes()
        return "signal"
    if victim == "group":
        os.killpg(process.pid, signal.SIGKILL)
    else:
        os.kill(process.pid, signal.SIGKILL)
    process.wait()
    # Else the next run starts while workers of this one may still be writing.
    if rng.random() < 0.5:
        scene.check_processes()
    return victim
