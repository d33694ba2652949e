"""Events: one append-only file per launch; nothing is lost, nothing is decided by them."""

import datetime as dt
import json

from eurosift.pipeline import events


def test_events_come_back_in_the_order_of_their_times(tmp_path):
    one, other = (events.EventLog(tmp_path, "launch", rank) for rank in (0, 1))
    one.write("start", launch="launch")
    other.write("shard_done", key="00001", rows=3)
    one.write("end")
    found = events.read(tmp_path)
    assert sorted(event["event"] for event in found) == ["end", "shard_done", "start"]
    assert [e["time"] for e in found] == sorted(e["time"] for e in found)
    assert {"time", "event", "host", "pid"} <= set(found[0])


def test_the_time_is_utc(tmp_path):
    time = dt.datetime.fromisoformat(events.now())
    assert events.now().endswith("Z")
    assert abs((dt.datetime.now(dt.UTC) - time).total_seconds()) < 60


def test_a_line_cut_off_by_a_crash_is_left_out(tmp_path):
    log = events.EventLog(tmp_path, "launch")
    log.write("start", text="ż\n")
    with log.path.open("a") as file:
        file.write('{"time": "2026-')
    assert [event["event"] for event in events.read(tmp_path)] == ["start"]
    assert len(log.path.read_text().splitlines()) == 2


def test_what_is_no_event_is_left_out(tmp_path):
    log = events.EventLog(tmp_path, "launch")
    log.path.write_text(f"[1]\n7\n{json.dumps({'event': 'end'})}\n")
    assert events.read(tmp_path) == [{"event": "end"}]


def test_there_may_be_no_events(tmp_path):
    assert events.read(tmp_path) == []


def test_the_last_event_is_found_without_reading_all(tmp_path):
    log = events.EventLog(tmp_path, "launch")
    log.path.write_bytes(b"")
    assert events.last(log.path) == {}
    for number in range(1000):
        log.write("heartbeat", items=number)
    assert events.last(log.path)["items"] == 999
    with log.path.open("a") as file:
        file.write('{"time": "2026-')
    assert events.last(log.path) == {}
