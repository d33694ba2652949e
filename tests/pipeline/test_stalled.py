"""Which stalled elements are queued again, and which cannot be; tests/slurm has the real thing."""

from __future__ import annotations

import pytest

from eurosift.pipeline import site, stalled
from eurosift.pipeline.arrays import Arrays
from eurosift.pipeline.errors import RunFolderError, SchedulerError
from eurosift.pipeline.events import EventLog
from eurosift.pipeline.scheduler import Job, Scheduler

LAUNCH = "20260712T150000.000000-7-aaaa"


class Queue(Scheduler):
    """A queue of jobs in given states."""

    def __init__(self, **states):
        super().__init__({})
        self.states = states
        self.again = []

    def queue(self):
        return [Job("7", n[1:], s, "", "r.label", LAUNCH) for n, s in self.states.items()]

    def requeue(self, job):
        self.again.append(job)


@pytest.fixture
def folder(tmp_path):
    """A run whose elements 0 and 1 have stalled, and 2 has not."""
    (tmp_path / "launches").mkdir()
    (tmp_path / "launches" / f"{LAUNCH}.json").touch()
    Arrays(site.load("generic"), 1, ()).save(tmp_path, LAUNCH)
    for rank in range(3):
        log = EventLog(tmp_path, LAUNCH, rank, "label")
        log.write("element_start", stage="label", job=f"7_{rank}")
        if rank < 2:
            text = log.path.read_text().replace('"time": "', '"time": "1')
            log.path.write_text(text)
    return tmp_path


def test_what_has_stalled_is_queued_again_and_nothing_else(folder):
    queue = Queue(_0="RUNNING", _1="PENDING", _2="RUNNING")
    assert stalled.requeue(folder, LAUNCH, queue) == [
        "label-00000: job 7_0 is queued again",
        "label-00001: SLURM starts job 7_1 itself (pending)",
    ]
    assert queue.again == ["7_0"]


def test_a_job_that_is_over_cannot_be_queued_again(folder):
    queue = Queue(_0="RUNNING", _2="RUNNING")
    with pytest.raises(RunFolderError, match=r"not in the queue any more: label-00001 \(job 7_1\)"):
        stalled.requeue(folder, LAUNCH, queue)
    assert queue.again == []


def test_a_site_may_not_queue_again(folder):
    generic = site.load("generic").model_copy(update={"requeue": False})
    Arrays(generic, 1, ()).save(folder, LAUNCH)
    with pytest.raises(RunFolderError, match="does not queue elements again; end the launch"):
        stalled.requeue(folder, LAUNCH, Queue(_0="RUNNING"))


def test_without_a_stalled_element_nobody_is_asked(tmp_path):
    assert stalled.requeue(tmp_path, LAUNCH, Queue()) == []


def test_slurm_that_is_not_there_is_told(folder):
    with pytest.raises(SchedulerError):
        stalled.requeue(folder, LAUNCH, Scheduler({"PATH": ""}))
