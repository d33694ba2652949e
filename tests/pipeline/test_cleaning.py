"""What can go, and what never does."""

import os
import subprocess
import sys

import pytest

from eurosift.pipeline import cleaning, recipe
from eurosift.pipeline.events import EventLog
from eurosift.pipeline.launch import Launch


def launch(project, **failures):
    """Another launch with its log and its events."""
    made = Launch.create(recipe.load(project.recipe))
    log = project.run_folder / "logs" / made.name / "label" / "task.log"
    log.parent.mkdir(parents=True)
    log.write_text("log")
    events = EventLog(project.run_folder, made.name)
    events.write("start")
    for stage, key in failures.items():
        events.write("shard_failed", stage=stage, key=key, error="E: x")
    return made.name


def found(project, **options):
    folder = project.run_folder
    removals = cleaning.removals(project.open(), **options)
    return {
        r.what.split()[0]: [str(p.relative_to(folder)).split("-")[0] for p in r.paths]
        for r in removals
    }


def test_a_run_of_one_launch_has_nothing_to_remove(finished):
    assert found(finished) == {}


def test_logs_and_events_of_launches_before_the_last_can_go(finished):
    names = [launch(finished).split("-")[0] for _ in range(3)]
    assert found(finished) == {
        "logs": [f"logs/{name}" for name in names[:2]],
        "events": [f"events/{name}" for name in names[:2]],
    }


def test_events_stay_from_the_first_open_failure_on(project):
    project.perform("+label")
    first = launch(project).split("-")[0]
    launch(project, length="00001")
    launch(project)
    launch(project)
    assert found(project)["events"] == [f"events/{first}"]


def test_events_of_failures_that_are_mended_can_go(finished):
    launch(finished, length="00001")
    launch(finished)
    assert len(found(finished)["events"]) == 1


def dead_process():
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.mark.parametrize("host", [os.uname().nodename, "another-host"])
def test_what_the_dead_left_behind_can_go_and_what_the_living_write_stays(finished, host):
    layer = finished.run_folder / "label"
    dead = layer / f".00000.parquet.{host}-{dead_process()}-0123abcd.tmp"
    living = layer / f".00000.parquet.{host}-{os.getpid()}-0123abcd.tmp"
    mine = layer / ".notes.tmp"
    for path in (dead, living, mine):
        path.write_text("x")
    assert found(finished) == {"files": [str(dead.relative_to(finished.run_folder)).split("-")[0]]}
    cleaning.remove(cleaning.removals(finished.open()))
    assert not dead.exists()
    assert living.exists()
    assert mine.exists()


def test_no_data_is_touched(finished):
    for _ in range(3):
        launch(finished)
    before = finished.hashes()
    cleaning.remove(cleaning.removals(finished.open(), parts=True))
    assert finished.hashes() == before
    assert len(list((finished.run_folder / "launches").iterdir())) == 4
    assert found(finished) == {}


def test_sizes_are_told(finished):
    launch(finished)
    launch(finished)
    (logs, events) = cleaning.table(cleaning.removals(finished.open())).rows
    assert (logs["files"], logs["bytes"]) == (1, 3)
    assert events["bytes"] > 50
