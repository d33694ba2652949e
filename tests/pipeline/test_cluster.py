"""Elements of arrays and the job that winds up, without a scheduler around them."""

import pytest

from eurosift.pipeline import cluster, events, index, recipe, site
from eurosift.pipeline.arrays import Arrays, PhaseArray, has_ended, of_launch
from eurosift.pipeline.element import Ear
from eurosift.pipeline.launch import Launch
from eurosift.pipeline.packing import shares

GENERIC = site.load("generic")


@pytest.fixture
def launch(project, monkeypatch):
    """A launch of two arrays of two elements."""
    monkeypatch.setattr(cluster, "PATIENCE_S", ())
    project.write({"label": None, "length": None})
    shards = project.open().plan.shards
    launch = Launch.create(recipe.load(project.recipe))
    phases = (
        PhaseArray("extract", "", 2, shards, ()),
        PhaseArray("label", "", 2, None, ("extract",)),
    )
    Arrays(GENERIC, 1, phases).save(launch.folder, launch.name)
    return launch


class Silence(Ear):
    """Hears nothing: the signals are those of the test."""

    def __init__(self):
        self.heard = self.handler = None


@pytest.fixture
def run(launch, monkeypatch):
    def call(label, rank, ear=None):
        monkeypatch.setenv("SLURM_ARRAY_JOB_ID", "7")
        monkeypatch.setenv("SLURM_ARRAY_TASK_ID", str(rank))
        return cluster.run(str(launch.folder), launch.name, label, ear or Silence())

    return call


def test_an_element_does_its_share(project, launch, run):
    assert run("extract", 1) == 0
    sizes = {file.shard: file.size_bytes for file in project.open().plan.files}
    done = [path.stem for path in (project.run_folder / "extract").glob("*.parquet")]
    assert sorted(done) == sorted(shares(sizes, 2)[1])
    found = events.read(launch.folder)
    assert [found[0]["event"], found[-1]["event"]] == ["element_start", "element_end"]
    assert (found[-1]["code"], found[-1]["job"], found[-1]["done"]) == (0, "7_1", len(done))


def test_nothing_begins_before_all_before_it_is_complete(project, launch, run, capsys):
    """Whatever SLURM believes."""
    assert run("extract", 0) == 0
    assert run("label", 0) == 3
    assert "label: extract comes first and is not complete" in capsys.readouterr().err
    assert not (project.run_folder / "label").exists()
    passed = of_launch(launch.folder, launch.name) / "gates" / "label"
    assert not passed.exists()
    project.perform("extract")
    assert run("label", 0) == 0
    assert passed.exists()


def test_who_was_told_to_stop_before_it_began_does_nothing(project, launch, run):
    ear = Silence()
    ear.heard = "SIGUSR1"
    assert run("extract", 0, ear) == 75
    assert not list((project.run_folder / "extract").glob("*"))


def test_three_interruptions_without_any_result_are_a_failure(launch, run, capsys):
    codes = []
    for _ in range(3):
        ear = Silence()
        ear.heard = "SIGUSR1"
        codes.append(run("extract", 0, ear))
    assert codes == [75, 75, 1]
    assert "interrupted 3 times without having finished an item" in capsys.readouterr().err


def test_a_result_in_between_makes_up_for_interruptions():
    end, done = {"event": "element_end", "code": 75}, {"event": "shard_done"}
    assert cluster.fruitless([end, end]) == 2
    assert cluster.fruitless([end, done, end]) == 1
    assert cluster.fruitless([{"event": "element_end", "code": 0}]) == 0


def test_winding_up_tells_what_is_finished_and_tidies_up(project, launch):
    project.perform("extract", "label")
    stray = project.run_folder / "label" / "00099.parquet"
    stray.write_bytes((project.run_folder / "label" / "00000.parquet").read_bytes())
    left = project.run_folder / "label" / ".00001.parquet.gone-1234567-0a1b2c3d.tmp"
    left.touch()
    assert cluster.run(str(launch.folder), launch.name, "finish", Silence()) == 3
    assert not stray.exists()
    assert not left.exists()
    assert has_ended(launch.folder, launch.name)
    assert launch.finished() == {"extract", "label"}
    assert index.load(launch.folder, "label") is not None
    project.perform()
    assert cluster.run(str(launch.folder), launch.name, "finish", Silence()) == 0
