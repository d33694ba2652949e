"""What there is to do in a run, and why: nothing more than is needed, nothing less."""

import json

import pytest

from eurosift.pipeline import status
from eurosift.pipeline.staleness import fingerprint_config
from eurosift.pipeline.states import State
from eurosift.stages.errors import AssetError

ALL = ("extract", "label", "length", "short", "scrub", "upper")


@pytest.fixture
def finished(project):
    """A finished run of five stages."""
    project.perform()
    assert project.perform() == []
    return project


def change(project, **stages):
    """Change parameters of stages in the recipe."""
    import yaml

    recipe = yaml.safe_load(project.recipe.read_text())
    for name, parameters in stages.items():
        recipe["stages"][name] = (recipe["stages"][name] or {}) | parameters
    project.recipe.write_text(yaml.safe_dump(recipe, sort_keys=False))


def stale(project):
    """Stages that are stale now, with the reasons of their items."""
    return {
        state.label: sorted({reason for task in state.tasks for reason in task.reasons})
        for state in project.open().states()
        if state.count(State.STALE)
    }


def done_again(project):
    """Stages that ran again, with the shards."""
    found = {}
    for label in project.perform():
        stage, _, key = label.partition("/")
        found.setdefault(stage, []).append(key)
    return found


def test_everything_is_new_at_first(project):
    assert project.states()["extract"] == ["new"] * 3
    states = project.open().states()
    assert [s.waits for s in states[1:]] == ["extract has to run first"] * 5


def test_everything_is_done_after_a_run(finished):
    assert finished.states() == {name: ["done"] * 3 for name in ALL}
    assert all(state.done for state in finished.open().states())


def test_a_parameter_makes_its_stage_stale_and_those_behind_it_wait(finished):
    change(finished, short={"min_chars": 21})
    assert finished.states() == {
        "extract": ["done"] * 3,
        "label": ["done"] * 3,
        "length": ["done"] * 3,
        "short": ["stale"] * 3,
        "scrub": ["waiting"] * 3,
        "upper": ["waiting"] * 3,
    }
    assert stale(finished) == {"short": ["parameter min_chars: 20 → 21"]}


def test_stages_behind_run_again_only_where_the_mask_changed(finished):
    """A threshold that rejects one more document of one shard."""
    change(finished, short={"min_chars": 28})
    assert done_again(finished) == {
        "short": ["00000", "00001", "00002"],
        "scrub": ["00000"],
        "upper": ["00000"],
    }


def test_a_parameter_that_changes_nothing_stops_there(finished):
    change(finished, short={"max_chars": 999})
    assert done_again(finished) == {"short": ["00000", "00001", "00002"]}


def test_an_overlay_of_a_language_is_a_parameter(finished):
    change(finished, short={"per_language": {"mt": {"min_chars": 3}}})
    assert stale(finished) == {
        "short": ['parameter per_language: null → {"mlt_Latn":{"max_chars":1000,"min_chars":3}}']
    }
    assert done_again(finished) == {
        "short": ["00000", "00001", "00002"],
        "scrub": ["00000"],
        "upper": ["00000"],
    }


def test_a_parameter_set_back_makes_everything_as_it_was(finished):
    before = finished.hashes()
    change(finished, short={"min_chars": 28})
    finished.perform()
    assert finished.hashes() != before
    change(finished, short={"min_chars": 20})
    finished.perform()
    assert finished.hashes() == before


def test_a_new_version_of_a_stage_makes_it_stale(finished, monkeypatch):
    kind = type(finished.open().dag.nodes["length"].step)
    monkeypatch.setattr(kind, "version", 2)
    assert stale(finished) == {"length": ["version of the stage: 1 → 2"]}
    assert done_again(finished) == {"length": ["00000", "00001", "00002"]}


def test_a_deleted_file_is_made_again_and_nothing_else(finished):
    before = finished.hashes()
    (finished.run_folder / "label" / "00001.parquet").unlink()
    assert finished.states()["label"] == ["done", "new", "done"]
    waits = {state.label: state.waits for state in finished.open().states()}
    assert waits["upper"] == "label has to run first"
    assert done_again(finished) == {"label": ["00001"]}
    assert finished.hashes() == before


@pytest.mark.parametrize("stage", ALL)
def test_a_truncated_file_is_made_again_and_nothing_else(finished, stage):
    """Whichever layer it is, and although every layer behind it reads its footer."""
    before = finished.hashes()
    path = finished.run_folder / stage / "00001.parquet"
    path.write_bytes(path.read_bytes()[:-9])
    (reason,) = stale(finished)[stage]
    assert reason.startswith("the file is damaged")
    assert "00001.parquet" in reason
    assert done_again(finished) == {stage: ["00001"]}
    assert finished.hashes() == before


def test_swapped_shards_are_stale_and_made_again(finished):
    before = finished.hashes()
    layer = finished.run_folder / "length"
    (layer / "00000.parquet").rename(layer / "x")
    (layer / "00001.parquet").rename(layer / "00000.parquet")
    (layer / "x").rename(layer / "00001.parquet")
    assert "the set of rows has changed" in stale(finished)["length"]
    assert done_again(finished)["length"] == ["00000", "00001"]
    assert finished.hashes() == before


def test_another_content_of_a_list_makes_its_stage_stale_and_another_name_does_not(project):
    words = project.folder / "words.txt"
    words.write_text("!")
    project.write({"upper": {"words": "words.txt"}})
    project.perform()
    words.rename(project.folder / "other.txt")
    project.write({"upper": {"words": "other.txt"}})
    assert project.perform() == []
    (project.folder / "other.txt").write_text("?")
    (reason,) = stale(project)["upper"]
    assert reason.startswith('parameter words: "sha256:')
    assert done_again(project) == {"upper": ["00000", "00001", "00002"]}


def test_a_missing_list_is_named(project):
    project.write({"upper": {"words": "none.txt"}})
    with pytest.raises(AssetError, match=r"words: \S+none\.txt: cannot be read: No such file"):
        fingerprint_config(project.open().dag.nodes["upper"].step)


def test_the_project_may_be_moved(finished, tmp_path_factory):
    """No absolute path is in a fingerprint or a data file."""
    new = tmp_path_factory.mktemp("elsewhere") / "moved"
    old = str(finished.folder)
    finished.folder.rename(new)
    moved = type(finished)(new)
    assert moved.perform() == []
    files = [p for p in moved.run_folder.rglob("*.parquet") if old.encode() in p.read_bytes()]
    assert files == []


def test_a_changed_input_reaches_whatever_reads_it(finished):
    from eurosift.pipeline import plan, recipe

    finished.input("part-1.jsonl", ["no language in this one", "   ", "mlt_Latn short"], "d1")
    source = recipe.load(finished.recipe)
    plan.save(source.folder, plan.make(source, plan.load(source.folder)))
    assert stale(finished)["extract"] == ["the input file has changed"]
    again = done_again(finished)
    assert set(again) == {"extract", "label", "length", "short", "scrub", "upper"}
    assert {tuple(keys) for keys in again.values()} == {("00001",)}


def test_a_stage_that_is_new_in_the_recipe_is_all_there_is_to_do(finished):
    finished.write({**json.loads(json.dumps(dict.fromkeys(ALL[1:]))), "slow": None})
    change(finished, short={"min_chars": 20})
    assert set(done_again(finished)) == {"slow"}


def test_phases_wait_for_each_other(project):
    project.write({"label": None, "census": None})
    project.perform("+label")
    states = {s.label: s for s in project.open().states()}
    assert states["census.count"].count(State.NEW) == 3
    assert states["census"].waits
    assert project.perform() == [
        *(f"census.count/0000{i}" for i in range(3)),
        *(f"census/0000{i}" for i in range(3)),
    ]
    assert {n for n in project.table("census").column("n_all").to_pylist() if n} == {6}
    assert project.perform() == []


def test_a_lost_file_of_a_phase_is_made_again_without_touching_the_layer(project):
    project.write({"census": None})
    project.perform()
    before = project.hashes()
    (project.run_folder / "census" / "count" / "00001.parquet").unlink()
    assert project.perform() == ["census.count/00001"]
    assert project.hashes() == before


def test_a_document_is_made_again_if_it_or_a_text_beside_it_is_gone(project):
    project.write({"manifest": None})
    assert "manifest.manifest/manifest" in project.perform()
    folder = project.run_folder / "manifest"
    assert (folder / "README.md").read_text() == "3 shards\n"
    for damage in (
        (folder / "README.md").unlink,
        (folder / "manifest.json").unlink,
        lambda: (folder / "manifest.json").write_text("{"),
        lambda: (folder / "manifest.json").write_text('{"fingerprint": "old"}'),
    ):
        damage()
        assert project.perform() == ["manifest.manifest/manifest"]
    assert project.perform() == []


def test_the_reasons_are_grouped_with_one_example(finished):
    change(finished, short={"min_chars": 21, "max_chars": 7})
    (finished.run_folder / "upper" / "00002.parquet").unlink()
    rows = [tuple(row.values()) for row in status.why(finished.open().states()).rows]
    assert rows == [
        ("short", "stale", "parameter max_chars: 1000 → 7", 3, "00000"),
        ("short", "stale", "parameter min_chars: 20 → 21", 3, "00000"),
        ("scrub", "waiting", "runs again if short gives other data", 3, "00000"),
        ("upper", "waiting", "runs again if short gives other data", 2, "00000"),
        ("upper", "new", "not made yet", 1, "00002"),
    ]


def test_states_of_a_stage_and_those_before_it(project):
    """What an element of an array has to know; what comes behind is not looked at."""
    project.write({"label": None, "length": {"needs": "extract"}, "upper": {"needs": "label"}})
    project.perform("+label")
    run = project.open()
    found = run.states(run.dag.nodes["upper"])
    assert [(s.label, s.done) for s in found] == [
        ("extract", True),
        ("label", True),
        ("upper", False),
    ]
