"""One worker process, and how its death is told."""

import multiprocessing
import os
import signal
import time
from multiprocessing import forkserver

import pytest

from eurosift.pipeline.child import Cause, Child, Failure
from tests.waiting import wait_for

pytestmark = [pytest.mark.serial, pytest.mark.xdist_group("serial")]


@pytest.fixture
def start(tiny_stages):
    import tiny_work

    children = []

    def call(function=tiny_work.work):
        context = multiprocessing.get_context("forkserver")
        children.append(Child(context, function, tiny_work.prepare, ()))
        return children[-1]

    yield call
    for child in children:
        child.process.kill()
        child.process.join()


def test_items_come_back_as_results_or_failures(start):
    child = start()
    assert child.send("a")
    assert child.receive() == "A"
    assert child.send("raise:no such page")
    found = child.receive()
    assert isinstance(found, Failure)
    assert found.words == "ValueError: no such page"


def test_what_cannot_be_pickled_is_a_failure_and_not_the_end(start):
    child = start()
    child.send("lambda")
    assert "pickle" in child.receive().words.lower()
    child.send("a")
    assert child.receive() == "A"


@pytest.mark.parametrize(
    ("item", "cause", "words"),
    [
        ("die", Cause.KILLED, "out of memory or killed"),
        ("signal:SIGSEGV", Cause.CRASH, "it crashed with SIGSEGV"),
        ("signal:SIGVTALRM", Cause.TIME, "a page took longer than limits.page_seconds"),
        ("exit:7", Cause.CRASH, "it ended with exit code 7"),
    ],
)
def test_a_death_says_why_and_where(start, item, cause, words):
    child = start()
    child.send(item)
    assert child.receive() is None
    assert child.bury() == (cause, words, item)


def test_a_death_behind_that_of_the_fork_server_is_one_from_outside(start):
    """Nobody is left who could tell how it ended, so no page is accused."""
    child = start()
    child.send("sleep:600")
    wait_for(lambda: child._note.value)
    os.kill(forkserver._forkserver._forkserver_pid, signal.SIGKILL)
    child.process.join()  # it lives, but its exit code is lost
    os.kill(child.process.pid, signal.SIGKILL)
    assert child.receive() is None
    assert child.bury() == (Cause.KILLED, "out of memory or killed", "sleep:600")


def test_a_child_over_its_limit_says_which(start):
    child = start()
    child.send("sleep:600")
    wait_for(child.private_bytes)
    child.kill(Cause.MEMORY, "it had more memory than limits.worker_memory, 1 GiB")
    assert child.doomed
    assert child.bury()[:2] == (
        *(Cause.MEMORY, "it had more memory than limits.worker_memory, 1 GiB"),
    )


def test_a_child_that_hangs_is_told_from_one_that_computes(start):
    """By its processor time; only what is handed over as time that has passed counts."""
    hanging, computing = start(), start()
    for child, item in ((hanging, "sleep:600"), (computing, "grind")):
        child.send(item)
        wait_for(lambda child=child: child._note.value)
    found, seen, deadline = 0.0, set(), time.monotonic() + 300
    while (found < 30 or 0.0 not in seen) and time.monotonic() < deadline:
        found = hanging.idle_seconds(10.0)
        time.sleep(0.1)
        seen.add(computing.idle_seconds(10.0))
    assert (found >= 30, 0.0 in seen) == (True, True)
    hanging.kill(Cause.STALLED, "it hung")
    assert hanging.bury() == (Cause.STALLED, "it hung", "sleep:600")


def test_a_child_that_waited_for_its_item_did_not_hang(start):
    child = start()
    child.send("a")
    child.receive()
    wait_for(lambda: child.idle_seconds(10.0) >= 30)
    child.send("sleep:600")
    assert child.idle_seconds(10.0) <= 10


@pytest.mark.parametrize(("before", "accused"), [(10, True), (300, False)])
def test_too_much_memory_is_only_blamed_on_what_has_most_of_it(start, before, accused):
    child = start()
    child.send(f"hold:{before}")
    child.receive()
    child.send("swell:150")
    at_least = (before + 150) << 20
    wait_for(lambda: child.private_bytes() >= at_least)
    child.kill(Cause.MEMORY, "too much")
    assert child.bury().note == ("swell:150" if accused else "")


def test_memory_of_a_child_is_what_is_its_own(start):
    """Files do not count."""
    child = start()
    child.send("a")
    child.receive()
    before = child.private_bytes()
    child.send("hold:100")
    child.receive()
    assert 90 << 20 < child.private_bytes() - before < 130 << 20


def test_a_dead_child_takes_nothing_and_has_no_memory(start):
    child = start()
    os.kill(child.process.pid, signal.SIGKILL)
    child.process.join()
    assert not child.send("a") or child.receive() is None
    assert child.private_bytes() == 0
