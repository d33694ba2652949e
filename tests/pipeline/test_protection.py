"""The limit of processor time on a page."""

import contextlib
import signal
import threading
import time

import pytest

from eurosift.pipeline.protection import REPEAT_S, TRIES, PageLimits, hard_limit
from eurosift.stages.protection import LimitError


def forever(calls):
    def work():
        calls.append(1)
        while True:
            pass

    return work


def test_what_ends_in_time_is_returned():
    limits = PageLimits(5.0, {})
    assert limits("a", lambda: "text") == "text"
    assert limits.found == {}


def test_a_page_that_passes_the_limit_is_tried_twice_and_then_never_again():
    limits, calls = PageLimits(0.05, {}), []
    for _ in range(2):
        with pytest.raises(LimitError) as refused:
            limits("a", forever(calls))
        assert refused.value.reason == "time_limit"
    assert len(calls) == TRIES
    assert limits.found == {"a": "time_limit"}
    assert limits("b", lambda: 1) == 1


def test_a_page_that_is_slow_once_is_not_to_blame():
    limits, calls = PageLimits(0.05, {}), []

    def work():
        calls.append(1)
        while len(calls) == 1:
            pass
        return "second time"

    assert limits("a", work) == "second time"
    assert limits.found == {}


def test_time_in_which_others_work_does_not_count():
    assert PageLimits(0.05, {})("a", lambda: time.sleep(0.3)) is None


def test_an_extractor_that_swallows_the_exception_gets_another():
    def work():
        try:
            while True:
                pass
        except BaseException:  # noqa: BLE001 - that is what is tried
            while True:
                pass

    with pytest.raises(LimitError):
        PageLimits(0.05, {})("a", work)


def test_a_quarantined_page_is_not_even_tried():
    limits = PageLimits(None, {"a": "crash"})
    with pytest.raises(LimitError, match="crash"):
        limits("a", lambda: pytest.fail("it was tried"))
    assert limits.found == {}


def test_errors_of_the_work_are_its_own():
    with pytest.raises(ZeroDivisionError):
        PageLimits(5.0, {})("a", lambda: 1 / 0)


@pytest.mark.parametrize("end", ["returns", "raises", "runs out of time"])
def test_no_timer_outlives_its_page(end):
    before = signal.getsignal(signal.SIGPROF)
    work = {"returns": lambda: 1, "raises": lambda: 1 / 0, "runs out of time": forever([])}[end]
    with contextlib.suppress(ZeroDivisionError, LimitError):
        PageLimits(0.05, {})("a", work)
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGPROF) is before


def test_outside_of_the_main_thread_there_is_no_limit():
    found = []
    limits = PageLimits(0.05, {})
    thread = threading.Thread(target=lambda: found.append(limits("a", lambda: sum(range(10**6)))))
    thread.start()
    thread.join()
    assert found == [sum(range(10**6))]


def test_the_process_is_ended_only_after_the_exception_had_its_chance():
    """Which has a second one, too; and no page goes on for half a second beyond its limit."""
    assert 60.0 + 2 * REPEAT_S < hard_limit(60.0) < 60.5
