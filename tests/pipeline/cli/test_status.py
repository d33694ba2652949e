"""``eurosift status`` for scripts (-q) and for people who wait (--watch)."""

import json
import os
import pty
import signal
import subprocess
import sys
import time

import pytest

from eurosift.pipeline import recipe
from eurosift.pipeline.events import EventLog
from eurosift.pipeline.launch import Launch


def test_quiet_prints_nothing_and_the_exit_code_tells(project, eurosift):
    assert eurosift("status", "-q", project.recipe) == (3, "", "")
    project.perform("+label")
    assert eurosift("status", "-q", project.recipe) == (3, "", "")
    project.perform()
    assert eurosift("status", "-q", project.recipe) == (0, "", "")
    project.input("part-0.jsonl", ["mlt_Latn other"])
    assert eurosift("status", "-q", project.recipe) == (3, "", "")


def test_quiet_tells_failed_items_by_1_and_what_is_no_run_by_2(project, eurosift):
    project.write({"broken": None})
    project.inputs(["mlt_Latn poison"])
    assert eurosift("run", project.recipe, "-q").code == 1
    assert eurosift("status", "-q", project.recipe) == (1, "", "")
    assert eurosift("status", "-q", project.folder / "in").code == 2


def test_what_has_stalled_is_told_with_what_to_do(project, eurosift):
    project.perform("extract")
    launch = Launch.create(recipe.load(project.recipe))
    log = EventLog(project.run_folder, launch.name)
    log.write("start", launch=launch.name)
    log.path.write_text(log.path.read_text().replace('"time": "', '"time": "not '))
    found = eurosift("status", project.run_folder)
    told = f"`eurosift retry {project.run_folder} --stalled` has it done again"
    assert (found.code, told in found.err) == (3, True)


def test_failed_items_are_counted_and_each_error_stands_once(project, eurosift):
    project.write({"broken": None})
    project.inputs(["mlt_Latn poison"], ["mlt_Latn poison"], ["mlt_Latn fine"])
    assert eurosift("run", project.recipe, "-q").code == 1
    found = eurosift("status", project.recipe)
    stages, errors = found.out.split("\n\n")
    assert stages.splitlines()[0].split() == [
        *("stage", "items", "done", "running", "stalled", "failed", "pending", "waits_for")
    ]
    assert stages.splitlines()[3].split() == ["broken", "3", "1", "0", "0", "2", "0"]
    assert errors.splitlines()[2].split()[:3] == ["broken", "2", "00000"]
    assert len(errors.splitlines()) == 3
    body = json.loads(eurosift("status", project.recipe, "--format", "json").out)
    assert set(body) == {"schema_version", "stages", "at_work", "errors", "failures"}
    assert [row["items"] for row in body["errors"]] == [2]
    assert [row["item"] for row in body["failures"]] == ["00000", "00001"]
    assert body["at_work"] == []  # the launch has ended


def test_who_is_at_work_can_be_seen_while_a_run_is_going_on(project, eurosift):
    """And that it stalled, once it is killed."""
    project.inputs(["mlt_Latn one"])
    project.write({"slow": {"seconds": 600}})
    process = project.start("run", str(project.recipe), "--workers", "1")
    try:
        for _ in range(1200):
            if (project.run_folder / "launches").exists():
                body = json.loads(eurosift("status", project.recipe, "--format", "json").out)
                if [row["running"] for row in body["stages"]] == [0, 1]:
                    break
            time.sleep(0.1)
        (element,) = body["at_work"]
        assert (element["state"], element["stage"]) == ("running", "slow")
        assert (element["pid"], element["working_on"]) == (process.pid, "00000")
        assert element["since"] <= element["last_heard"]
    finally:
        process.kill()
        process.communicate()
    body = json.loads(eurosift("status", project.recipe, "--format", "json").out)
    assert [row["stalled"] for row in body["stages"]] == [0, 1]
    assert [element["state"] for element in body["at_work"]] == ["stalled"]


def test_watching_a_finished_run_ends_at_once(finished, eurosift):
    found = eurosift("status", "--watch", finished.recipe)
    assert (found.code, found.err) == (0, "")
    assert found.out.endswith(" phases=6/6 failed=0 done\n")
    assert found.out.count("\n") == 1


def test_off_a_terminal_each_change_is_a_line(project):
    process = project.start("status", "--watch", str(project.recipe))
    lines = iter(process.stdout.readline, "")
    assert next(lines).endswith("nothing has been run yet\n")
    project.perform("+label")
    assert any(line.endswith(" phases=2/6 failed=0 length=0/3\n") for line in lines)
    project.perform()
    out, err = process.communicate(timeout=300)
    assert (process.returncode, err) == (0, "")
    assert out.endswith(" phases=6/6 failed=0 done\n")


def test_ctrl_c_ends_watching_without_a_word(project):
    project.perform("+label")
    process = project.start("status", "--watch", str(project.recipe))
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=300) == ("", "")
    assert process.returncode == 130


def test_on_a_terminal_the_table_is_drawn_again(project):
    project.perform("+label")
    ours, theirs = pty.openpty()
    env = project.env | {"TERM": "xterm"}
    child = subprocess.Popen(
        [sys.executable, "-m", "eurosift.pipeline", "status", "--watch", str(project.recipe)],
        env=env,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs)
    shown = b""
    deadline = time.monotonic() + 300
    while shown.count(b"phases=2/6") < 2 and time.monotonic() < deadline:
        shown += os.read(ours, 65536)
    child.send_signal(signal.SIGINT)
    child.wait(timeout=300)
    os.close(ours)
    assert shown.count(b"\x1b[2J") + shown.count(b"\x1bc") >= 2
    assert b"waits_for" in shown


@pytest.mark.parametrize("option", ["-q", "--format=json"])
def test_watching_is_for_people(finished, eurosift, option):
    found = eurosift("status", "--watch", option, finished.recipe)
    assert (found.code, found.out) == (2, "")
    assert "--watch is for people" in found.err


def test_status_of_a_finished_run(finished, eurosift):
    found = eurosift("status", finished.recipe)
    assert (found.code, found.err) == (0, "")
    assert len(found.out.splitlines()) == 2 + 6


def test_status_of_an_unfinished_run_is_exit_code_3(project, eurosift):
    project.perform("+label")
    found = eurosift("status", project.recipe, "--format", "json")
    assert found.code == 3
    body = json.loads(found.out)
    assert [row["done"] for row in body["stages"]] == [3, 3, 0, 0, 0, 0]
    assert body["failures"] == []
