"""Whole runs with worker processes: what is done stays done, what fails stops nothing else."""

import os
import shutil
import signal
import time

import pytest

from eurosift.pipeline import events
from tests.waiting import wait_for

MANY = [
    [f"mlt_Latn text {i} of file {n}, which holds a secret" for i in range(n * 3)] for n in range(7)
]
PHASED = {
    "label": None,
    "length": None,
    "short": {"min_chars": 20, "per_language": {"mt": {"min_chars": 40}}},
    "census": None,
    "scrub": {"needs": "census"},
    "upper": None,
    "manifest": None,
}


@pytest.fixture
def many(project):
    """Seven files, from one without a row upwards, and a stage with phases."""
    project.inputs(*MANY)
    project.write(PHASED)
    return project


@pytest.fixture(scope="module")
def undisturbed():
    """Hashes of the data of each recipe's undisturbed run, made once."""
    return {}


def stamps(project):
    return {p: p.stat().st_mtime_ns for p in sorted(project.run_folder.rglob("*.parquet"))}


def hanging_project(project):
    """Six shards; on all but the first `slow` hangs until the file that is returned is there."""
    gate = project.folder / "gate"
    project.inputs(*(["mlt_Latn one"] for _ in range(6)))
    project.write({"slow": {"until": str(gate)}, "upper": None})
    return gate


def some_are_done(project, stage="slow"):
    return lambda: any((project.run_folder / stage).glob("0*.parquet"))


def leftovers(project):
    return [p.name for p in project.run_folder.rglob(".*.tmp")]


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_the_data_does_not_depend_on_the_number_of_workers(many, eurosift, undisturbed, workers):
    """Byte for byte, also for an input without rows and for stages with phases."""
    found = eurosift("run", many.recipe, "--workers", workers)
    assert (found.code, found.out) == (0, "")
    hashes = many.hashes()
    assert len(hashes) == 7 * 8 + 2
    assert undisturbed.setdefault("many", hashes) == hashes


def test_one_process_gives_the_same_data_as_a_pool(many, eurosift, undisturbed):
    many.perform()
    if "many" not in undisturbed:
        shutil.copytree(many.run_folder, many.folder / "kept")
        shutil.rmtree(many.run_folder)
        eurosift("run", many.recipe)
        undisturbed["many"] = many.hashes()
        shutil.rmtree(many.run_folder)
        (many.folder / "kept").rename(many.run_folder)
    assert many.hashes() == undisturbed["many"]


def test_an_array_element_does_its_share_and_nothing_else(many):
    """Its share is that of `packing.share`, heaviest first; it does not depend on what is done."""
    from eurosift.pipeline import execute, map_tasks, recipe
    from eurosift.pipeline.launch import Launch
    from eurosift.pipeline.packing import shares

    run = many.open()
    parts = shares({file.shard: file.size_bytes for file in run.plan.files}, 3)
    launch = Launch.create(recipe.load(many.recipe))
    session = execute.execute(launch, run, [run.dag.source], workers=1, quiet=True)
    step = map_tasks.MapTasks(session.host, run.dag.source, None)
    try:
        step.run(None, rank=1, world_size=3)
        done = many.states()["extract"]
        assert [
            key for key, state in zip(run.plan.shards, done, strict=True) if state == "done"
        ] == (sorted(parts[1]))
        step.run(None, rank=1, world_size=3)
        step.run(None, rank=0, world_size=3)
    finally:
        session.host.pool.close()
    done = [e["key"] for e in events.read(many.run_folder) if e["event"] == "shard_done"]
    assert done == [*parts[1], *parts[0]]


def test_a_finished_run_has_nothing_to_do(project, eurosift):
    assert eurosift("run", project.recipe).code == 0
    before = stamps(project)
    assert eurosift("run", project.recipe, "-q").code == 0
    assert stamps(project) == before


def test_a_run_goes_on_where_files_are_missing(project, eurosift):
    """There is no other memory of what was done than the files themselves."""
    eurosift("run", project.recipe)
    before, hashes = stamps(project), project.hashes()
    gone = [project.run_folder / "label" / "00001.parquet", project.run_folder / "upper"]
    gone[0].unlink()
    shutil.rmtree(gone[1])
    assert eurosift("run", project.recipe).code == 0
    changed = {p for p, stamp in stamps(project).items() if before[p] != stamp}
    assert changed == {gone[0], *gone[1].glob("*.parquet")}
    assert project.hashes() == hashes


def test_a_shard_that_fails_stops_no_other(project, eurosift):
    """One input has no text; the other two go as far as they can."""
    (project.folder / "in" / "part-1.jsonl").write_text('{"id": "a", "txt": "x"}\n')
    found = eurosift("run", project.recipe)
    assert (found.code, found.out) == (1, "")
    message = [line for line in found.err.splitlines() if line.startswith("eurosift: ")]
    assert message[0].startswith("eurosift: extract/00001: InputError: ")
    assert "part-1.jsonl: has no column 'text'; its columns are id, txt" in message[0]
    assert message[1:] == [
        f"eurosift: {stage}: not run, because a stage before it failed"
        for stage in ("label", "length", "short", "scrub", "upper")
    ]
    assert project.states()["extract"] == ["done", "new", "done"]
    assert leftovers(project) == []


def test_after_a_failure_is_mended_the_run_goes_on(project, eurosift):
    (project.folder / "in" / "part-1.jsonl").write_text('{"id": "a", "txt": "x"}\n')
    eurosift("run", project.recipe)
    failed = eurosift("status", project.recipe)
    assert failed.code == 1
    assert "has no column 'text'" in failed.out
    (project.folder / "in" / "part-1.jsonl").write_text('{"id": "a", "text": "x"}\n')
    assert eurosift("run", project.recipe).code == 2
    assert eurosift("run", project.recipe, "--replan").code == 0
    assert eurosift("status", project.recipe).code == 0


def test_stages_that_do_not_depend_on_a_failed_one_are_run(project, eurosift):
    project.inputs(["mlt_Latn poison"], ["mlt_Latn fine"])
    project.write({"broken": None, "upper": {"needs": "extract"}, "slow": {"needs": "broken"}})
    found = eurosift("run", project.recipe)
    assert found.code == 1
    assert "eurosift: broken/00000: ValueError: this text is poison" in found.err
    assert "eurosift: slow: not run, because a stage before it failed" in found.err
    states = project.states()
    assert states["broken"] == ["new", "done"]
    assert states["upper"] == ["done", "done"]


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("rows", "ContractError: broken/00000: 1 rows went in and 0 came out"),
        ("die", "the worker process died twice on it (out of memory or killed)"),
    ],
)
@pytest.mark.serial
def test_a_stage_that_breaks_or_kills_its_worker_costs_only_its_shard(project, eurosift, how, says):
    project.inputs(["mlt_Latn poison"], *([["mlt_Latn fine"]] * 4))
    project.write({"broken": {"how": how}})
    found = eurosift("run", project.recipe, "--workers", 2)
    assert found.code == 1
    assert says in found.err
    assert project.states()["broken"] == ["new", *["done"] * 4]


@pytest.mark.slow
@pytest.mark.serial
def test_a_worker_that_hangs_costs_only_its_shard(project, eurosift):
    """Which is done by the next run, if nothing hangs any more."""
    gate = project.folder / "gate"
    project.inputs(["mlt_Latn one"], ["mlt_Latn two"])
    limits = {"stalled_minutes": 0.05}
    project.write({"slow": {"until": str(gate)}, "upper": {"needs": "extract"}}, limits=limits)
    found = eurosift("run", project.recipe, "--workers", 1)
    assert found.code == 1
    assert (
        "eurosift: slow/00001: the worker process died twice on it "
        "(it took no processor time for limits.stalled_minutes, 0.05 min)"
    ) in found.err
    assert project.states()["slow"] == ["done", "new"]
    assert project.states()["upper"] == ["done", "done"]
    gate.touch()
    assert eurosift("run", project.recipe).code == 0


def test_a_stage_that_cannot_open_its_model_is_told_before_anything_runs(project, eurosift):
    project.write({"upper": {"words": "none.txt"}})
    found = eurosift("run", project.recipe)
    words = project.folder / "none.txt"
    why = "cannot be read: No such file or directory"
    place = f"{project.recipe}:7:5: stages.upper.words"
    assert found == (2, "", f"eurosift: {place}: {words}: {why}\n")
    assert not project.run_folder.exists()


def test_a_selected_stage_alone_needs_the_ones_before_it(project, eurosift):
    found = eurosift("run", project.recipe, "-s", "short")
    assert (found.code, found.out) == (3, "")
    assert found.err == (
        "eurosift: stage `extract` comes first and is not up to date: "
        "`eurosift run RECIPE -s +short` does it, `eurosift plan RECIPE` says why\n"
    )
    assert eurosift("run", project.recipe, "-s", "+short").code == 0
    assert eurosift("run", project.recipe, "-s", "scrub", "-s", "upper").code == 0
    assert eurosift("status", project.recipe).code == 0


def test_a_stale_stage_before_the_selected_one_has_to_run_first(project, eurosift):
    eurosift("run", project.recipe)
    text = project.recipe.read_text()
    project.recipe.write_text(text.replace("min_chars: 20", "min_chars: 30"))
    assert eurosift("run", project.recipe, "-s", "upper").code == 3
    assert eurosift("run", project.recipe, "-s", "short+").code == 0


@pytest.mark.parametrize("damage", ["truncated", "swapped"])
def test_a_damaged_layer_is_found_and_mended(project, eurosift, damage):
    eurosift("run", project.recipe)
    hashes = project.hashes()
    layer = project.run_folder / "label"
    one, other = layer / "00000.parquet", layer / "00001.parquet"
    if damage == "truncated":
        one.write_bytes(one.read_bytes()[:-5])
    else:
        one.rename(layer / "x")
        other.rename(one)
        (layer / "x").rename(other)
    found = eurosift("verify", project.recipe)
    assert found.code == 4
    assert "label/00000.parquet" in found.err
    assert eurosift("run", project.recipe).code == 0
    assert project.hashes() == hashes
    assert eurosift("verify", project.recipe).code == 0


def test_shards_of_inputs_that_were_removed_go_with_them(many, eurosift):
    eurosift("run", many.recipe)
    (many.folder / "in" / "part-3.jsonl").unlink()
    assert eurosift("run", many.recipe, "--replan").code == 0
    assert not list(many.run_folder.rglob("00003.parquet"))
    assert len(list(many.run_folder.rglob("*.parquet"))) == 6 * 8
    assert eurosift("verify", many.recipe).code == 0


def test_a_foreign_file_in_the_folder_of_a_stage_is_never_removed(project, eurosift):
    """It might be somebody's input."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    assert eurosift("run", project.recipe, "-s", "+label").code == 0
    path = project.run_folder / "upper" / "mine.parquet"
    path.parent.mkdir(parents=True)
    pq.write_table(pa.table({"a": [1]}), path)
    assert eurosift("run", project.recipe).code == 0
    assert path.exists()
    found = eurosift("verify", project.recipe)
    assert (found.code, "mine.parquet: belongs to no item" in found.err) == (4, True)


def test_the_events_tell_what_happened(project, eurosift):
    eurosift("run", project.recipe)
    found = events.read(project.run_folder)
    kinds = [event["event"] for event in found]
    assert (kinds[0], kinds[-1]) == ("start", "end")
    assert kinds.count("shard_done") == 6 * 3
    done = next(event for event in found if event["event"] == "shard_done")
    assert done["rows"] in {2, 3}
    assert done["seconds"] >= 0


def test_nothing_that_varies_is_in_the_data(project, eurosift):
    """No host, no process, no path."""
    eurosift("run", project.recipe)
    words = [os.uname().nodename.encode(), str(project.folder).encode()]
    for path in project.run_folder.rglob("*.parquet"):
        content = path.read_bytes()
        assert [word for word in words if word in content] == [], path


@pytest.mark.slow
@pytest.mark.serial
def test_a_termination_signal_ends_the_run_cleanly_and_it_goes_on_later(project, eurosift):
    """What is in the works is finished, and nothing else is begun."""
    gate = hanging_project(project)
    process = project.start("run", str(project.recipe), "--workers", "1")
    wait_for(lambda: some_are_done(project)() and leftovers(project), process)
    process.send_signal(signal.SIGTERM)
    gate.touch()
    out, err = process.communicate(timeout=300)
    assert (process.returncode, out) == (75, "")
    assert "eurosift: stopped by SIGTERM in slow; run again to go on" in err
    assert leftovers(project) == []
    assert project.states()["slow"].count("done") == 2
    before = stamps(project)
    assert eurosift("run", project.recipe).code == 0
    after = stamps(project)
    assert [p for p, stamp in before.items() if after[p] != stamp] == []


@pytest.mark.slow
@pytest.mark.serial
def test_ctrl_c_ends_the_run_at_once(project, eurosift):
    """A terminal sends it to the whole group; 130 is what shells expect."""
    gate = hanging_project(project)
    process = project.start("run", str(project.recipe), "--workers", "2", start_new_session=True)
    wait_for(some_are_done(project), process)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=300)
    assert (process.returncode, out) == (130, "")
    assert err.splitlines()[-1] == "eurosift: interrupted; run again to go on"
    assert "Traceback" not in err
    gate.touch()
    assert eurosift("run", project.recipe).code == 0


@pytest.mark.slow
@pytest.mark.serial
def test_a_run_that_was_killed_ends_as_if_nothing_had_happened(project, eurosift):
    """kill -9 of the coordinator; its workers may go on for a moment and harm nothing."""
    gate = hanging_project(project)
    process = project.start("run", str(project.recipe), "--workers", "2")
    wait_for(some_are_done(project), process)
    gate.touch()
    process.kill()
    process.communicate()
    assert eurosift("run", project.recipe, "--workers", 2).code == 0
    killed = project.hashes()
    time.sleep(1.0)
    shutil.rmtree(project.run_folder)
    assert eurosift("run", project.recipe, "--workers", 1).code == 0
    assert project.hashes() == killed


@pytest.mark.slow
@pytest.mark.serial
def test_what_the_killed_left_behind_is_removed_by_the_next_run(project, eurosift):
    gate = hanging_project(project)
    process = project.start("run", str(project.recipe), "--workers", "2")
    wait_for(lambda: some_are_done(project)() and leftovers(project), process)
    process.kill()
    process.communicate()
    pids = {name.rsplit("-", 2)[1] for name in leftovers(project)}
    assert pids
    wait_for(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in pids))  # noqa: PTH110
    gate.touch()
    assert eurosift("run", project.recipe).code == 0
    assert leftovers(project) == []
