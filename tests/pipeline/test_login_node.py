"""Login nodes without a cluster, and quotas; with a SLURM: tests/slurm."""

from eurosift.pipeline import login_node
from eurosift.pipeline.scheduler import Scheduler


def test_without_slurm_nothing_is_told(tmp_path):
    assert list(login_node.findings(tmp_path, Scheduler({"PATH": str(tmp_path)}))) == []


def test_quotas_are_asked_of_the_file_system(tmp_path, monkeypatch):
    """As far as it has a program for that."""
    program = tmp_path / "lfs"
    program.write_text('#!/bin/sh\necho "Disk quotas for usr $4"\necho "  $5   12G  50T"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    monkeypatch.setattr(login_node, "file_system", lambda _: "lustre")
    name, verdict, told = login_node._quota(tmp_path / "not" / "there")
    assert (name, verdict) == ("quota", "ok")
    assert told.startswith(f"{tmp_path} is of type lustre; Disk quotas for usr ")
    assert told.endswith(f"; {tmp_path} 12G 50T")
    program.unlink()
    assert "`lfs` is not there or tells nothing" in login_node._quota(tmp_path)[2]
