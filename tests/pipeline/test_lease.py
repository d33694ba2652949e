"""Two runs at once on one folder are refused; a dead one never stands in the way."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from eurosift.pipeline import lease
from eurosift.pipeline.errors import RunFolderError
from eurosift.pipeline.lease import Lease
from eurosift.pipeline.processes import start_time

HOLD = """
import pathlib, sys, time
from eurosift.pipeline.lease import Lease
with Lease(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def other(tmp_path):
    """Another process that holds the lease of `tmp_path`."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_second_holder_is_refused_and_told_who_is_first(tmp_path, other):
    with pytest.raises(RunFolderError, match=rf"process {other.pid} on {os.uname().nodename}"):
        Lease(tmp_path).__enter__()


def test_lease_of_a_killed_process_is_free_at_once(tmp_path, other):
    other.kill()
    other.wait()
    with Lease(tmp_path):
        assert (tmp_path / lease.FILE).exists()
    assert list(tmp_path.iterdir()) == []


def test_released_lease_is_free(tmp_path):
    with Lease(tmp_path):
        pass
    with Lease(tmp_path):
        pass


def test_reused_process_number_does_not_hold(tmp_path):
    """The number lives, but the process that took the lease was another one."""
    holder = {"host": os.uname().nodename, "pid": os.getpid(), "started": "1", "token": "x"}
    (tmp_path / lease.FILE).write_text(json.dumps(holder))
    with Lease(tmp_path):
        pass


@pytest.mark.parametrize(("age_s", "free"), [(5, False), (3600, True)])
def test_holder_on_another_host_counts_by_its_heartbeat(tmp_path, age_s, free):
    path = tmp_path / lease.FILE
    path.write_text(json.dumps({"host": "elsewhere", "pid": 1, "started": "1", "token": "x"}))
    then = path.stat().st_mtime - age_s
    os.utime(path, (then, then))
    if free:
        with Lease(tmp_path):
            pass
    else:
        with pytest.raises(RunFolderError, match="elsewhere"):
            Lease(tmp_path).__enter__()


def test_heartbeat_keeps_the_lease_fresh(tmp_path, monkeypatch):
    monkeypatch.setattr(lease, "HEARTBEAT_S", 0.01)
    path = tmp_path / lease.FILE
    with Lease(tmp_path):
        os.utime(path, (0, 0))
        deadline = 30_000
        while path.stat().st_mtime == 0 and deadline:
            deadline -= 1
            subprocess.run(["sleep", "0.01"], check=True)
        assert path.stat().st_mtime > 0


def test_who_hangs_on_this_host_loses_the_lease_to_who_asks_for_that(tmp_path, other):
    os.utime(tmp_path / lease.FILE, (0, 0))
    with pytest.raises(RunFolderError, match="if it hangs, `eurosift retry --stalled` takes over"):
        Lease(tmp_path).__enter__()
    with Lease(tmp_path, take_over=True) as second:
        assert second.claim.held
    os.utime(tmp_path)
    with Lease(tmp_path) as third:
        assert not second.claim.held
        with pytest.raises(RunFolderError):
            Lease(tmp_path, take_over=True).__enter__()
        assert third.claim.held


def test_who_has_lost_the_lease_keeps_nobody_elses_fresh(tmp_path, monkeypatch):
    monkeypatch.setattr(lease, "HEARTBEAT_S", 0.01)
    path = tmp_path / lease.FILE
    with Lease(tmp_path) as first:
        path.write_text(json.dumps({"host": "elsewhere", "pid": 1, "token": "x"}))
        os.utime(path, (0, 0))
        first._heart.join(timeout=300)
        assert not first._heart.is_alive()
        assert path.stat().st_mtime == 0


def test_damaged_lease_is_taken_over(tmp_path):
    (tmp_path / lease.FILE).write_text("{")
    with Lease(tmp_path):
        pass


def test_start_time_tells_processes_apart():
    process = subprocess.Popen(["sleep", "60"])
    assert start_time(process.pid) is not None
    process.kill()
    process.wait()
    assert start_time(process.pid) is None
    assert start_time(os.getpid()) == start_time(os.getpid())
