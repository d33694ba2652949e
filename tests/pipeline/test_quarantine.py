"""Pages that pass a limit: on the list, rows with a reason, and the same bytes ever after."""

import json

import pytest

from eurosift.pipeline import quarantine
from eurosift.pipeline.errors import PlanError
from eurosift.pipeline.plan import InputFile

FILE = InputFile(shard="00003", path="a.warc", size_bytes=1, edges="x")
FINE = ["the first text", "the second text", "the third text"]


@pytest.fixture
def pages(project):
    """Two files of lines that a stage works on as on pages; `d0-1` does what it is told."""

    def make(evil, **limits):
        texts = [FINE[0], evil, FINE[2]]
        project.inputs(texts, FINE)
        project.write({"pages": None, "upper": None}, limits=limits)
        return project

    return make


def first_file(project):
    return project.open().plan.files[0]


def rows(project):
    table = project.table("pages")
    return dict(zip(table["id"].to_pylist(), table["pages_reasons"].to_pylist(), strict=True))


@pytest.mark.serial
@pytest.mark.parametrize(
    ("evil", "limits", "reason"),
    [
        ("loop", {"page_seconds": 0.2}, "time_limit"),
        ("hang", {"page_seconds": 0.2}, "time_limit"),
        ("crash", {}, "crash"),
        ("grow", {"worker_memory": "700MB"}, "memory_limit"),
    ],
)
def test_a_page_that_passes_a_limit_twice_is_a_row_with_a_reason(
    pages, eurosift, evil, limits, reason
):
    """Every other document of its shard, and of the others, goes all the way."""
    project = pages(evil, **limits)
    found = eurosift("run", project.recipe, "--workers", 2)
    assert found.code == 0, found.err
    assert f"WARNING pages/00000: page d0-1 is quarantined: {reason}" in found.err
    reasons = rows(project)
    assert reasons.pop("d0-1") == [reason]
    assert set(map(tuple, reasons.values())) == {()}
    assert quarantine.load(project.run_folder, first_file(project)) == {"d0-1": reason}
    assert eurosift("verify", project.recipe).code == 0
    assert eurosift("status", project.recipe, "-q").code == 0
    report = json.loads(eurosift("report", project.recipe, "--format", "json").out)
    assert report["quarantine"] == [
        {"input": "part-0.jsonl", "shard": "00000", "id": "d0-1", "reason": reason}
    ]
    hashes = project.hashes()
    for layer in ("pages", "upper"):
        (project.run_folder / layer / "00000.parquet").unlink()
    assert eurosift("run", project.recipe, "--workers", 1).code == 0
    assert project.hashes() == hashes


def test_the_list_is_an_input_of_the_plan(pages, eurosift):
    """Who puts a page on it or takes one off has its shard made again, and is told why."""
    project = pages("harmless")
    assert eurosift("run", project.recipe).code == 0
    before = project.hashes()
    quarantine.add(project.run_folder, first_file(project), {"d0-1": "time_limit"})
    found = eurosift("plan", project.recipe)
    assert "the list of quarantined pages is new" in found.out
    assert eurosift("run", project.recipe).code == 0
    assert rows(project)["d0-1"] == ["time_limit"]
    (project.run_folder / "quarantine" / "00000.json").unlink()
    assert "the list of quarantined pages is gone" in eurosift("plan", project.recipe).out
    assert eurosift("run", project.recipe).code == 0
    assert rows(project)["d0-1"] == []
    assert project.hashes() == before


def test_a_page_of_the_list_that_is_not_in_the_input_is_no_document(pages, eurosift):
    """A file that was changed, and planned again, may have lost it."""
    project = pages("harmless")
    assert eurosift("run", project.recipe).code == 0
    quarantine.add(project.run_folder, first_file(project), {"d0-1": "crash", "gone": "time_limit"})
    found = eurosift("run", project.recipe)
    assert found.code == 0, found.err
    assert "page gone" not in found.err
    report = json.loads(eurosift("report", project.recipe, "--format", "json").out)
    assert [page["id"] for page in report["quarantine"]] == ["d0-1"]
    assert eurosift("status", project.recipe, "-q").code == 0


def test_a_page_is_only_added(tmp_path):
    quarantine.add(tmp_path, FILE, {"b": "crash"})
    quarantine.add(tmp_path, FILE, {"a": "time_limit"})
    assert quarantine.load(tmp_path, FILE) == {"a": "time_limit", "b": "crash"}
    assert quarantine.load(tmp_path, FILE.model_copy(update={"shard": "00004"})) == {}


@pytest.mark.parametrize("damage", ["truncated", "edited", "emptied", "other"])
def test_a_damaged_list_is_an_error_that_says_what_to_do(tmp_path, damage):
    quarantine.add(tmp_path, FILE, {"a": "crash"})
    path = tmp_path / "quarantine" / "00003.json"
    text = path.read_text()
    path.write_text(
        {
            "truncated": text[:-9],
            "edited": text.replace("crash", "trash"),
            "emptied": "",
            "other": "[]",
        }[damage]
    )
    with pytest.raises(PlanError, match=r"00003\.json: is damaged: .*; restore it, or remove"):
        quarantine.load(tmp_path, FILE)


def test_a_damaged_list_stops_the_run_before_it_begins(pages, eurosift):
    project = pages("harmless")
    eurosift("run", project.recipe)
    (project.run_folder / "quarantine").mkdir()
    (project.run_folder / "quarantine" / "00001.json").write_text("{")
    for command in ("run", "plan", "status"):
        found = eurosift(command, project.recipe)
        assert found.code == 2
        assert "quarantine/00001.json: is damaged" in found.err
        assert "Traceback" not in found.err


def test_the_list_is_of_the_input_as_it_was(pages, eurosift):
    """A page of a changed input is another one, even if it has the same id."""
    project = pages("harmless")
    assert eurosift("run", project.recipe).code == 0
    quarantine.add(project.run_folder, first_file(project), {"d0-1": "time_limit"})
    assert eurosift("run", project.recipe).code == 0
    assert rows(project)["d0-1"] == ["time_limit"]
    path = project.folder / "in" / "part-0.jsonl"
    path.write_text(path.read_text().replace("harmless", "homeless"))
    assert eurosift("run", project.recipe, "--replan").code == 0
    assert rows(project)["d0-1"] == []
    quarantine.add(project.run_folder, first_file(project), {"d0-0": "crash"})
    assert quarantine.load(project.run_folder, first_file(project)) == {"d0-0": "crash"}
