"""``eurosift logs``: what went wrong, with the place where it began."""

import json

import pytest

from eurosift.pipeline import events


@pytest.fixture
def broken(project, eurosift):
    """Two of four shards fail in a stage, in the same line."""
    project.inputs(*(["mlt_Latn poison" if i < 2 else "mlt_Latn fine"] for i in range(4)))
    project.write({"broken": None, "upper": {"needs": "extract"}})
    found = eurosift("run", project.recipe, "-q")
    assert found.code == 1
    assert found.err.endswith(" and 1 more: ValueError: this text is poison\n")
    assert "Traceback" not in found.err
    return project


def test_the_traceback_of_the_worker_is_kept_in_the_events(broken):
    failed = [e for e in events.read(broken.run_folder) if e["event"] == "shard_failed"]
    assert len(failed) == 2
    for event in failed:
        assert event["traceback"].startswith("Traceback (most recent call last):")
        assert 'raise ValueError("this text is poison")' in event["traceback"]


def test_one_error_that_struck_two_shards_is_told_once_origin_first(broken, eurosift):
    found = eurosift("logs", broken.recipe)
    assert (found.code, found.err) == (0, "")
    lines = found.out.splitlines()
    assert lines[0] == "broken: ValueError: this text is poison"
    assert lines[1].startswith("  2 items, last 20")
    assert lines[1].endswith("; 2 of them to be done")
    assert "tiny_stages.py:" in lines[2]
    assert lines[2].endswith(" in process")
    assert lines[3].strip() == 'raise ValueError("this text is poison")'
    assert lines[-1] == "  items: 00000, 00001"


def test_failed_leaves_out_what_was_mended(broken, eurosift):
    assert "poison" in eurosift("logs", broken.recipe, "--failed").out
    broken.inputs(*(["mlt_Latn fine"] for _ in range(4)))
    assert eurosift("run", broken.recipe, "--replan", "-q").code == 0
    found = eurosift("logs", broken.recipe, "--failed")
    assert found == (0, "", "no item is failed\n")
    assert "all done since" in eurosift("logs", broken.recipe).out


def test_programs_get_one_row_per_error(broken, eurosift):
    found = eurosift("logs", broken.run_folder, "--format", "json")
    (row,) = json.loads(found.out)["errors"]
    assert (row["stage"], row["items"], row["times"], row["open"]) == ("broken", 2, 2, 2)
    assert "in process" in row["origin"]


def test_a_run_without_errors_says_so(finished, eurosift):
    assert eurosift("logs", finished.recipe) == (0, "", "no item has failed yet\n")
