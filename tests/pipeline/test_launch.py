"""A launch: what workers start from."""

import pytest

from eurosift.pipeline import recipe
from eurosift.pipeline.errors import RunFolderError
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
