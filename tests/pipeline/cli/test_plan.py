"""``eurosift plan``."""

import csv
import io
import json


def test_plan_says_what_would_run_and_why_and_writes_nothing(project, eurosift):
    before = project.times()
    found = eurosift("plan", project.recipe, "--format", "json")
    assert (found.code, found.err) == (0, "")
    body = json.loads(found.out)
    assert body["stages"][0] == {
        "stage": "extract",
        "items": 3,
        "done": 0,
        "new": 3,
        "stale": 0,
        "waiting": 0,
        "waits_for": "",
    }
    assert body["reasons"] == [
        {"stage": "extract", "state": "new", "why": "not made yet", "items": 3, "first": "00000"}
    ]
    assert project.times() == before


def test_plan_shows_selected_stages_only(finished, eurosift):
    found = eurosift("plan", finished.recipe, "-s", "short+", "--format", "tsv")
    rows = list(csv.DictReader(io.StringIO(found.out), delimiter="\t"))
    assert [(row["stage"], row["done"]) for row in rows] == [
        ("short", "3"),
        ("scrub", "3"),
        ("upper", "3"),
    ]
    assert eurosift("plan", finished.recipe, "-s", "shrot").code == 2


def test_plan_tells_of_inputs_that_are_not_as_they_were(finished, eurosift):
    finished.input("part-0.jsonl", ["mlt_Latn other"])
    (finished.folder / "in" / "part-1.jsonl").unlink()
    finished.input("part-9.jsonl", ["mlt_Latn new"])
    found = eurosift("plan", finished.recipe)
    assert found.err.splitlines() == [
        "input part-0.jsonl has changed: `run --replan` takes it as it is now",
        "input part-1.jsonl is gone: `run --replan` takes it as it is now",
        "input part-9.jsonl is not in the plan: `run --replan` adds it",
    ]
    assert eurosift("status", finished.recipe).code == 3
    replanned = eurosift("plan", finished.recipe, "--replan", "--format", "json")
    states = json.loads(replanned.out)["stages"][0]
    assert (states["items"], states["new"], states["stale"]) == (3, 1, 1)
