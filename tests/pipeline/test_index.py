"""The index of a run: looking is quicker with it, and the same without it or with a bad one."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from eurosift.pipeline import index, plan
from eurosift.pipeline.launch import open_run
from eurosift.pipeline.report import VIEWS
from eurosift.pipeline.stamp import Stamp

STAGES = ["extract", "label", "length", "short", "scrub", "upper"]


@pytest.fixture
def indexed(finished):
    """A finished run with its index."""
    index.refresh(finished.run_folder, STAGES)
    return finished


def path_of(project, stage="label"):
    """The index of a stage."""
    return project.run_folder / ".index" / f"{stage}.footers"


def looks(project):
    """All that can be seen of a run: states with reasons, and every report."""
    run = open_run(project.recipe)
    states = [(s.label, s.waits, [(t.state, t.reasons) for t in s.tasks]) for s in run.states()]
    return states, {name: [dict(row) for row in view(run).rows] for name, view in VIEWS.items()}


@pytest.fixture
def reads(monkeypatch):
    """Files whose footer is read, as they are."""
    from eurosift.pipeline import run_files

    found = []

    def read(path):
        found.append(path)
        return read_footer_json(path)

    read_footer_json = run_files.read_footer_json
    monkeypatch.setattr(run_files, "read_footer_json", read)
    return found


def test_what_is_seen_is_the_same_with_and_without_it(finished, reads):
    cold = looks(finished)
    assert len(reads) > 18
    reads.clear()
    index.refresh(finished.run_folder, STAGES)
    assert looks(finished) == cold
    assert reads == []


def test_run_and_verify_do_not_believe_it(indexed, reads, monkeypatch):
    from eurosift.pipeline.verify import verify

    def load(*_):
        raise AssertionError("the index was read")

    run = open_run(indexed.recipe)
    monkeypatch.setattr(index, "load", load)
    assert verify(run).problems == []
    assert {path.name for path in reads} == {"00000.parquet", "00001.parquet", "00002.parquet"}
    assert indexed.perform() == []


def test_the_coordinator_leaves_it_up_to_date(project, eurosift, reads):
    done = eurosift("run", project.recipe, "--quiet", "--workers", "1")
    assert done.code == 0, done.err
    before = {path.name: path.read_bytes() for path in (project.run_folder / ".index").iterdir()}
    of_stages = {f"{stage}.{kind}" for stage in STAGES for kind in ("footers", "done")}
    assert set(before) == {"inputs.json", *of_stages}
    reads.clear()
    assert eurosift("status", project.recipe).code == 0
    assert reads == []
    index.refresh(project.run_folder, STAGES)
    assert before == {p.name: p.read_bytes() for p in (project.run_folder / ".index").iterdir()}


def test_commands_that_only_show_something_do_not_write_it(finished, eurosift):
    for command in ("status", "plan", "report", "verify"):
        assert eurosift(command, finished.recipe).code == 0
    assert not (finished.run_folder / ".index").exists()


def truncated(path):
    path.write_bytes(path.read_bytes()[:-50])


def cut_in_half(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def emptied(path):
    path.write_bytes(b"")


def replaced_by_noise(path):
    path.write_bytes(bytes(range(256)) * 9)


def of_another_stage(path):
    shutil.copy(path.with_name("short.footers"), path)


def a_data_file(path):
    shutil.copy(path.parents[1] / "label" / "00000.parquet", path)


def a_folder(path):
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    "damage",
    [
        truncated,
        cut_in_half,
        emptied,
        replaced_by_noise,
        of_another_stage,
        a_data_file,
        a_folder,
    ],
)
def test_a_bad_index_is_left_aside(indexed, eurosift, damage, reads):
    good = looks(indexed)
    damage(path_of(indexed))
    assert index.load(indexed.run_folder, "label") is None
    reads.clear()
    assert looks(indexed) == good
    assert {path.parent.name for path in reads} == {"label"}
    done = eurosift("status", indexed.recipe)
    assert (done.code, done.err) == (0, "")


def test_no_flipped_bit_is_believed(indexed):
    """Bytes of an index, one after the other."""
    path = path_of(indexed)
    whole = path.read_bytes()
    for place in range(0, len(whole), 41):
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 8
        path.write_bytes(changed)
        assert index.load(indexed.run_folder, "label") is None, place


def test_the_index_of_another_run_is_not_believed(indexed, make_project, tmp_path_factory):
    other = make_project(tmp_path_factory.mktemp("other"))
    other.inputs(["mlt_Latn quite another text than those of the run"], ["one"], ["two", "three"])
    other.write()
    other.perform()
    good = looks(other)
    shutil.copytree(indexed.run_folder / ".index", other.run_folder / ".index")
    assert looks(other) == good


def same_time(path, before):
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize("rename", [False, True])
def test_a_file_with_other_content_is_noticed(indexed, eurosift, rename):
    """Although its size and its time of modification are what they were."""
    path = indexed.run_folder / "label" / "00001.parquet"
    before, content = path.stat(), bytearray(path.read_bytes())
    content[-100] ^= 1
    if rename:
        path.with_name("x").write_bytes(content)
        path.with_name("x").rename(path)
    else:
        path.write_bytes(content)
    same_time(path, before)
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    done = eurosift("status", indexed.recipe)
    assert done.code == 3
    assert eurosift("plan", indexed.recipe).out.count("the file is damaged") == 1


def test_swapped_shards_are_noticed(indexed, eurosift):
    layer = indexed.run_folder / "label"
    (layer / "00000.parquet").rename(layer / "x")
    (layer / "00001.parquet").rename(layer / "00000.parquet")
    (layer / "x").rename(layer / "00001.parquet")
    cold = looks(indexed)
    shutil.rmtree(indexed.run_folder / ".index")
    assert looks(indexed) == cold
    assert eurosift("status", indexed.recipe).code == 3


def test_sums_are_made_anew_where_a_layer_has_changed(indexed):
    """A shard that is gone, and one that says something else."""
    (indexed.run_folder / "upper" / "00001.parquet").unlink()
    warm = looks(indexed)
    shutil.rmtree(indexed.run_folder / ".index")
    assert looks(indexed) == warm


def test_damaged_files_are_left_out_of_it(finished):
    path = finished.run_folder / "label" / "00001.parquet"
    path.write_bytes(path.read_bytes()[:-9])
    index.refresh(finished.run_folder, ["label"])
    found = index.load(finished.run_folder, "label")
    assert sorted(found.entries) == ["00000.parquet", "00002.parquet"]


def test_it_is_no_trouble_if_it_cannot_be_written(finished, eurosift):
    (finished.run_folder / ".index").write_text("in the way")
    index.refresh(finished.run_folder, STAGES)
    index.save_inputs(finished.run_folder, finished.open().plan, {})
    done = eurosift("status", finished.recipe)
    assert (done.code, done.err) == (0, "")


def in_a_process(code, project, **options):
    """Start Python on some lines that know `folder` and `stages`."""
    head = (
        f"from pathlib import Path\nfolder, stages = Path({str(project.run_folder)!r}), {STAGES}\n"
    )
    return subprocess.Popen([sys.executable, "-c", head + code], **options)


def test_a_full_disk_leaves_nothing_behind(finished):
    """Files may not become larger than 1,000 bytes, so that writing fails in the middle."""
    code = """
import resource, signal
from eurosift.pipeline import index
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
index.refresh(folder, stages)
"""
    assert in_a_process(code, finished).wait() == 0
    assert list((finished.run_folder / ".index").iterdir()) == []


def test_two_may_write_it_at_once(finished):
    code = """
from eurosift.pipeline import index
for _ in range(5):
    for stage in stages:
        (folder / ".index" / f"{stage}.footers").unlink(missing_ok=True)
    index.refresh(folder, stages)
"""
    cold = looks(finished)
    writers = [in_a_process(code, finished) for _ in range(2)]
    while any(writer.poll() is None for writer in writers):
        assert looks(finished) == cold
    assert [writer.returncode for writer in writers] == [0, 0]
    index.refresh(finished.run_folder, STAGES)
    assert all(index.load(finished.run_folder, stage) for stage in STAGES)
    names = {path.name for path in (finished.run_folder / ".index").iterdir()}
    assert names == {f"{stage}.footers" for stage in STAGES}


def inputs_of(project):
    """Save the stamps of the inputs; gives recipe and plan."""
    run = project.open()
    stamps = {}
    plan.survey(run.dag.recipe, run.plan, stamps=stamps)
    index.save_inputs(project.run_folder, run.plan, stamps)
    return run.dag.recipe, run.plan


def test_inputs_that_look_unchanged_are_not_read_again(finished, monkeypatch):
    recipe, planned = inputs_of(finished)
    known = index.load_inputs(finished.run_folder)
    assert {name: stamp for name, (stamp, _) in known.items()} == {
        f"part-{n}.jsonl": Stamp.of(finished.folder / "in" / f"part-{n}.jsonl") for n in range(3)
    }
    monkeypatch.setattr(plan.digest, "of_edges", lambda *_: pytest.fail("an input was read"))
    assert plan.survey(recipe, planned, known) == plan.Survey()


def test_an_input_with_other_content_is_noticed(finished, eurosift):
    inputs_of(finished)
    path = finished.folder / "in" / "part-1.jsonl"
    before, text = path.stat(), path.read_text()
    path.write_text(text.replace("language", "LANGUAGE"))
    same_time(path, before)
    done = eurosift("status", finished.recipe)
    assert (done.code, "part-1.jsonl has changed" in done.err) == (3, True)


def test_stamps_of_another_plan_are_not_believed(finished):
    recipe, planned = inputs_of(finished)
    path = finished.run_folder / ".index" / "inputs.json"
    document = json.loads(path.read_text())
    for stamp_and_edges in document["inputs"].values():
        stamp_and_edges[1] = "0" * 32
    path.write_text(json.dumps(document))
    assert index.load_inputs(finished.run_folder) == {}  # not what was written
    known = {name: (Stamp(*stamp), edges) for name, (stamp, edges) in document["inputs"].items()}
    assert plan.survey(recipe, planned, known) == plan.Survey()  # read, as the digests differ


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"inputs": 3}', "\xff", '{"digest": null}'])
def test_bad_stamps_of_inputs_are_left_aside(finished, eurosift, text):
    inputs_of(finished)
    (finished.run_folder / ".index" / "inputs.json").write_text(text, encoding="latin-1")
    assert index.load_inputs(finished.run_folder) == {}
    assert eurosift("status", finished.recipe).code == 0
