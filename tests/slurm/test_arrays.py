"""Runs as arrays on a real SLURM: the same data as here, whatever happens on the way."""

from __future__ import annotations

import json
import shutil

import pytest

from eurosift.pipeline import events

N_SHARDS = 5
FAN_IN = {
    "label": {"needs": "extract"},
    "length": {"needs": "extract"},
    "broken": {"needs": "label"},
    "short": {"needs": ["broken", "length"], "min_chars": 20},
}
"""Two ways from `extract` that meet in `short`."""


def texts(number):
    """Texts of an input; those of later ones are longer."""
    return [f"mlt_Latn text {row} of {number} {'word ' * number}" for row in range(3)]


@pytest.fixture
def fan_in(on_cluster):
    """A project whose third input is poison until a file is there."""
    project = on_cluster.project
    inputs = [texts(n) for n in range(N_SHARDS)]
    inputs[2].append("mlt_Latn poison")
    project.inputs(*inputs)
    stages = {**FAN_IN, "broken": {**FAN_IN["broken"], "until": str(project.folder / "mended")}}
    project.write(stages)
    return on_cluster


def locally(on_cluster, make_project, hashes):
    """Hashes of the same run, made in this process."""
    twin = make_project(on_cluster.project.folder / "twin")
    shutil.copytree(on_cluster.project.folder / "in", twin.folder / "in")
    shutil.copy(on_cluster.project.recipe, twin.recipe)
    twin.perform()
    return hashes(twin.run_folder)


def arrays(project):
    """Ids of the jobs of the last launch, and what was written down of its arrays."""
    folder = max(p for p in (project.run_folder / "launches").iterdir() if p.is_dir())
    jobs = json.loads((folder / "jobs.json").read_text())
    return jobs, json.loads((folder / "arrays.json").read_text())["phases"]


def test_the_demo_on_three_nodes_is_that_of_this_machine(slurm, demo, fresh, on_cluster, hashes):
    on_cluster.project.recipe = fresh / "recipe.yaml"
    on_cluster.project.run_folder = fresh / "runs/demo"
    on_cluster.run("--elements", 3, site=on_cluster.write_site(element_cores=2))
    assert hashes(fresh / "runs/demo") == hashes(demo / "runs/demo")
    jobs, _ = arrays(on_cluster.project)
    ended = [job for array in jobs["extract"] for job in slurm.completions(array)]
    nodes = {job["NodeList"] for job in ended}
    assert nodes == {"c1", "c2", "c3"}
    on_cluster.nothing_left()
    assert on_cluster.call("verify", fresh / "recipe.yaml").returncode == 0
    told = on_cluster.call("plan", fresh / "recipe.yaml", "--site", on_cluster.site).stdout
    assert "node_hours_at_most" in told


def test_a_failure_in_the_first_of_several_arrays_stops_what_depends_on_it(
    fan_in, make_project, hashes
):
    """Five elements where an array may have four; `retry` does what is missing and nothing else."""
    project, slurm = fan_in.project, fan_in.slurm
    done = fan_in.run("--elements", 5, check=1)
    assert "broken/00002: ValueError: this text is poison" in done.stderr
    jobs, phases = arrays(project)
    assert [len(jobs[stage]) for stage in ("extract", "broken", "finish")] == [2, 2, 1]
    assert {phase["stage"]: phase["needs"] for phase in phases}["short"] == ["broken", "length"]
    fan_in.nothing_left()
    assert len(list((project.run_folder / "broken").glob("*.parquet"))) == N_SHARDS - 1
    assert not (project.run_folder / "short").exists()
    first, second = (slurm.completions(job) for job in jobs["broken"])
    assert [job["JobState"] for job in first].count("FAILED") == 1
    assert [job["JobState"] for job in second] == ["COMPLETED"]
    ended = [state for job in jobs["short"] for state in slurm.completions(job)]
    assert {job["JobState"] for job in ended} == {"CANCELLED"}
    told = json.loads(fan_in.call("status", project.recipe, "--format", "json", check=1).stdout)
    counts = {row["stage"]: row for row in told["stages"]}
    assert (counts["broken"]["failed"], counts["broken"]["done"]) == (1, N_SHARDS - 1)
    assert [row["error"] for row in told["errors"]] == ["ValueError: this text is poison"]

    before = {p: p.stat().st_mtime_ns for p in project.run_folder.rglob("*.parquet")}
    (project.folder / "mended").touch()
    fan_in.call("retry", project.recipe, "--elements", 2, "--yes", "--wait", check=0)
    assert [p for p in before if p.stat().st_mtime_ns != before[p]] == []
    assert next(len(phase["todo"] or ()) for phase in arrays(project)[1]) == 1
    assert fan_in.hashes() == locally(fan_in, make_project, hashes)
    fan_in.nothing_left()
    assert fan_in.call("retry", project.recipe).stderr.startswith("nothing failed")


def test_dependents_wait_for_all_arrays_of_all_parents(fan_in):
    """As SLURM itself has it; then everything is taken over, and nothing stays in the queue."""
    project, slurm = fan_in.project, fan_in.slurm
    # A site that puts comments of its own in place of ours.
    site = fan_in.write_site("commented.yaml", options="{comment: of the site}")
    fan_in.run("--elements", 5, wait=False, site=site)
    jobs, _ = arrays(project)
    shown = slurm.run("scontrol", "-o", "show", "job", jobs["short"][0])
    wanted = {job for stage in ("broken", "length") for job in jobs[stage]}
    assert len(wanted) == 4
    assert all(f"afterok:{job}_" in shown for job in wanted)
    refused = fan_in.call("run", project.recipe)
    assert (refused.returncode, "is in the queue of SLURM" in refused.stderr) == (2, True)
    refused = fan_in.call("clean", project.recipe, "--yes")
    assert (refused.returncode, "is in the queue of SLURM" in refused.stderr) == (2, True)
    again = fan_in.run(check=2)
    assert "--take-over" in again.stderr
    (project.folder / "mended").touch()
    fan_in.call("run", project.recipe, "--take-over", "--workers", 1, check=0)
    slurm.drain()
    assert fan_in.call("status", "-q", project.recipe).returncode == 0


@pytest.fixture
def counted(on_cluster, tmp_path):
    """Programs of SLURM that are counted when they are called."""
    folder, log = tmp_path / "bin", tmp_path / "calls"
    folder.mkdir()
    for name in ("sbatch", "squeue", "scontrol", "sinfo", "scancel", "sacct"):
        real = shutil.which(name, path=on_cluster.slurm.env["PATH"])
        if real:
            script = folder / name
            script.write_text(f'#!/bin/sh\necho {name} >> {log}\nexec {real} "$@"\n')
            script.chmod(0o755)
    on_cluster.slurm_path = f"{folder}:{on_cluster.slurm.env['PATH']}"

    def calls():
        found = log.read_text().split() if log.exists() else []
        log.unlink(missing_ok=True)
        return sorted(found)

    return calls


def test_calls_of_the_scheduler_do_not_grow_with_the_shards(on_cluster, counted):
    """2,000 shards in 8 elements need as many as 20."""
    project, slurm = on_cluster.project, on_cluster.slurm
    project.write({"label": None})
    found = []
    for number in (20, 2000):
        project.inputs(*[[f"mlt_Latn {n}"] for n in range(number)])
        options = ["--site", on_cluster.site, "--yes", "--elements", 8, "--replan"]
        env = {"PATH": on_cluster.slurm_path}
        on_cluster.call("run", project.recipe, *options, env=env, check=0)
        found.append(counted())
        slurm.run("scancel", *[job for ids in arrays(project)[0].values() for job in ids])
        slurm.drain()
        shutil.rmtree(project.run_folder)
        counted()  # elements that have begun ask to be queued again, in vain
    assert found[0] == found[1]
    assert found[0].count("sbatch") == 1 + 2 * 2 + 1  # a check, two arrays each, and the last job


def test_thousands_of_shards_are_run_through(on_cluster, make_project, hashes):
    """2,000 in 8 elements of two arrays each, balanced, each shard made once; then looked at."""
    project, number = on_cluster.project, 2000
    project.write({"label": None})
    project.inputs(*[[f"mlt_Latn {n}"] for n in range(number)])
    on_cluster.run("--elements", 8)
    on_cluster.nothing_left()
    found = events.read(project.run_folder)
    done = [(e["stage"], e["key"]) for e in found if e["event"] == "shard_done"]
    assert len(done) == len(set(done)) == 2 * number
    todo = [e["todo"] for e in found if e["event"] == "phase"]
    assert sorted(todo) == [number // 8] * 16
    told = json.loads(on_cluster.call("status", project.recipe, "--format", "json", check=0).stdout)
    assert [row["done"] for row in told["stages"]] == [number] * 2
    assert on_cluster.hashes() == locally(on_cluster, make_project, hashes)
