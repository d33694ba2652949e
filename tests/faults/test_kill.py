"""Killed at any point, a run that is started again ends byte-identical to an undisturbed one."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.waiting import wait_for

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]


def data(folder):
    """Content of every data file of a run, by name."""
    run = folder / "runs" / "demo"
    stages = ("extract", "langid", "signals", "quality", "dedup", "pii", "count", "release")
    return {
        str(path.relative_to(run)): path.read_bytes()
        for stage in stages
        for path in sorted((run / stage).rglob("*"))
        if path.is_file()
    }


def assert_same(one, other):
    assert sorted(one) == sorted(other)
    assert [name for name in one if one[name] != other[name]] == []


def start(folder, workers=2):
    """A run in a process group of its own."""
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "eurosift.pipeline", "run", str(folder / "recipe.yaml")),
            *("--quiet", "--workers", str(workers)),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def workers_of(pid):
    """Processes below `pid` that are workers of its pool."""
    below = {pid}
    found = []
    for path in sorted(Path("/proc").glob("[0-9]*"), key=lambda p: int(p.name)):
        try:
            fields = (path / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) in below:
            below.add(int(path.name))
            found.append(int(path.name))
    return found


def living(pids):
    alive = []
    for pid in pids:
        try:
            state = (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if state not in "ZX":
            alive.append(pid)
    return alive


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whole_group_killed(fresh, demo, command, seed):
    """kill -9 of coordinator and workers, in the middle of a stage chosen at random."""
    stage = random.Random(seed).choice(["extract", "langid", "quality", "dedup", "pii", "release"])
    process = start(fresh)
    try:
        wait_for(lambda: any((fresh / "runs/demo" / stage).rglob("*.parquet*")), process)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    command("run", fresh / "recipe.yaml", "--quiet")
    assert_same(data(fresh), data(demo))


def test_single_worker_killed(fresh, demo):
    """A worker's death costs nothing but time: the same run goes on and ends well."""
    process = start(fresh)
    victims = []

    def writing():
        victims[:] = [p for p in workers_of(process.pid) if _writes(p, fresh)]
        return victims

    wait_for(writing, process)
    os.kill(victims[0], signal.SIGKILL)
    assert process.wait(timeout=900) == 0
    assert_same(data(fresh), data(demo))


def _writes(pid, folder):
    try:
        links = [str(p.readlink()) for p in Path(f"/proc/{pid}/fd").iterdir()]
    except OSError:
        return False
    return any(link.startswith(str(folder)) and ".tmp" in link for link in links)


def test_no_worker_outlives_its_coordinator(fresh):
    """Once the coordinator was killed, nothing of it runs."""
    process = start(fresh)
    wait_for(lambda: any((fresh / "runs/demo/extract").glob(".*.tmp")), process)
    children = workers_of(process.pid)
    assert children
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    wait_for(lambda: not living(children))


@pytest.mark.parametrize("workers", [1, 5])
def test_number_of_workers_does_not_show(fresh, demo, command, workers):
    """One or five workers write the same bytes as two."""
    command("run", fresh / "recipe.yaml", "--quiet", "--workers", workers)
    assert_same(data(fresh), data(demo))
