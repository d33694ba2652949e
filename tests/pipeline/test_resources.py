"""What the machine gives."""

import os

import pytest

from eurosift.pipeline import resources


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({}, 8 << 30),
        ({"memory.max": "max\n", "memory.current": "5\n"}, 8 << 30),
        ({"memory.max": f"{4 << 30}\n", "memory.current": f"{1 << 30}\n"}, 3 << 30),
        ({"memory.max": "10\n", "memory.current": "20\n"}, 0),
    ],
)
def test_memory_is_what_is_free_and_what_the_control_group_allows(tmp_path, limits, expected):
    (tmp_path / "meminfo").write_text("MemTotal: 9 kB\nMemAvailable:    8388608 kB\n")
    for name, text in limits.items():
        (tmp_path / name).write_text(text)
    assert resources.available_memory(tmp_path, tmp_path) == expected


@pytest.mark.parametrize(
    ("environment", "group", "expected"),
    [
        ({}, None, 8 << 30),
        ({}, "max\n", 8 << 30),
        ({}, f"{3 << 30}\n", 3 << 30),
        ({"SLURM_MEM_PER_NODE": "2048"}, f"{3 << 30}\n", 2 << 30),
        ({"SLURM_MEM_PER_CPU": "1024", "SLURM_CPUS_ON_NODE": "4"}, None, 4 << 30),
        ({"SLURM_MEM_PER_CPU": "1024"}, None, 8 << 30),
        ({"SLURM_MEM_PER_NODE": "0"}, None, 8 << 30),  # --mem=0 asks for all of it
        ({"SLURM_MEM_PER_CPU": "0", "SLURM_CPUS_ON_NODE": "4"}, None, 8 << 30),
    ],
)
def test_memory_that_there_is_is_what_everybody_allows(tmp_path, environment, group, expected):
    (tmp_path / "meminfo").write_text("MemTotal: 8388608 kB\nMemAvailable: 9 kB\n")
    if group is not None:
        (tmp_path / "memory.max").write_text(group)
    assert resources.total_memory(tmp_path, tmp_path, environment) == expected


def test_workers_have_what_the_coordinator_leaves(monkeypatch):
    monkeypatch.setattr(resources, "total_memory", lambda: (4 << 30) + resources.COORDINATOR_BYTES)
    assert resources.workers_memory() == 4 << 30


def test_workers_have_what_one_of_them_needs_whatever_the_machine_says(monkeypatch):
    monkeypatch.setattr(resources, "total_memory", lambda: 0)
    assert resources.workers_memory() == resources.LEAST_WORKER_BYTES


def test_the_cores_are_those_that_may_be_used():
    assert resources.cores() == len(os.sched_getaffinity(0))
