"""Who is at work on a run: told from the events of its last launch."""

import datetime as dt
import json
import os
import subprocess

import pytest

from eurosift.pipeline import activity
from eurosift.pipeline.activity import Pulse
from eurosift.pipeline.events import EventLog
from eurosift.pipeline.status import Look

NOW = dt.datetime(2026, 7, 12, 15, 30, tzinfo=dt.UTC)
LAUNCH = "20260712T150000.000000-7-aaaa"


@pytest.fixture
def say(project):
    """Write events of an element that is on another host: rank, seconds ago, event, details."""
    (project.run_folder / "launches").mkdir(parents=True)
    (project.run_folder / "launches" / f"{LAUNCH}.json").write_text("{}")

    def call(rank, seconds, event, launch=LAUNCH, **details):
        path = EventLog(project.run_folder, launch, rank).path
        time = (NOW - dt.timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")
        record = {"time": time, "event": event, "host": "node-0001", "pid": 4711}
        with path.open("a") as file:
            file.write(json.dumps(record | details) + "\n")

    return call


@pytest.fixture
def found(project):
    return lambda: activity.elements(project.run_folder, NOW)


def begin(say, rank, seconds, key="00000"):
    say(rank, seconds, "start")
    say(rank, seconds, "phase", stage="label", items=3, todo=3)
    say(rank, seconds, "shard_start", stage="label", key=key)


def test_an_element_runs_as_long_as_it_is_heard(say, found):
    begin(say, 0, seconds=3000)
    say(0, 100, "heartbeat", stage="label", items=0, rows=0)
    (element,) = found()
    assert (element.pulse, element.stage) == (Pulse.RUNNING, "label")
    assert list(element.items) == [("label", "00000")]


def test_an_element_that_is_silent_for_three_minutes_has_stalled(say, found):
    begin(say, 0, seconds=179)
    begin(say, 1, seconds=181, key="00001")
    assert [e.pulse for e in found()] == [Pulse.RUNNING, Pulse.STALLED]


def test_an_element_whose_process_is_gone_has_stalled_at_once(say, found):
    process = subprocess.Popen(["true"])
    process.wait()
    say(0, 1, "start", host=os.uname().nodename, pid=process.pid)
    say(1, 1, "start", host=os.uname().nodename, pid=os.getpid())
    assert [e.pulse for e in found()] == [Pulse.STALLED, Pulse.RUNNING]


def test_one_that_has_said_so_has_ended_and_may_begin_again(say, found):
    begin(say, 0, seconds=50)
    say(0, 40, "end", signal="SIGUSR1")
    assert (found()[0].pulse, found()[0].items) == (Pulse.ENDED, {})
    assert activity.at_work(found()).rows == []
    begin(say, 0, seconds=10, key="00002")
    assert (found()[0].pulse, list(found()[0].items)) == (Pulse.RUNNING, [("label", "00002")])


def test_elements_of_arrays_say_it_in_their_own_way(say, found):
    begin(say, 0, seconds=5)
    say(0, 4, "element_end", code=75)
    assert (found()[0].pulse, found()[0].items) == (Pulse.ENDED, {})


def test_an_attempt_that_another_has_taken_over_from_does_not_speak_for_its_element(say, found):
    """Its node was cut off for a while; it does not know yet."""
    begin(say, 0, seconds=300)
    begin_again = {"host": "node-0002", "pid": 12}
    say(0, 60, "start", **begin_again)
    say(0, 59, "shard_start", stage="label", key="00000", **begin_again)
    say(0, 5, "shard_start", stage="label", key="00001")
    (element,) = found()
    assert (element.host, list(element.items)) == ("node-0002", [("label", "00000")])
    say(0, 4, "end", **begin_again)
    say(0, 3, "heartbeat", stage="label", items=0, rows=0)
    assert found()[0].pulse is Pulse.ENDED


def test_nobody_is_at_work_on_what_is_over(say, found):
    begin(say, 0, seconds=9)
    say(0, 8, "shard_start", stage="label", key="00001")
    say(0, 7, "shard_start", stage="label", key="00002")
    say(0, 6, "shard_done", stage="label", key="00000")
    say(0, 5, "shard_failed", stage="label", key="00001", error="E")
    say(0, 4, "worker_died", stage="label", key="00002", why="killed")
    (element,) = found()
    assert (element.items, element.done, element.failed) == ({}, 1, 1)
    assert activity.at_work([element]).rows[0]["working_on"] == ""


def test_it_is_told_since_when_the_longest_item_is_worked_on(say, found):
    """What an endless loop of a stage looks like: it computes, so nothing else tells."""
    begin(say, 0, seconds=5000, key="00007")
    say(0, 4000, "shard_start", stage="label", key="00001")
    say(0, 10, "shard_start", stage="label", key="00002")
    say(0, 5, "shard_done", stage="label", key="00002")
    (row,) = activity.at_work(found()).rows
    assert row["working_on"] == "00007, 00001"
    assert row["since"] == "2026-07-12T14:06:40Z"
    say(0, 4, "shard_done", stage="label", key="00007")
    (row,) = activity.at_work(found()).rows
    assert row["since"] == "2026-07-12T14:23:20Z"


def test_only_the_last_launch_counts(say, found):
    begin(say, 0, seconds=9)
    say(5, 3000, "start", launch="20260712T140000.000000-7-bbbb")
    assert [e.name for e in found()] == ["00000"]


def test_an_array_of_a_phase_has_its_name_in_that_of_its_elements(say, found, project):
    begin(say, 0, seconds=9)
    events = project.run_folder / "events"
    (events / f"{LAUNCH}-00000.jsonl").rename(events / f"{LAUNCH}-label-00000.jsonl")
    assert [e.name for e in found()] == ["label-00000"]


def test_a_time_that_cannot_be_read_is_long_ago(say, found):
    say(0, 1, "start", time="yesterday")
    assert found()[0].pulse is Pulse.STALLED


def test_a_run_that_was_never_launched_has_no_elements(tmp_path):
    assert activity.elements(tmp_path) == []


def test_each_item_is_counted_once(say, found, project):
    """Of six inputs one is done, two are in the works, one has failed, one waits for nobody."""
    project.inputs(*(["mlt_Latn one two three"] for _ in range(6)))
    project.perform("extract")
    begin(say, 0, seconds=1, key="00000")
    begin(say, 1, seconds=500, key="00001")
    say(1, 500, "shard_failed", stage="label", key="00002", error="E")
    say(1, 500, "shard_failed", stage="label", key="00000", error="E")
    look = Look.at(project.open())
    failed = [("label", "00000"), ("label", "00002")]
    rows = {r["stage"]: r for r in activity.progress(look.states, found(), failed).rows}
    counts = [rows["label"][name] for name in ("done", "running", "stalled", "failed", "pending")]
    assert counts == [0, 1, 1, 1, 3]
    assert [rows["extract"]["done"], rows["extract"]["pending"]] == [6, 0]
    assert rows["length"]["waits_for"] == "label has to run first"


def test_an_element_of_an_array_is_told_with_its_job_and_what_it_ended_with(tmp_path):
    """Whoever wants to cancel one that has stalled needs its name in the queue."""
    (tmp_path / "launches").mkdir()
    (tmp_path / "launches" / "l1.json").touch()
    first = EventLog(tmp_path, "l1", 0, "label")
    first.write("element_start", stage="label", job="7_0")
    second = EventLog(tmp_path, "l1", 1, "label")
    second.write("element_start", stage="label", job="7_1")
    second.write("element_end", stage="label", job="7_1", code=1, error="label/00001: poison")
    found = activity.elements(tmp_path)
    assert [(e.name, e.job, e.error) for e in found] == [
        ("label-00000", "7_0", ""),
        ("label-00001", "7_1", "label/00001: poison"),
    ]
    table = activity.at_work(found)
    assert [row["job"] for row in table.rows] == ["7_0"]
    assert "job" in table.columns
    first.write("element_end", stage="label", code=0)
    assert "job" not in activity.at_work(activity.elements(tmp_path)).columns
