"""What cannot work is told in one line, before anything is submitted where it can be known."""

from __future__ import annotations

import os
import subprocess

import pytest

from tests.disks import NotPossibleError, mount, unmount


@pytest.fixture
def small(on_cluster):
    on_cluster.project.inputs(["mlt_Latn one"], ["mlt_Latn two"])
    on_cluster.project.write({"label": None})
    return on_cluster


def refusal(small, *words, site=None, env=None, options=()):
    """Launch what cannot work; the one line that it comes to."""
    arguments = ["--site", site or small.site, "--yes", *options]
    done = small.call("run", small.project.recipe, *arguments, env=env, check=2)
    lines = [line for line in done.stderr.splitlines() if line.startswith("eurosift: ")]
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in lines[0]
    launches = small.project.run_folder / "launches"
    assert not launches.exists() or list(launches.iterdir()) == []
    assert small.slurm.queue() == []


def test_there_is_no_slurm(small, tmp_path):
    (tmp_path / "bin").mkdir()
    path = {"PATH": str(tmp_path / "bin")}
    refusal(small, "`sbatch` is not there", "without --site it runs on this machine", env=path)


def test_the_controller_does_not_answer(small):
    conf = small.project.folder / "slurm.conf"
    text = small.slurm.conf.read_text()
    port = next(line for line in text.splitlines() if line.startswith("SlurmctldPort="))
    conf.write_text(text.replace(port, "SlurmctldPort=1"))
    env = {"SLURM_CONF": str(conf)}
    refusal(small, "the controller of SLURM does not answer", env=env)


def test_the_partition_is_wrong(small):
    site = small.write_site("wrong.yaml", partition="cpu")
    refusal(small, "no partition `cpu` here", "(main, members, urgent, whole)", site=site)


def test_the_account_is_wrong(small):
    site = small.write_site("wrong.yaml", partition="members", account="project_8")
    refusal(small, "does not take the account `project_8` for partition `members`", site=site)


def test_an_account_is_needed(small):
    site = small.write_site("wrong.yaml", needs_account="true")
    refusal(small, "charges an account, and none is given: --account", site=site)


def test_the_time_is_too_long(small):
    site = small.write_site("wrong.yaml", partition="whole", time="3h")
    refusal(small, "03:00:00 is more than partition `whole` allows", site=site)
    refusal(small, "--time 30h: the site allows 24 h", options=["--time", "30h"])


def test_nodes_are_smaller(small):
    site = small.write_site("wrong.yaml", memory="64GB", element_cores=2)
    refusal(small, "no node of partition `main` has 2 cores and the memory", site=site)


def test_the_queue_is_too_short(small):
    site = small.write_site("wrong.yaml", max_jobs=2)
    refusal(small, "the queue takes 2 jobs, but 2 phases and the last job need 3", site=site)


def test_nobody_agreed_to_so_many_node_hours(small):
    site = small.write_site("wrong.yaml", ask_node_hours="0.5", time="12h")
    done = small.call("run", small.project.recipe, "--site", site)
    assert done.returncode == 2
    assert "up to 24 node-hours: say --yes if that is meant" in done.stderr


@pytest.fixture
def disk(small):
    """A file system of its own, with room for less than a run."""
    folder = small.project.folder / "disk"
    folder.mkdir()
    try:
        mount(folder, "size=200k")
    except NotPossibleError as error:
        pytest.skip(str(error))
    small.project.write({"label": None}, output=str(folder / "run"))
    small.project.run_folder = folder / "run"
    yield folder
    unmount(folder)


def test_the_disk_is_full(small, disk):
    refusal(small, str(disk), "no space left on the disk")


def test_the_file_system_is_one_of_this_machine_alone(small, disk):
    site = small.write_site("private.yaml", not_shared="[tmpfs]")
    refusal(small, "lies in a file system of type tmpfs, which every node has", site=site)
    site = small.write_site("private.yaml", not_shared=f"[{disk}]")
    refusal(small, f"lies in {disk}, which every node has for itself", site=site)


def test_a_node_does_not_see_the_run_folder(small):
    """That can be known only there."""
    slurm, folder = small.slurm, small.project.folder
    if os.geteuid() != 0 or subprocess.run(["unshare", "-m", "true"], check=False).returncode:
        pytest.skip("a file system of a node's own takes root")
    slurm.kill("c3")
    script = f'mount -t tmpfs tmpfs {folder} && exec "$@"'
    slurm.start_node("c3", "unshare", "-m", "--propagation", "private", "sh", "-c", script, "-")
    slurm.wait_until_up()
    site = small.write_site("there.yaml", options="{nodelist: c3}")
    done = small.call("run", small.project.recipe, "--site", site, "--yes", "--wait", check=3)
    assert "extract: its elements ended without having written anything here" in done.stderr
    assert "on a file system that all nodes share?" in done.stderr
    slurm.drain()
    slurm.kill("c3")
    slurm.start_node("c3")
    slurm.wait_until_up()
    small.run()
