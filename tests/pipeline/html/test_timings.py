"""Timings come from events alone."""

from eurosift.pipeline.html.timings import timings


def done(stage, key, seconds, rows=10, host="a", minute=1):
    when = f"2026-11-01T08:{minute:02}:00.000Z"
    common = {"time": when, "event": "shard_done", "stage": stage, "key": key, "host": host}
    return common | {"seconds": seconds, "rows": rows}


START = {"time": "2026-11-01T08:00:00.000Z", "event": "start"}
END = {"time": "2026-11-01T08:30:00.000Z", "event": "end"}


def test_seconds_of_each_stage():
    found = timings([START, *(done("extract", str(i), i) for i in range(1, 5)), END])
    (row,) = found.stages.rows
    assert (row["stage"], row["items"], row["rows"], row["total"]) == ("extract", 4, 40, 10)
    assert (row["median"], row["max"], row["rate"]) == (2.5, 4, 4)
    assert (found.launches, found.elapsed, found.troubles) == (1, 1800, {})
    assert found.stragglers is None


def test_items_that_take_much_longer_than_others_of_their_stage_are_named():
    slow = done("dedup.sign", "00007", 90.0, host="node17")
    found = timings([START, *(done("dedup.sign", str(i), 1.0) for i in range(30)), slow])
    (row,) = found.stragglers.rows
    assert (row["item"], row["seconds"], row["times"]) == ("dedup.sign/00007", 90.0, 90.0)
    assert row["host"] == "node17"


def test_an_item_that_was_done_again_counts_as_it_was_done_last():
    found = timings([START, done("extract", "0", 50), START, done("extract", "0", 2)])
    assert found.stages.rows[0]["total"] == 2
    assert found.launches == 2


def test_failures_are_counted_and_other_events_do_no_harm():
    failed = {"time": "2026-11-01T08:02:00.000Z", "event": "shard_failed", "key": "0"}
    odd = {"time": "2026-11-01T08:02:00.000Z", "event": "from the future"}
    assert timings([START, failed, odd, done("extract", "0", 1)]).troubles == {"failed items": 1}


def test_without_finished_items_there_is_nothing_to_tell():
    assert timings([]) is None
    assert timings([START]) is None


def test_items_that_take_no_time_are_no_division_by_zero():
    found = timings([done("count", str(i), 0.0, rows=0) for i in range(3)])
    assert found.stages.rows[0]["rate"] is None
