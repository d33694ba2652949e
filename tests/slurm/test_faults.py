"""What goes wrong on clusters: each time the data is the same in the end, and the queue empty."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from eurosift.pipeline import events
from tests.waiting import wait_for

STAGES = {"slow": {"seconds": 4}, "upper": None}


@pytest.fixture
def slow(on_cluster):
    """A project of shards that take some seconds each, three of them at once."""
    on_cluster.project.write(STAGES)
    return on_cluster


@pytest.fixture(scope="module")
def expected(make_project, tmp_path_factory, hashes):
    """Hashes of the same run with so many shards, made in this process without the sleep."""

    def make(number):
        project = make_project(tmp_path_factory.mktemp("expected"))
        project.inputs(*shards(number))
        # How long a stage sleeps is a parameter of it, and so in the footers of its files.
        project.write({**STAGES, "slow": {"seconds": 0.01}})
        project.perform()
        return {name: h for name, h in hashes(project.run_folder).items() if "slow/" not in name}

    return make


def shards(number):
    return [[f"mlt_Latn shard {n} row {row}" for row in range(2)] for n in range(number)]


def start(on_cluster, number, *more):
    """Launch, and come back when all three elements of `slow` are at work: their first events."""
    project = on_cluster.project
    project.inputs(*shards(number))
    log = project.folder / "told"
    with log.open("w") as file:
        process = subprocess.Popen(
            [
                sys.executable, "-m", "eurosift.pipeline", "run", str(project.recipe),
                "--site", str(on_cluster.site), "--yes", "--wait", "--elements", "3", *more,
            ],
            env=on_cluster.slurm.env | {"PYTHONPATH": os.environ["PYTHONPATH"]},
            stdout=file,
            stderr=file,
        )  # fmt: skip
    process.log = log

    def at_work():
        assert process.poll() is None, log.read_text()
        found = [e for e in events.read(project.run_folder) if e.get("stage") == "slow"]
        begun = {e["pid"] for e in found if e["event"] == "phase"}
        return len(begun) == 3 and [e for e in found if e["event"] == "element_start"]

    wait_for(at_work, every_s=0.3)
    return process, sorted(at_work(), key=lambda e: e["rank"])


def finished(on_cluster, process, code, number, expected):
    process.wait(timeout=1800)
    assert process.returncode == code, process.log.read_text()
    on_cluster.slurm.drain()
    if code == 0:
        same(on_cluster, number, expected)


def same(on_cluster, number, expected):
    on_cluster.nothing_left()
    found = {n: h for n, h in on_cluster.hashes().items() if "slow/" not in n}
    assert found == expected(number)
    assert on_cluster.call("verify", on_cluster.project.recipe).returncode == 0


def children(pid):
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in found]


def test_warnings_killed_workers_and_a_new_controller_cost_nothing(slow, expected):
    """An element that is warned of its end stops in order, and goes on where SLURM starts it."""
    slurm, number = slow.slurm, 24
    process, (first, second, _) = start(slow, number)
    # SLURM looks every 30 s whether somebody has to be warned, 60 s before the end.
    slurm.run("scontrol", "update", f"JobId={first['job']}", "EndTime=now+60")
    workers = []

    def a_worker():
        workers[:] = [w for server in children(second["pid"]) for w in children(server)]
        return workers

    wait_for(a_worker)
    os.kill(workers[-1], signal.SIGKILL)
    slurm.stop_controller()
    slurm.start_controller()
    finished(slow, process, 0, number, expected)
    found = events.read(slow.project.run_folder)
    died = [e for e in found if e["event"] == "worker_died"]
    assert [e["why"] for e in died] == ["out of memory or killed"]
    ended = [e for e in found if e["event"] == "element_end" and e["stage"] == "slow"]
    assert sorted((e["rank"], e["code"]) for e in ended) == [(0, 0), (0, 75), (1, 0), (2, 0)]
    starts = [e for e in found if e["event"] == "element_start" and e["stage"] == "slow"]
    assert sorted((e["rank"], e["restarts"]) for e in starts) == [(0, 0), (0, 1), (1, 0), (2, 0)]
    done = [e["key"] for e in found if e["event"] == "shard_done" and e["stage"] == "slow"]
    assert len(done) == len(set(done)) == number


def test_nodes_fail(slow, expected):
    """One loses power, of another only the daemon dies: its orphan overlaps the new attempt."""
    slurm, number = slow.slurm, 9
    process, elements = start(slow, number)
    nodes = list(dict.fromkeys(e["node"] for e in elements))
    # An element of each node, if they were not all put on the same two.
    slurm.crash(nodes[0])
    slurm.kill(nodes[1])
    finished(slow, process, 0, number, expected)
    for name in nodes[:2]:
        slurm.start_node(name)
    slurm.wait_until_up()
    found = events.read(slow.project.run_folder)
    starts = [e for e in found if e["event"] == "element_start" and e["stage"] == "slow"]
    assert {e["restarts"] for e in starts} == {0, 1}
    assert not [e for e in found if e["event"] == "shard_failed"]


def everything_below(pid):
    return [pid, *(p for child in children(pid) for p in everything_below(child))]


def freeze(on_cluster, element):
    """Let an element hang as if for long, a worker in the middle of a shard; its processes."""
    folder = on_cluster.project.run_folder
    wait_for(lambda: list((folder / "slow").glob(f".*-{worker_of(element)}-*.tmp")))
    frozen = everything_below(element["pid"])
    for pid in frozen:
        os.kill(pid, signal.SIGSTOP)
    (path,) = (folder / "events").glob(f"*-slow-{element['rank']:05d}.jsonl")
    said = [json.loads(line) for line in path.read_text().splitlines()]
    path.write_text("".join(f"{json.dumps(e | {'time': '2026-01-01T00:00Z'})}\n" for e in said))
    return frozen


def worker_of(element):
    workers = [w for server in children(element["pid"]) for w in children(server)]
    return workers[-1] if workers else "none"


def test_stalled_elements_are_taken_over_singly(slow, expected):
    """One hangs; of another, which hangs as well, the node is cut off, and its worker wakes up."""
    slurm, number, project = slow.slurm, 18, slow.project
    process, elements = start(slow, number)
    nodes = [e["node"] for e in elements]
    lost = next(e for e in elements if nodes.count(e["node"]) == 1)
    hung, other = (e for e in elements if e is not lost)
    freeze(slow, hung)
    orphans = freeze(slow, lost)
    slurm.cut_off(lost["node"])
    told = json.loads(slow.call("status", project.recipe, "--format", "json").stdout)
    states = {row["element"]: row["state"] for row in told["at_work"]}
    names = {e["rank"]: f"slow-{e['rank']:05d}" for e in elements}
    assert states[names[hung["rank"]]] == states[names[lost["rank"]]] == "stalled"
    assert next(row["stalled"] for row in told["stages"] if row["stage"] == "slow") == 2
    done = slow.call("retry", project.recipe, "--stalled", check=0)
    assert f"{names[hung['rank']]}: job {hung['job']} is queued again" in done.stderr
    assert f"{names[lost['rank']]}: " in done.stderr

    def taken_over():
        found = [e for e in events.read(project.run_folder) if e["event"] == "element_start"]
        ranks = {e["rank"] for e in found if e["stage"] == "slow" and e["restarts"]}
        return {hung["rank"], lost["rank"]} <= ranks

    wait_for(taken_over, every_s=0.3)
    assert all(alive(pid) for pid in orphans)
    for pid in reversed(orphans):
        os.kill(pid, signal.SIGCONT)
    finished(slow, process, 0, number, expected)
    assert not any(alive(pid) for pid in orphans)
    slurm.start_node(lost["node"])
    slurm.wait_until_up()
    found = [e for e in events.read(project.run_folder) if e.get("stage") == "slow"]
    done = [e["key"] for e in found if e["event"] == "shard_done"]
    assert len(done) == len(set(done)) == number
    assert not [e for e in found if e["event"] == "shard_failed"]
    # The third went on undisturbed, and who was taken over from said nothing of an end.
    ended = [(e["rank"], e["pid"]) for e in found if e["event"] == "element_end"]
    assert (other["rank"], other["pid"]) in ended
    assert (lost["rank"], lost["pid"]) not in ended
    logs = project.run_folder.glob("logs/*/slow/slurm_logs/*.out")
    assert "slow: another process has taken over; this one has stopped" in "".join(
        path.read_text() for path in logs
    )
    nothing = slow.call("retry", project.recipe, "--stalled", check=0)
    assert nothing.stderr == "nothing failed in the last launch\n"


def alive(pid):
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    return False


def test_elements_give_way_to_jobs_of_a_higher_priority(slow, expected):
    """SLURM itself queues them again."""
    slurm, number = slow.slurm, 12
    process, elements = start(slow, number)
    wait_for(lambda: len(list((slow.project.run_folder / "slow").glob("*.parquet"))) > 1)
    urgent = ["--partition=urgent", "--nodes=3", "--ntasks-per-node=2", "--output=/dev/null"]
    told = slurm.run("sbatch", "--parsable", *urgent, "--mem-per-cpu=100", "--wrap=sleep 1")
    wait_for(lambda: slurm.completions(told.strip()), every_s=0.3)
    finished(slow, process, 0, number, expected)
    found = [e for e in events.read(slow.project.run_folder) if e.get("stage") == "slow"]
    starts = {e["rank"]: e["restarts"] for e in found if e["event"] == "element_start"}
    assert starts == dict.fromkeys((e["rank"] for e in elements), 1)
    done = [e["key"] for e in found if e["event"] == "shard_done"]
    assert len(done) == len(set(done)) == number


def test_elements_that_end_early_are_made_up_for(slow, expected):
    """Cancelled, out of time without a warning, killed: what depends on them is not left behind."""
    slurm, number = slow.slurm, 24
    process, (first, second, third) = start(slow, number)
    slurm.run("scontrol", "update", f"JobId={second['job']}", "EndTime=now+1")
    slurm.run("scancel", first["job"])
    os.kill(third["pid"], signal.SIGKILL)
    finished(slow, process, 3, number, expected)
    told = process.log.read_text()
    assert "slow: not complete; `eurosift retry` goes on" in told
    assert f"its job {third['job']} on " in told
    assert "was ended from outside: cancelled, killed, or out of time" in told
    ended = slurm.completions(first["job"].partition("_")[0])
    states = {}
    for job in ended:
        states.setdefault(int(job["ArrayTaskId"]), []).append(job["JobState"])
    # Who is cancelled is not queued again; who is out of time may have been warned just before.
    assert (states[first["rank"]], states[third["rank"]]) == (["CANCELLED"], ["FAILED"])
    assert states[second["rank"]][0] == "TIMEOUT"
    assert not (slow.project.run_folder / "upper").exists()
    # Another site, another number of elements; then the rest here.
    other = slow.write_site("other.yaml", element_cores=2, partition="whole", whole_nodes="true")
    slow.call("retry", slow.project.recipe, "--site", other, "--yes", "--wait", check=0)
    same(slow, number, expected)
