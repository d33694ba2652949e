"""Scripts of arrays: what SLURM is asked for, and what they do with signals."""

import os
import signal
import subprocess
import time

import pytest

from eurosift.pipeline import recipe, site
from eurosift.pipeline.array_executor import OFFSET, ArrayExecutor, rank_of
from eurosift.pipeline.arrays import PhaseArray, of_launch
from eurosift.pipeline.launch import Launch

GENERIC = site.load("generic")


@pytest.fixture
def launch(project):
    project.open()
    return Launch.create(recipe.load(project.recipe))


def executor(launch, elements=3, **changes):
    array = PhaseArray("label", "", elements, None, ("extract",)) if elements else None
    return ArrayExecutor(launch, array, GENERIC.model_copy(update=changes))


def options(made, most=4):
    made.write_script(most)
    lines = made.script.read_text().splitlines()
    found = [line.removeprefix("#SBATCH --") for line in lines if line.startswith("#SBATCH")]
    return dict(line.partition("=")[::2] for line in found)


def test_slurm_is_asked_for_what_the_site_wants_and_nothing_else(launch):
    found = options(executor(launch))
    logs = f"{launch.folder}/logs/{launch.name}/label/slurm_logs/%A_%a.out"
    assert found == {
        "job-name": "tiny.label",
        "array": "0-2",
        "nodes": "1",
        "ntasks": "1",
        "cpus-per-task": "16",
        "mem": "30517M",
        "time": "12:00:00",
        "requeue": "",
        "signal": "B:USR1@300",
        "kill-on-invalid-dep": "yes",
        "open-mode": "append",
        "comment": launch.name,
        "output": logs,
        "error": logs,
    }


def test_what_a_site_may_want_besides(launch):
    wanted = {
        "partition": "standard",
        "qos": "long",
        "account": "p1",
        "whole_nodes": True,
        "element_cores": 8,
        "memory_option": "mem-per-cpu",
        "requeue": False,
        "options": {"constraint": "highmem", "hint": "no multithread"},
    }
    found = options(executor(launch, **wanted))
    assert found["mem-per-cpu"] == "1907M"
    assert {name: found[name] for name in ("partition", "qos", "account", "exclusive")} == {
        "partition": "standard",
        "qos": "long",
        "account": "p1",
        "exclusive": "",
    }
    assert (found["constraint"], found["hint"]) == ("highmem", '"no multithread"')
    assert ("mem" in found, "requeue" in found, "no-requeue" in found) == (False, False, True)
    assert "mem" not in options(executor(launch, memory_option=None))


def test_an_array_is_no_larger_than_slurm_takes(launch):
    assert options(executor(launch, elements=6), most=4)["array"] == "0-3"


def test_the_last_job_is_small_and_no_array(launch):
    found = options(executor(launch, elements=None))
    assert (found["cpus-per-task"], found["mem"], found["time"]) == ("1", "4096M", "01:00:00")
    assert "array" not in found
    assert found["output"].endswith("/finish/slurm_logs/%j.out")


def test_ranks_go_on_from_array_to_array():
    assert rank_of({"SLURM_ARRAY_TASK_ID": "2"}) == 2
    assert rank_of({"SLURM_ARRAY_TASK_ID": "2", OFFSET: "4"}) == 6


@pytest.fixture
def script(launch, tmp_path):
    """The script of an array whose interpreter is a shell script."""

    def make(body, **changes):
        of_launch(launch.folder, launch.name).mkdir(parents=True, exist_ok=True)
        program = tmp_path / "python"
        program.write_text(f"#!/bin/sh\n{body}\n")
        program.chmod(0o755)
        made = executor(launch, python=str(program), requeue=False, **changes)
        made.write_script(4)
        return made.script

    return make


def run(script, **more):
    return subprocess.run(["bash", script], capture_output=True, text=True, check=False, **more)


@pytest.mark.parametrize("code", [0, 1, 2, 75])
def test_a_script_ends_as_its_element_does(script, code):
    assert run(script(f"exit {code}")).returncode == code


def test_arguments_and_environment(script, launch):
    found = run(script('echo "$@ $COLOUR"', environment={"COLOUR": "sea green"}))
    assert found.stdout == (
        f"-m eurosift.pipeline.element {launch.folder} {launch.name} label sea green\n"
    )


def test_a_line_of_the_site_that_fails_fails_the_job(script):
    """datatrove's script goes on with whatever environment there is."""
    done = run(script("exit 0", setup=("module load nothing-of-that-name",)))
    assert done.returncode == 127


def test_a_node_that_does_not_see_the_run_says_so(script, launch):
    made = script("exit 0")
    of_launch(launch.folder, launch.name).rmdir()
    done = run(made)
    assert done.returncode == 2
    assert f"does not see {launch.folder}" in done.stderr
    assert "a run has to be on a file system that all nodes share" in done.stderr


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("trap 'exit 75' USR1; touch {ready}; while :; do sleep 0.05; done", 75),
        ("touch {ready}; exec sleep 600", 75),  # it did not listen yet
        ("trap 'exit 1' USR1; touch {ready}; while :; do sleep 0.05; done", 1),
    ],
)
def test_a_warning_is_handed_on_and_waited_for(script, tmp_path, body, code):
    ready = tmp_path / "ready"
    with subprocess.Popen(["bash", script(body.format(ready=ready))]) as process:
        while not ready.exists():
            time.sleep(0.02)
        os.kill(process.pid, signal.SIGUSR1)
        assert process.wait(timeout=300) == code
