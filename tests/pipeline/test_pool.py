"""Worker processes that survive the death of one of them, and do not outlive their coordinator."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from eurosift.pipeline import pool as module
from eurosift.pipeline.child import Cause
from eurosift.pipeline.pool import WorkerPool
from tests.waiting import wait_for

pytestmark = [pytest.mark.serial, pytest.mark.xdist_group("serial")]


@pytest.fixture(autouse=True)
def _patience():
    """Turn a pool that hangs into a failure."""

    def give_up(*_):
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(300)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def make(tiny_stages, monkeypatch):
    """Pools whose workers run what stands in ``plugin/tiny_work.py``."""
    import tiny_work

    pools = []

    def call(workers=2, prepare=tiny_work.prepare, arguments=(), **limits):
        made = WorkerPool(tiny_work.work, workers, prepare, arguments, **limits)
        pools.append(made)
        return made

    yield call
    for made in pools:
        made.kill()


def results(pool, items):
    return {r.item: (r.value, r.error) for r in pool.map(items)}


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("workers", [1, 3])
def test_every_item_gets_its_result(make, workers):
    items = [f"item {i}" for i in range(20)]
    assert results(make(workers), items) == {item: (item.upper(), None) for item in items}


def test_there_may_be_nothing_to_do(make):
    assert results(make(), []) == {}


def test_a_pool_is_used_again_with_the_same_workers(make):
    pool = make(1)
    assert results(pool, ["pid"]) == results(pool, ["pid"])


def test_each_process_is_prepared_once(make):
    found = results(make(1, arguments=("folder", 7)), ["prepared", "prepared:again"])
    assert {value for value, _ in found.values()} == {"['folder', 7]"}


def test_an_error_stops_no_other_item(make):
    found = results(make(), ["a", "raise:no such page", "b", "c"])
    assert found.pop("raise:no such page") == (None, "ValueError: no such page")
    assert found == {"a": ("A", None), "b": ("B", None), "c": ("C", None)}


def test_an_error_comes_with_its_traceback(make):
    """As words too: what the worker has seen, down to the line that raised it."""
    import tiny_work

    (result,) = make(1).map(["raise:no such page"])
    assert result.traceback.startswith("Traceback (most recent call last):")
    assert "raise ValueError(rest)" in result.traceback
    (refused,) = make(1, prepare=tiny_work.refuse).map(["a"])
    assert "in refuse" in refused.traceback
    (fine,) = make(1).map(["a"])
    assert fine.traceback is None


def test_an_error_that_cannot_be_unpickled_is_told_like_any_other(make):
    """Its class wants two arguments, which pickling does not keep."""
    found = results(make(1), ["odd", "a"])
    assert found == {"odd": (None, "OddError: one and two"), "a": ("A", None)}


def test_a_worker_that_cannot_be_prepared_says_why(make):
    import tiny_work

    found = results(make(prepare=tiny_work.refuse), ["a", "b"])
    assert found == dict.fromkeys("ab", (None, "FileNotFoundError: the model is gone"))


def test_an_item_that_kills_its_worker_twice_costs_only_itself(make):
    found = results(make(), ["a", "die", "b", "sleep:0.1", "c"])
    value, error = found.pop("die")
    assert value is None
    assert "died twice" in error
    assert all(error is None for _, error in found.values())
    assert len(found) == 4


def test_an_item_whose_worker_died_once_is_tried_again(make, tmp_path):
    item = f"die_once:{tmp_path / 'was here'}"
    assert results(make(), ["a", item, "b"])[item] == ("second time", None)


def test_a_worker_killed_from_outside_costs_nothing(make):
    pool = make()
    pids = {int(r.value) for r in pool.map(["pid"] * 4)}
    found = []
    for result in pool.map(["a", "sleep:0.3", "sleep:0.4", "b", "c"]):
        found.append(result)
        if result.item == "a":
            os.kill(min(pids), signal.SIGKILL)
    assert sorted(r.item for r in found) == ["a", "b", "c", "sleep:0.3", "sleep:0.4"]
    assert all(r.error is None for r in found)


def test_the_death_of_one_worker_costs_no_other_its_work(make, tmp_path):
    """An item that another worker has begun is not begun anew."""
    begun = tmp_path / "begun"
    items = [f"begin:{begun}", f"die_once:{tmp_path / 'was here'}", "die", "a"]
    found = results(make(2), items)
    assert [item for item, (_, error) in found.items() if error] == ["die"]
    assert begun.read_text() == "begun\n"


def test_a_worker_with_too_much_memory_is_ended_and_its_item_tried_again(make):
    words = "it had more memory than limits.worker_memory, 0.39 GiB"
    found = results(make(1, memory_bytes=400 << 20), ["swell:600", "a"])
    assert found["a"] == ("A", None)
    assert found["swell:600"] == (
        None,
        f"the worker process died twice on it ({words})",
    )


def test_of_workers_with_too_much_together_the_largest_is_ended(make):
    words = "it had more memory than there is: all workers together may have 0.39 GiB"
    found = results(make(2, total_bytes=400 << 20), ["swell:600", "a", "b", "sleep:0.5"])
    assert found.pop("swell:600") == (None, f"the worker process died twice on it ({words})")
    assert {error for _, error in found.values()} == {None}


def test_an_idle_worker_with_too_much_memory_is_replaced(make):
    pool = make(1)
    (pid,) = {r.value for r in pool.map(["pid", "hold:600", "pid"])} - {"HOLD:600"}
    pool.memory_bytes = 400 << 20
    time.sleep(module.LOOK_S)  # until the memory is looked at again
    (result,) = pool.map(["pid"])
    assert (result.value != pid, result.error) == (True, None)


def test_a_worker_that_hangs_is_ended_and_its_item_tried_again(make, tmp_path):
    words = "it took no processor time for limits.stalled_minutes, 0.05 min"
    found = results(make(2, stalled_s=3.0), ["sleep:600", "a", "b"])
    assert found.pop("sleep:600") == (None, f"the worker process died twice on it ({words})")
    assert found == {"a": ("A", None), "b": ("B", None)}


def test_a_worker_that_was_done_as_it_was_killed_for_its_memory_gets_no_other_item(make):
    """Its death comes a moment later, and would be that of an item that did nothing."""
    pool, doomed, deaths = make(1), [], []
    wait = pool._wait

    def wait_and_kill():
        wait()
        for worker in pool._busy:
            if worker.connection.poll() and not doomed:
                kill = threading.Timer(0.5, worker.process.kill)
                worker.process.kill = kill.start
                worker.kill(Cause.MEMORY, "too much")
                doomed.append(worker)

    def again(item, death, _):
        deaths.append((item, death))
        return item

    pool._wait = wait_and_kill
    assert [r.value for r in pool.map(["a", "sleep:1.5"], again)] == ["A", "SLEEP:1.5"]
    assert deaths == []


def test_workers_have_the_environment_that_they_are_given(make, project):
    """Libraries read the number of their threads from there as they are loaded."""
    project.inputs(["mlt_Latn one"])
    code = (
        "import tiny_work\n"
        "from eurosift.pipeline.pool import WorkerPool\n"
        "more = {'OMP_NUM_THREADS': '3'}\n"
        "pool = WorkerPool(tiny_work.work, 1, tiny_work.prepare, (), environment=more)\n"
        "print([r.value for r in pool.map(['environment:OMP_NUM_THREADS'])])\n"
        "pool.close()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=project.env, capture_output=True, text=True, check=True
    )
    assert done.stdout == "['3']\n"


@pytest.mark.parametrize("delay_s", [0.0, 0.0005, 0.001, 0.002, 0.003, 0.005, 0.01, 0.1])
def test_a_worker_that_dies_while_idle_costs_nothing(make, delay_s):
    """The pool may notice it just while it starts another worker."""
    pool = make(3)
    (pid,) = {int(r.value) for r in pool.map(["pid"])}
    os.kill(pid, signal.SIGKILL)
    time.sleep(delay_s)
    assert [r.error for r in pool.map(["a", "b", "c", "d"])] == [None] * 4


def test_stop_finishes_what_is_in_the_works_and_begins_nothing_else(make):
    pool = make(1)
    found = []
    for result in pool.map(["a", "sleep:0.2", "b", "c", "d"]):
        found.append(result.item)
        pool.stop()
    assert found[0] == "a"
    assert len(found) <= 2
    assert pool.stopped
    assert list(pool.map(["e"])) == []


def test_what_does_not_finish_in_time_after_stop_is_abandoned(make, monkeypatch):
    monkeypatch.setattr(module, "GRACE_S", 0.2)
    pool, found = make(2), []
    for result in pool.map(["a", "sleep:600", "sleep:601"]):
        found.append(result.item)
        pool.stop()
    assert found == ["a"]


def test_a_second_signal_may_shorten_the_grace_and_not_lengthen_it(make):
    """A warning leaves minutes; an order to end that comes behind it, seconds."""
    pool = make(1)
    pool.stop(300)
    pool.stop(20)
    first = pool._deadline
    pool.stop(300)
    assert pool._deadline == first < time.monotonic() + 21


@pytest.mark.parametrize("item", ["sleep:600", "grind"])
def test_workers_end_with_a_coordinator_that_is_killed(tiny_stages, item):
    host = subprocess.Popen(
        [sys.executable, str(tiny_stages / "tiny_work.py"), "3", item],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        lines = iter(host.stdout.readline, "ready\n")
        pids = {int(line) for line in lines if line.strip()}
        assert 1 <= len(pids) <= 3
        assert all(alive(pid) for pid in pids)
        time.sleep(0.3)
    finally:
        host.kill()
        host.wait()
        host.stdout.close()
    wait_for(lambda: not any(alive(pid) for pid in pids))


def test_a_long_name_of_the_temporary_folder_does_no_harm(project):
    """A cluster's TMPDIR may be longer than the name of a socket may be; nothing stays in it."""
    folder = project.folder / ("x" * 100)
    folder.mkdir()
    project.env["TMPDIR"] = str(folder)
    process = project.start("run", str(project.recipe), "--quiet", "--workers", "1")
    assert process.communicate(timeout=300) == ("", "")
    assert process.returncode == 0
    assert list(folder.iterdir()) == []
