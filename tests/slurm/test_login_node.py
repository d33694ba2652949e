"""What `eurosift doctor` tells on a login node."""

from __future__ import annotations

import json

from eurosift.pipeline import login_node
from eurosift.pipeline.scheduler import Scheduler


def test_doctor_tells_of_the_cluster(on_cluster):
    done = on_cluster.call("doctor", on_cluster.project.folder, "--format", "json", check=0)
    rows = {row["check"]: row for row in json.loads(done.stdout)["checks"]}
    assert "; arrays of 4 elements (MaxArraySize), 2000 jobs" in rows["slurm"]["found"]
    assert "main: 1-00:00:00, 3 nodes of 2 cores; " in rows["partitions"]["found"]
    assert rows["accounts"]["verdict"] == "ok"
    assert "keeps no accounts" in rows["accounts"]["found"]
    assert f"{on_cluster.project.folder} is of type " in rows["quota"]["found"]


def test_a_controller_that_does_not_answer_is_a_finding(slurm, tmp_path):
    conf = tmp_path / "slurm.conf"
    conf.write_text(f"{slurm.conf.read_text()}SlurmctldPort=1\n")
    found = list(login_node.findings(tmp_path, Scheduler(slurm.env | {"SLURM_CONF": str(conf)})))
    assert [(name, verdict) for name, verdict, _ in found] == [("slurm", "warning")]
    assert "does not answer" in found[0][2]
