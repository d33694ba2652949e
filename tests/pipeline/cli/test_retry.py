"""``eurosift retry``: from the point of failure, as dbt's."""

import contextlib
import os
import signal
from pathlib import Path

import pytest

from eurosift.pipeline import events, lease
from eurosift.pipeline.launch import Launch
from tests.waiting import wait_for


def done(project):
    """Items that the last launch finished."""
    name = Launch.latest(project.run_folder).name
    found = events.read_file(project.run_folder / "events" / f"{name}-00000.jsonl")
    return [f"{e['stage']}/{e['key']}" for e in found if e["event"] == "shard_done"]


def children(pid):
    """Processes below a process, nearest first."""
    own = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(c) for c in own] + [d for c in own for d in children(int(c))]


def state(pid):
    """State of a process, as the kernel has it: T is stopped."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def hanging(project):
    """Four shards; on all but the first `slow` hangs until the file that is returned is there."""
    gate = project.folder / "gate"
    project.inputs(*[[f"mlt_Latn {n}"] for n in range(4)])
    project.write({"slow": {"until": str(gate)}, "upper": None})
    return gate


def in_the_second_shard(project):
    """Tell whether one worker has done the first shard of `slow`, and hangs on the second."""
    folder = project.run_folder / "slow"
    return lambda: (folder / "00000.parquet").exists() and list(folder.glob(".*.tmp"))


@pytest.fixture
def failed(project, eurosift):
    """`broken` failed on one item of two, `slow` behind it was not run, `upper` not selected."""
    project.inputs(["mlt_Latn poison"], ["mlt_Latn fine"])
    stages = {"broken": {"until": str(project.folder / "mended")}, "slow": None}
    project.write(stages | {"upper": {"needs": "extract"}})
    selected = ("-s", "+slow")
    assert eurosift("run", project.recipe, *selected, "--workers", 1, "-q").code == 1
    return project


@pytest.mark.parametrize("target", ["recipe", "run_folder"])
def test_what_failed_is_run_and_what_comes_after_it_and_nothing_else(failed, eurosift, target):
    (failed.folder / "mended").touch()
    found = eurosift("retry", getattr(failed, target), "-q")
    assert found == (0, "", "")
    assert done(failed) == ["broken/00000", "slow/00000", "slow/00001"]
    assert failed.states()["upper"] == ["new", "new"]
    launch = Launch.latest(failed.run_folder)
    assert (launch.select, launch.workers) == (("broken", "slow"), 1)
    again = eurosift("retry", getattr(failed, target))
    assert again == (0, "", "nothing failed in the last launch\n")
    assert eurosift("retry", failed.recipe, "-q") == (0, "", "")
    assert Launch.latest(failed.run_folder) == launch


def test_what_fails_again_is_exit_code_1_and_can_be_retried_again(failed, eurosift):
    found = eurosift("retry", failed.recipe, "-q")
    assert (found.code, found.out) == (1, "")
    assert found.err.splitlines()[-2:] == [
        "eurosift: broken/00000: ValueError: this text is poison",
        "eurosift: slow: not run, because a stage before it failed",
    ]
    assert done(failed) == []
    (failed.folder / "mended").touch()
    assert eurosift("retry", failed.recipe, "-q").code == 0
    assert done(failed) == ["broken/00000", "slow/00000", "slow/00001"]


def test_the_recipe_is_that_of_today(failed, eurosift):
    failed.inputs(["mlt_Latn poison"], ["mlt_Latn fine"])
    failed.write({"slow": None, "upper": {"needs": "extract"}})
    found = eurosift("retry", failed.run_folder, "-q")
    assert found == (0, "", "")
    assert done(failed) == ["slow/00000", "slow/00001"]


def test_a_stage_that_went_well_is_not_run_again_even_if_it_is_out_of_date(failed, eurosift):
    (failed.run_folder / "extract" / "00001.parquet").unlink()
    found = eurosift("retry", failed.recipe)
    assert (found.code, found.out) == (3, "")
    assert "stage `extract` comes first and is not up to date: `eurosift run RECIPE" in found.err
    assert not (failed.run_folder / "extract" / "00001.parquet").exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda p: p.recipe.unlink(), "the recipe of the last launch is not there any more"),
        (lambda p: p.write({"broken": None}, name="other"), "runs/other now, not to"),
        (
            lambda p: p.write({"broken": None, "upper": None}),
            "the last launch had --select '+slow': no such stage; known: broken, extract, upper; ",
        ),
    ],
)
def test_a_recipe_that_is_another_one_now_is_exit_code_2(failed, eurosift, change, message):
    change(failed)
    found = eurosift("retry", failed.run_folder)
    assert (found.code, found.out) == (2, "")
    assert message in found.err
    assert len(found.err.splitlines()) == 1


def test_a_launch_of_which_no_end_is_told_is_gone_through_again(finished, eurosift):
    """It was killed; what it did finish is left alone."""
    assert eurosift("retry", finished.run_folder, "-q") == (0, "", "")
    assert done(finished) == []


@pytest.mark.slow
@pytest.mark.serial
def test_a_launch_that_was_stopped_is_gone_on_with(project, eurosift):
    gate = hanging(project)
    process = project.start("run", str(project.recipe), "--workers", "1", "-s", "+slow")
    wait_for(in_the_second_shard(project))
    process.send_signal(signal.SIGTERM)
    gate.touch()
    process.communicate(timeout=300)
    assert process.returncode == 75
    assert "done" not in project.states()["upper"]
    found = eurosift("retry", project.recipe, "-q")
    assert found == (0, "", "")
    states = project.states()
    assert (states["slow"], states["upper"]) == (["done"] * 4, ["new"] * 4)
    assert done(project) == ["slow/00002", "slow/00003"]


@pytest.fixture
def frozen(project):
    """A run whose processes all hang, the worker in the middle of the second shard of `slow`."""
    gate = hanging(project)
    process = project.start("run", str(project.recipe), "--workers", "1")
    wait_for(in_the_second_shard(project))
    stopped = [process.pid, *children(process.pid)]
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    wait_for(lambda: all(state(pid) == "T" for pid in stopped))
    gate.touch()
    yield process, stopped
    for pid in stopped:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    process.stderr.close()


def test_a_process_that_hangs_is_taken_over_from_and_stops_when_it_wakes(frozen, project, eurosift):
    process, hanging = frozen
    begun = Launch.latest(project.run_folder).name
    told = eurosift("retry", project.run_folder, "--stalled", "-q")
    assert (told.code, "if it hangs, `eurosift retry --stalled`" in told.err) == (2, True)
    os.utime(project.run_folder / lease.FILE, (0, 0))  # it has had no heartbeat for long
    assert eurosift("retry", project.run_folder, "-q").code == 2
    assert eurosift("retry", project.run_folder, "--stalled", "-q") == (0, "", "")
    assert done(project) == [
        *(f"slow/0000{n}" for n in range(1, 4)),
        *(f"upper/0000{n}" for n in range(4)),
    ]
    before, times = project.hashes(), modified(project)
    for pid in reversed(hanging):
        os.kill(pid, signal.SIGCONT)
    _, err = process.communicate(timeout=300)
    assert process.returncode == 75
    assert "eurosift: another process has taken over; this one has stopped" in err
    assert (project.hashes(), modified(project)) == (before, times)
    assert list(project.run_folder.rglob(".*.tmp")) == []
    path = project.run_folder / "events" / f"{begun}-00000.jsonl"
    ended = [e["key"] for e in events.read_file(path) if e["event"] == "shard_done"]
    assert ended == ["00000", "00001", "00002", "00003", "00000"]  # extract, and one of slow
    assert eurosift("status", "-q", project.recipe).code == 0


def modified(project):
    return {p: p.stat().st_mtime_ns for p in project.run_folder.rglob("*.parquet")}
