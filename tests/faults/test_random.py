"""A selection of faults at random points; `make faults` makes hundreds of them."""

from __future__ import annotations

import os
import signal

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]

SEEDS = [
    *(("kills", 2), ("kills", 16), ("disks", 2), ("damages", 3), ("damages", 8)),
    *(("inputs", 4), ("unreadable", 1), ("twice", 1)),
]


@pytest.mark.parametrize(("kind", "seed"), SEEDS)
def test_a_disturbed_run_ends_like_an_undisturbed_one(strike, kind, seed):
    strike(kind, seed)


@pytest.fixture
def finished_scene(harness, calm, tmp_path):
    made = harness.Scene(calm, tmp_path / "finished", finished=True)
    yield made
    made.close()


def test_the_harness_sees_one_other_byte(harness, finished_scene):
    finished_scene.check()
    path = finished_scene.run_folder / "release" / "README.md"
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(harness.FaultError, match=r'"other content": \["release/README\.md"\]'):
        finished_scene.check()


def test_the_harness_sees_what_is_left_behind(harness, finished_scene):
    (finished_scene.run_folder / "extract" / ".x.tmp").touch()
    with pytest.raises(harness.FaultError, match=r"\.x\.tmp"):
        finished_scene.check()


def test_the_harness_sees_a_process_that_lives_on(harness, finished_scene):
    process = finished_scene.start("--workers", "1")
    # One that has just begun has no environment yet, by which it is known.
    while process.pid not in harness.processes.living(finished_scene.token):
        assert process.poll() is None
    os.kill(process.pid, signal.SIGSTOP)
    with pytest.raises(harness.FaultError, match="still alive after 5 s"):
        finished_scene.check_processes()
    finished_scene.close()
    process.wait()
