"""A SLURM of three nodes for the tests of this folder, and projects that run on it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

SITE = """\
extends: generic
version: 1
description: the SLURM of the tests
partition: main
cores: 2
memory: 5GB
element_cores: 1
time: 20m
max_elements: 3
not_shared: []
warn_seconds: 60
"""
PACKAGES = "slurmctld slurmd slurm-client munge"


def load(name, path):
    """A module by its path (tests are no package)."""
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


cluster = load("slurm_cluster", Path(__file__).with_name("cluster.py"))
tiny = load("tiny_project", Path(__file__).parents[1] / "pipeline" / "conftest.py")
tiny_stages, make_project = tiny.tiny_stages, tiny.make_project


def pytest_collection_modifyitems(items):
    """These take long: each process that runs some of them has a SLURM of its own."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def slurm_programs():
    """Skips where SLURM is not installed; fails where it must be."""
    missing = cluster.missing()
    if missing:
        told = f"SLURM is not installed ({', '.join(missing)}): on Debian, {PACKAGES} have it"
        if os.environ.get("REQUIRE_SLURM"):
            pytest.fail(told)
        pytest.skip(told)


@pytest.fixture(scope="session")
def slurm(slurm_programs):
    """A SLURM of three nodes that gives arrays of four elements at most."""
    folder = Path(tempfile.mkdtemp(prefix="es-", dir="/tmp"))
    made = cluster.Cluster(folder)
    try:
        made.start()
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder)


class OnCluster:
    """A project whose commands run as on a login node.

    Parameters
    ----------
    project
        As `tests/pipeline` has it.
    slurm
        The cluster.
    """

    def __init__(self, project, slurm):
        self.project, self.slurm = project, slurm
        self.site = self.write_site()

    def write_site(self, name="site.yaml", **changes):
        """A profile of the tests' cluster, with lines put in place of others, or behind them."""
        lines = dict(line.partition(": ")[::2] for line in SITE.splitlines())
        lines |= {key: str(value) for key, value in changes.items()}
        path = self.project.folder / name
        path.write_text("".join(f"{key}: {value}\n" for key, value in lines.items()))
        return path

    def call(self, *arguments, env=None, check=None):
        """Run a command; its exit code must be `check`, if that is given."""
        done = subprocess.run(
            [sys.executable, "-m", "eurosift.pipeline", *map(str, arguments)],
            env=self.slurm.env | {"PYTHONPATH": os.environ.get("PYTHONPATH", "")} | (env or {}),
            capture_output=True,
            text=True,
            timeout=1800,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        if check is not None:
            assert done.returncode == check, done.stderr + done.stdout
        return done

    def run(self, *more, check=0, wait=True, command="run", site=None):
        """Launch on the cluster."""
        waiting = ["--wait"] if wait else []
        options = ["--site", site or self.site, "--yes", *waiting, *more]
        return self.call(command, self.project.recipe, *options, check=check)

    def hashes(self):
        """Hash of each data file."""
        return tiny.data_hashes(self.project.run_folder)

    def nothing_left(self):
        """Nothing is parked in the queue, and no temporary file is left."""
        self.slurm.drain()
        left = list(self.project.run_folder.rglob(".*.tmp"))
        assert left == []


@pytest.fixture
def on_cluster(slurm, make_project, tmp_path):
    """An empty project on the cluster."""
    return OnCluster(make_project(tmp_path), slurm)


@pytest.fixture(scope="session")
def hashes():
    """Gives the hash of each data file below a run folder."""
    return tiny.data_hashes
