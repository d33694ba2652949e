"""Defects that runtimes have, tried here and on datatrove; docs/promises.md has the table.

Of each pair, the first test fails if eurosift has the defect, the second if datatrove has it no
longer: then the table is out of date.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from fault_harness import processes
from fault_harness.files import LONG, N_ROWS, STAGES, four_files, ids, put

from eurosift.pipeline import events, shards
from eurosift.pipeline.api import Run
from tests.waiting import wait_for

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("defects")]
ROOT = Path(__file__).parents[2]
PEER = Path(processes.__file__).with_name("peer.py")


@pytest.fixture
def files(make_project, tmp_path):
    return four_files(make_project(tmp_path))


@pytest.fixture
def failing(files):
    """A text in the last file is poison."""
    put(files, 3, poison=5)
    return files


@pytest.fixture(scope="module")
def resumed(make_project, tmp_path_factory):
    """A run in which the last file failed, and that went on with another number of workers."""
    project = four_files(make_project(tmp_path_factory.mktemp("resumed")))
    put(project, 3, poison=5)
    first = project.start("run", str(project.recipe), "--workers", "3")
    assert "this text is poison" in first.communicate()[1]
    put(project, 3)
    second = project.start("run", str(project.recipe), "--workers", "1", "--replan")
    second.communicate()
    assert (first.returncode, second.returncode) == (1, 0)
    return project


@pytest.fixture
def peer(files):
    from fault_harness.peer import Peer

    return Peer(files.folder)


# An error in the middle of writing


def test_an_error_in_the_middle_leaves_no_file(files, monkeypatch):
    monkeypatch.setattr(shards, "ROW_GROUP_ROWS", 1000)
    files.inputs(LONG)
    write, writers = shards.ShardWriter.write, set()

    def watched(writer, rows):
        writers.add(writer)
        return write(writer, rows)

    monkeypatch.setattr(shards.ShardWriter, "write", watched)
    with pytest.raises(ValueError, match="poison"):
        files.perform()
    assert len(writers) == 2  # of the documents, and of the stage that failed later
    assert len(list((files.run_folder / "extract").iterdir())) == 1
    assert list((files.run_folder / "broken").iterdir()) == []


def test_datatrove_leaves_a_valid_but_truncated_file(peer, files):
    files.inputs(LONG)
    with pytest.raises(ValueError, match="poison"):
        peer.run(1)
    assert [table.num_rows for table in peer.files().values()] == [2500]


# Outputs that are gone


def test_deleted_outputs_are_made_again(files, eurosift):
    files.perform()
    hashes = files.hashes()
    shutil.rmtree(files.run_folder / "short")
    (files.run_folder / "broken" / "00001.parquet").unlink()
    assert eurosift("status", files.recipe).code == 3
    files.perform()
    assert files.hashes() == hashes


def test_datatrove_takes_deleted_outputs_for_complete(peer):
    peer.run(2)
    shutil.rmtree(peer.out)
    assert peer.run(2) is None
    assert peer.ids() == []


# Another number of tasks


def test_another_number_of_workers_goes_on_with_all_that_is_missing(resumed):
    rows = Run(resumed.recipe).rows("short").collect()
    assert sorted(rows["id"].to_list()) == ids(0, 1, 2, 3)


def test_datatrove_with_fewer_tasks_takes_a_failed_file_for_complete(peer, failing):
    with pytest.raises(ValueError, match="poison"):
        peer.run(4)
    put(failing, 3)
    assert peer.run(2) is None
    assert peer.ids() != ids(0, 1, 2, 3)


# Another configuration


def test_a_changed_parameter_runs_its_stage_again_and_no_other(files):
    files.perform()
    before = files.hashes()
    files.write(STAGES | {"short": {"min_chars": 1000}})
    files.perform()
    after = files.hashes()
    changed = {name.split("/")[0] for name in before if before[name] != after[name]}
    assert changed == {"short"}
    assert {tuple(r) for r in files.table("short")["short_reasons"].to_pylist()} == {("too_short",)}


def test_datatrove_takes_another_configuration_for_complete(peer):
    peer.run(2, min_chars=0)
    assert peer.run(2, min_chars=1000) is None
    assert peer.ids() == ids(0, 1, 2, 3)


# One file that fails


def test_a_file_that_fails_stops_no_other(files, eurosift):
    put(files, 0, poison=5)
    found = eurosift("run", files.recipe, "--workers", 1)
    assert found.code == 1
    assert "broken/00000: ValueError: this text is poison" in found.err
    assert files.states()["broken"] == ["new", "done", "done", "done"]


def test_datatrove_tries_nothing_after_a_file_that_fails(peer, files):
    put(files, 0, poison=5)
    with pytest.raises(ValueError, match="poison"):
        peer.run(4)
    assert set(peer.ids()) <= set(ids(0))


# A first document without text


def test_an_empty_first_text_costs_no_column(files):
    files.inputs(["", "mlt_Latn full"], ["mlt_Latn fine"])
    files.write({"upper": None})
    files.perform()
    first, other = sorted((files.run_folder / "upper").glob("*.parquet"))
    assert pq.read_schema(first).names == pq.read_schema(other).names
    assert pq.read_table(first)["upper"].to_pylist()[1] == "MLT_LATN FULL"


def test_datatrove_loses_the_texts_behind_an_empty_one(peer):
    peer.write("", "mlt_Latn full")
    (table,) = peer.files().values()
    assert (table.num_rows, "text" in table.column_names) == (2, False)


# Figures after a resumed run


def test_figures_after_a_resumed_run_are_of_the_whole(resumed):
    funnel = Run(resumed.recipe).report()["funnel"].to_dicts()
    assert next(r["count"] for r in funnel if r["what"] == "documents in") == 4 * N_ROWS


def test_datatrove_counts_the_last_launch_only(peer, failing):
    with pytest.raises(ValueError, match="poison"):
        peer.run(4)
    put(failing, 3)
    assert peer.run(4) == N_ROWS
    assert peer.ids() == ids(0, 1, 2, 3)
    assert peer.totals() == N_ROWS


# The log of a failure that was mended


def test_a_mended_failure_stays_in_the_logs(resumed, eurosift):
    assert "this text is poison" in eurosift("logs", resumed.recipe).out
    assert "poison" not in eurosift("logs", resumed.recipe, "--failed").out


def test_datatrove_erases_the_log_of_a_failure_when_it_tries_again(peer, failing):
    with pytest.raises(ValueError, match="poison"):
        peer.run(4)
    log = peer.logs / "logs" / "task_00003.log"
    assert "this text is poison" in log.read_text()
    put(failing, 3)
    peer.run(4)
    assert "poison" not in log.read_text()


# A new input file between two attempts


def test_a_new_input_file_moves_no_other(files, eurosift):
    put(files, 1, poison=5)
    assert eurosift("run", files.recipe).code == 1
    put(files, 7, name="part-00.jsonl")
    assert "part-00.jsonl is not in the plan" in eurosift("plan", files.recipe).err
    put(files, 1)
    found = eurosift("run", files.recipe)
    assert (found.code, "part-1.jsonl has changed" in found.err) == (2, True)
    assert eurosift("run", files.recipe, "--replan").code == 0
    rows = Run(files.recipe).rows("short").collect()
    assert sorted(rows["id"].to_list()) == ids(0, 1, 2, 3, 7)


def test_datatrove_loses_files_and_doubles_others(peer, files):
    put(files, 1, poison=5)
    with pytest.raises(ValueError, match="poison"):
        peer.run(2)
    put(files, 7, name="part-00.jsonl")
    put(files, 1)
    assert peer.run(2) == 2 * N_ROWS
    assert peer.ids() == sorted(ids(0, 2) + ids(7, 2))


# A parent that is killed, and a second launch beside the first


@pytest.fixture(scope="module")
def mark():
    """Marks processes of a project by a token; what still carries one at the end is killed."""
    tokens = []

    def marked(project):
        tokens.append(secrets.token_hex(8))
        project.env |= {processes.MARK: tokens[-1]}
        return tokens[-1]

    yield marked
    for token in tokens:
        for pid in processes.living(token):
            os.kill(pid, signal.SIGKILL)


@pytest.fixture
def asleep(mark, make_project, tmp_path):
    """A run whose two workers are at work, and will be for a while: project, process, token."""
    project = four_files(make_project(tmp_path))
    project.write({"slow": {"seconds": 600}})
    token = mark(project)
    process = project.start("run", str(project.recipe), "--workers", "2")
    wait_for(lambda: len(list((project.run_folder / "slow").glob(".*.tmp"))) == 2, process)
    yield project, process, token
    process.kill()
    process.communicate()


def test_a_second_run_is_refused_while_the_first_is_at_work(asleep, eurosift):
    project, process, _ = asleep
    found = eurosift("run", project.recipe)
    assert found.code == 2
    assert f"process {process.pid}" in found.err
    assert [e["event"] for e in events.read(project.run_folder)].count("start") == 1


def test_nothing_outlives_a_killed_run(asleep):
    _, process, token = asleep
    assert len(processes.workers(token, process.pid)) == 2
    process.kill()
    process.wait()
    assert processes.outliving(token, 60) == {}


def test_datatrove_leaves_its_manager_behind(files, mark):
    token = mark(files)
    process = subprocess.Popen(
        [sys.executable, str(PEER), str(files.folder)],
        env=files.env,
        stderr=subprocess.DEVNULL,
    )
    log = files.folder / "datatrove" / "logs" / "logs" / "task_00000.log"
    wait_for(log.exists, process)
    process.kill()
    process.wait()
    assert processes.outliving(token, 3) != {}


def test_datatrove_runs_twice_at_once_on_the_same_files(peer):
    second = []
    assert peer.run(1, meanwhile=lambda: second.append(peer.run(1))) == 4 * N_ROWS
    assert second == [4 * N_ROWS]


def test_every_row_of_the_table_has_its_tests():
    """And every test has a row."""
    table = (ROOT / "docs" / "promises.md").read_text("utf-8")
    named = re.findall(r"`(test_\w+)`", table)
    own = re.findall(r"^def (test_\w+)", Path(__file__).read_text("utf-8"), re.MULTILINE)
    assert sorted(n for n in named if n in own) == sorted(own[:-1])
