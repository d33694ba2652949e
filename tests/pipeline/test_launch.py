"""A launch: what workers start from."""

import json

import pytest

from eurosift.pipeline import recipe
from eurosift.pipeline.errors import RunFolderError
from eurosift.pipeline.events import EventLog
from eurosift.pipeline.launch import Launch


def test_a_worker_builds_the_same_run_from_the_record(project):
    project.open()
    launch = Launch.create(recipe.load(project.recipe))
    project.recipe.unlink()
    run = Launch.load(launch.folder, launch.name).build()
    assert list(run.dag.nodes) == ["extract", "label", "length", "short", "scrub", "upper"]
    assert run.plan.shards == ("00000", "00001", "00002")
    assert run.dag.recipe.base == project.folder


def test_the_latest_launch_is_the_last_one(project):
    source = recipe.load(project.recipe)
    Launch.create(source)
    last = Launch.create(source)
    assert Launch.latest(source.folder) == last


def test_a_launch_remembers_what_was_asked_for(project):
    source = recipe.load(project.recipe)
    launch = Launch.create(source, select=["+short", "upper"], workers=3)
    assert Launch.load(source.folder, launch.name) == launch
    assert (launch.file, launch.select, launch.workers) == ("recipe.yaml", ("+short", "upper"), 3)


def test_records_of_the_first_version_can_be_read(project):
    launch = Launch.create(recipe.load(project.recipe))
    path = launch.folder / "launches" / f"{launch.name}.json"
    record = json.loads(path.read_text())
    path.write_text(json.dumps({key: record[key] for key in ("recipe", "base")}))
    assert Launch.latest(launch.folder) == launch


def test_a_launch_has_finished_what_all_of_its_elements_have(project):
    launch = Launch.create(recipe.load(project.recipe))
    assert launch.finished() == set()
    EventLog(launch.folder, launch.name, 0).write("end", finished=["extract", "label"])
    assert launch.finished() == {"extract", "label"}
    EventLog(launch.folder, launch.name, 1).write("end", finished=["extract"])
    assert launch.finished() == {"extract"}


def test_a_folder_that_is_no_run_is_named(tmp_path):
    with pytest.raises(RunFolderError, match="is no run folder; `eurosift run RECIPE` makes one"):
        Launch.latest(tmp_path)


def test_a_run_without_a_plan_is_named(project):
    launch = Launch.create(recipe.load(project.recipe))
    with pytest.raises(RunFolderError, match="has no plan"):
        launch.build()


def test_a_damaged_record_is_named(project):
    launch = Launch.create(recipe.load(project.recipe))
    path = launch.folder / "launches" / f"{launch.name}.json"
    path.write_text("{}")
    with pytest.raises(RunFolderError, match=f"{launch.name}.json: the record"):
        Launch.latest(launch.folder)
