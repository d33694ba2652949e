"""Which arrays a launch has."""

import json

import pytest

from eurosift.pipeline import site
from eurosift.pipeline.arrays import Arrays, arrange, is_on_cluster
from eurosift.pipeline.errors import RunFolderError, SchedulerError

GENERIC = site.load("generic")


@pytest.fixture
def many(project):
    project.inputs(*[[f"mlt_Latn {n} and some more"] for n in range(9)])
    project.write(
        {
            "label": {"needs": "extract"},
            "length": {"needs": "extract"},
            "short": {"needs": ["label", "length"]},
            "census": None,
        }
    )
    return project


def arranged(project, selectors=(), workers=2, **more):
    run = project.open()
    nodes = run.dag.select(selectors)
    return arrange(run.dag, run.states(), nodes, GENERIC, workers=workers, **more)


def test_one_array_per_phase_and_as_many_elements_as_have_work(many):
    found = arranged(many)
    assert [(a.label, a.elements, a.needs) for a in found.phases] == [
        ("extract", 5, ()),
        ("label", 5, ("extract",)),
        ("length", 5, ("extract",)),
        ("short", 5, ("label", "length")),
        ("census.count", 5, ("short",)),
        ("census", 5, ("census.count",)),
    ]
    assert found.phases[0].todo == many.open().plan.shards
    assert found.phases[1].todo is None
    assert found.elements == 30


def test_what_is_done_has_no_array(many):
    many.perform("extract", "label", "length")
    (many.run_folder / "label" / "00004.parquet").unlink()
    found = arranged(many)
    assert [(a.label, a.elements, a.needs) for a in found.phases][:2] == [
        ("label", 1, ()),
        ("short", 5, ("label",)),
    ]
    assert found.phases[0].todo == ("00004",)
    many.perform()
    assert arranged(many).phases == ()


def test_wishes_and_bounds(many):
    assert {a.elements for a in arranged(many, elements=4).phases} == {4}
    assert {a.elements for a in arranged(many, elements=100).phases} == {9}
    assert {a.elements for a in arranged(many, elements=100, most_jobs=20).phases} == {3}
    assert {a.elements for a in arranged(many, most_jobs=7).phases} == {1}
    with pytest.raises(SchedulerError, match="takes 6 jobs, but 6 phases and the last job need 7"):
        arranged(many, most_jobs=6)
    assert [a.label for a in arranged(many, ["label", "extract"], most_jobs=3).phases] == [
        "extract",
        "label",
    ]


def test_the_record_is_what_was_decided(many):
    found = arranged(many)
    found.save(many.run_folder, "x")
    assert Arrays.load(many.run_folder, "x") == found
    assert found.find("census.count").phase == "count"
    assert is_on_cluster(many.run_folder, "x")
    assert not is_on_cluster(many.run_folder, "y")


def test_a_damaged_record_is_named(many):
    arranged(many).save(many.run_folder, "x")
    path = many.run_folder / "launches" / "x" / "arrays.json"
    path.write_text(json.dumps({"site": {}}))
    with pytest.raises(RunFolderError, match=r"arrays.json: cannot be read"):
        Arrays.load(many.run_folder, "x")
