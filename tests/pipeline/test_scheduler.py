"""What SLURM says, in words for the user; SLURM itself is in tests/slurm."""

import pytest

from eurosift.pipeline.errors import SchedulerError
from eurosift.pipeline.scheduler import Scheduler

ASKED = {"account": None, "partition": "cpu", "qos": "long", "time": "03:00:00", "cores": 64}


@pytest.fixture
def nowhere(tmp_path):
    """A machine without SLURM."""
    return Scheduler({"PATH": str(tmp_path)})


def test_without_slurm_the_way_on_is_told(nowhere):
    assert not nowhere.there
    with pytest.raises(SchedulerError, match="starts on a login node of the cluster; without --s"):
        nowhere.limits()
    with pytest.raises(SchedulerError, match="`squeue` is not there: is this a login node"):
        nowhere.queue()


PARTITION = """\
sbatch: error: invalid partition specified: cpu
sbatch: error: Batch job submission failed: Invalid partition name specified"""
POLICY = "Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (PARTITION, "there is no partition `cpu` here; name one of this cluster (`sinfo` lists"),
        (
            "allocation failure: Invalid account or account/partition combination specified",
            "SLURM does not take the account `(none given)` for partition `cpu`",
        ),
        ("sbatch: error: Invalid qos specification", "SLURM does not take the QOS `long`"),
        (f"sbatch: error: Batch job submission failed: {POLICY}", "you may not have so many jobs"),
        ("sbatch: error: AssocMaxSubmitJobLimit", "you may not have so many jobs in the queue"),
        (
            "slurm_load_jobs error: Unable to contact slurm controller (connect failure)",
            "the controller of SLURM does not answer",
        ),
        (
            "scontrol: fatal: Could not establish a configuration source",
            "SLURM is installed but not configured: is this a login node",
        ),
        ("sbatch: error: something new", "sbatch: something new"),
        ("", "sbatch: failed without a word"),
    ],
)
def test_what_slurm_says_and_what_it_means(nowhere, said, meant):
    assert nowhere._in_words("sbatch", said, ASKED).startswith(meant)


def test_an_outer_job_and_defaults_of_the_user_stay_outside():
    """A launch from within a job, or with SBATCH_PARTITION set, is the same launch."""
    outside = {
        "PATH": "/bin",
        "HOME": "/home/me",
        "SLURM_CONF": "/etc/slurm.conf",
        "SLURM_JOB_ID": "7",
        "SBATCH_PARTITION": "gpu",
        "MY_TOKEN": "secret",
    }
    scheduler = Scheduler(outside)
    assert set(scheduler.environment) == {"PATH", "HOME", "SLURM_CONF", "MY_TOKEN"}
    assert set(scheduler._environment_of("sbatch")) == {"PATH", "HOME", "SLURM_CONF"}
