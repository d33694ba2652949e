"""What is known to be done is believed until anything that it depends on has changed."""

import os

import pytest

from eurosift.pipeline import plan, quarantine, recipe, settled
from eurosift.pipeline.launch import open_run
from eurosift.pipeline.states import State
from eurosift.pipeline.tasks import Run

STAGES = ["extract", "label", "length", "short", "scrub", "upper"]


def remember(project):
    run = project.open()
    for node in run.dag.nodes.values():
        settled.remember(run, node)


@pytest.fixture
def noted(finished):
    """A finished run of which that is known."""
    remember(finished)
    return finished


def known(project):
    """Stages that a look does not list the items of."""
    return [state.stage for state in open_run(project.recipe).states() if state.settled]


def counts(project):
    """Items by phase and state, as a look finds them."""
    return [
        (state.label, state.items, *(state.count(kind) for kind in State))
        for state in open_run(project.recipe).states()
    ]


def test_what_is_known_is_what_would_be_found(noted):
    assert known(noted) == STAGES
    found = counts(noted)
    for path in (noted.run_folder / ".index").iterdir():
        path.unlink()
    assert known(noted) == []
    assert counts(noted) == found
    assert all(done == items == 3 for _, items, done, *_ in found)


def changed_parameter(project):
    text = project.recipe.read_text()
    project.recipe.write_text(text.replace("min_chars: 20", "min_chars: 30"))


def removed_file(project):
    (project.run_folder / "short" / "00001.parquet").unlink()


def touched_file(project):
    path = project.run_folder / "short" / "00001.parquet"
    os.utime(path, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns + 1))


def flipped_byte(project):
    path = project.run_folder / "short" / "00001.parquet"
    whole = bytearray(path.read_bytes())
    whole[-60] ^= 1
    path.write_bytes(whole)


def another_file(project):
    (project.run_folder / "short" / "stray.parquet").write_bytes(b"")


def damaged_note(project):
    path = project.run_folder / ".index" / "short.done"
    path.write_text(path.read_text().replace("3", "4"))


@pytest.mark.parametrize(
    "change",
    [changed_parameter, removed_file, touched_file, flipped_byte, another_file, damaged_note],
)
def test_a_stage_with_a_change_and_all_behind_it_are_looked_at(noted, change):
    """`scrub` and `upper` come behind `short`, but for a note that is damaged."""
    change(noted)
    found = known(noted)
    assert found[:3] == ["extract", "label", "length"]
    assert "short" not in found
    cold = Run(*_opened(noted)).states()
    assert [(s.label, s.done, s.items) for s in open_run(noted.recipe).states()] == [
        (s.label, s.done, s.items) for s in cold
    ]


def _opened(project):
    run = project.open()
    return run.dag, run.plan, run.files


def test_another_plan_or_quarantine_is_another_run(noted):
    file = noted.open().plan.files[0]
    quarantine.add(noted.run_folder, file, {"d0-0": "time_limit"})
    assert known(noted) == []
    (noted.run_folder / "quarantine" / "00000.json").unlink()
    noted.input("part-9.jsonl", ["mlt_Latn new"])
    source = recipe.load(noted.recipe)
    plan.save(source.folder, plan.make(source, plan.load(source.folder)))
    assert known(noted) == []


def test_what_is_not_done_is_not_noted(project):
    project.perform("+label")
    (project.run_folder / "label" / "00002.parquet").unlink()
    remember(project)
    assert known(project) == ["extract"]


def test_run_and_verify_do_not_believe_it(noted, monkeypatch):
    monkeypatch.setattr(settled.Settled, "states", lambda *_: pytest.fail("believed"))
    assert noted.perform() == []
    assert [state.settled for state in noted.open().states()] == [0] * 6


def test_items_that_depend_on_other_runs_are_always_looked_at(demo_stage_against):
    assert settled.Settled(demo_stage_against).basis(demo_stage_against.dag.nodes["dedup"]) is None


@pytest.fixture
def demo_stage_against(project):
    """A run whose deduplication compares with another run."""
    project.write({"extract": None, "dedup": {"against": ["other"]}})
    return project.open()
