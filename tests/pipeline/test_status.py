"""Where a run stands: each distinct error once, whatever the number of items."""

import json

from eurosift.pipeline.events import EventLog
from eurosift.pipeline.status import Look


def fail(project, key, error, time, stage="length"):
    log = EventLog(project.run_folder, "x")
    record = {"event": "shard_failed", "stage": stage, "key": key, "error": error, "time": time}
    with log.path.open("a") as file:
        file.write(json.dumps(record) + "\n")


def test_distinct_errors_stand_once_with_the_number_of_their_items(project):
    project.perform("+label")
    fail(project, "00001", "ValueError: x", "1")
    fail(project, "00000", "ValueError: x", "2")
    fail(project, "00002", "OSError: disk", "3")
    fail(project, "00002", "ValueError: x", "0", stage="label")  # done since
    look = Look.at(project.open())
    assert [tuple(row.values()) for row in look.errors.rows] == [
        ("length", 1, "00002", "OSError: disk"),
        ("length", 2, "00000", "ValueError: x"),
    ]
    assert [row["item"] for row in look.failures.rows] == ["00000", "00001", "00002"]
    assert [row["failed"] for row in look.progress.rows] == [0, 0, 3, 0, 0, 0]
    assert look.exit_code == 1


def test_nothing_is_wrong_with_a_finished_run(finished):
    look = Look.at(finished.open())
    assert (look.done, look.exit_code, look.errors.rows, look.failures.rows) == (True, 0, [], [])
