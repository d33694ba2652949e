"""datatrove's SLURM executor, with everything replaced that loses data or hides a failure.

Kept are its worker contract and the layout of its logs. Replaced are: dependencies (its arrays are
chained by `afterany`, and only the last one is depended on), pickles, rank maps that a second
launch overwrites, completion markers, the QOS and memory flags that it forces on every site,
`scontrol` in every task, and a job that merges statistics which nobody needs.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from datatrove.executor.base import DistributedEnvVars
from datatrove.executor.slurm import SlurmPipelineExecutor

from eurosift.pipeline.arrays import FINISH, PhaseArray, of_launch
from eurosift.pipeline.durations import in_slurm
from eurosift.pipeline.execute import Stateless
from eurosift.pipeline.launch import Launch
from eurosift.pipeline.map_tasks import MapTasks
from eurosift.pipeline.scheduler import Scheduler
from eurosift.pipeline.shards import write_text
from eurosift.pipeline.site import Site

OFFSET = "EUROSIFT_OFFSET"
"""Environment variable: the rank of the first element of an array."""

SCRIPT = "launch_script.slurm"
MOST_RESTARTS = 50

FINISH_MINUTES = 60
FINISH_MEMORY = 4 << 30

_BODY = """\
set -euo pipefail
told=; child=
tell() {{ told=$1; if [ -n "$child" ]; then kill -s "$1" "$child" 2>/dev/null || true; fi; }}
trap 'tell USR1' USR1
trap 'tell TERM' TERM
{setup}
if [ ! -r {record} ]; then
    echo "eurosift: node $(hostname) does not see" {folder} "; a run has to be on a file system" \\
        "that all nodes share: name another folder as output" >&2
    exit 2
fi
code=75
if [ -z "$told" ]; then
    {command} &
    child=$!
    while true; do
        wait "$child" && code=0 || code=$?
        kill -0 "$child" 2>/dev/null || break
    done
fi
# Told to stop before it could listen: the same as having stopped.
if [ -n "$told" ] && [ "$code" -gt 128 ]; then code=75; fi
# After TERM not: it was cancelled; or pre-empted, and SLURM itself queues it again.
if [ "$code" = 75 ] && [ "$told" = USR1 ] && [ {requeue} = 1 ] \\
    && [ "${{SLURM_RESTART_COUNT:-0}}" -lt {restarts} ]; then
    scontrol requeue "$SLURM_JOB_ID" || true
fi
exit "$code"
"""


class ArrayExecutor(Stateless, SlurmPipelineExecutor):  # type: ignore[misc]  # datatrove is untyped
    """The array of one phase: submits it on a login node, and hosts one element of it on a node.

    Parameters
    ----------
    launch
        What it belongs to.
    array
        The phase, and how many elements it has; None for the job that winds a launch up.
    site
        Where it runs.
    pipeline
        The step that an element runs; nothing on a login node.
    """

    def __init__(
        self,
        launch: Launch,
        array: PhaseArray | None,
        site: Site,
        pipeline: Sequence[MapTasks] = (),
    ) -> None:
        self.launch, self.array, self.site = launch, array, site
        self.label = FINISH if array is None else array.label
        super().__init__(
            list(pipeline),
            tasks=1 if array is None else array.elements,
            time=in_slurm(min(site.max_time, FINISH_MINUTES) if array is None else site.time),
            partition=site.partition,
            cpus_per_task=1 if array is None else site.cores_used,
            job_name=job_name(launch.folder, self.label),
            qos=site.qos,
            logging_dir=str(launch.folder / "logs" / launch.name / self.label),
            requeue=site.requeue,
            requeue_signals=None,
        )

    # On a login node

    @property
    def script(self) -> Path:
        """The script that all arrays of the phase have in common."""
        return Path(self.logging_dir.resolve_paths(SCRIPT))

    def write_script(self, most: int) -> None:
        """Write the script; `most` is the number of elements that one array may have."""
        first = min(self.tasks, most)
        text = self.get_launch_file_contents(self.get_sbatch_args(first), self._command())
        write_text(self.script, text)

    def launch_job(self, scheduler: Scheduler, most: int, after: Sequence[str] = ()) -> list[str]:
        """Submit all arrays of the phase.

        Parameters
        ----------
        scheduler
            Who takes them.
        most
            Elements of one array at most.
        after
            Jobs that all have to succeed before it; to be over, whatever came of them, before a
            launch is wound up.

        Returns
        -------
        list of str
            Ids of the arrays.

        Raises
        ------
        SchedulerError
            If one is not taken.
        """
        dependency = []
        if after:
            kind = "afterany" if self.array is None else "afterok"
            dependency = [f"--dependency={kind}:{':'.join(after)}"]
        if self.array is None:
            return [scheduler.submit(self.script, dependency, self.asked)]
        ids = []
        for offset in range(0, self.tasks, most):
            last = min(most, self.tasks - offset) - 1
            options = [f"--array=0-{last}", f"--export=ALL,{OFFSET}={offset}", *dependency]
            ids.append(scheduler.submit(self.script, options, self.asked))
        return ids

    @property
    def asked(self) -> Mapping[str, object]:
        """What messages of the scheduler are about."""
        return {
            "account": self.site.account,
            "partition": self.site.partition,
            "qos": self.site.qos,
            "time": self.time,
            "cores": self.cpus_per_task,
        }

    def get_sbatch_args(self, max_array: int = 1) -> dict[str, str]:
        """Options of sbatch: what the site wants, and nothing else."""
        found: dict[str, Any] = super().get_sbatch_args(max_array)
        del found["mem-per-cpu"]
        if self.array is None:
            del found["array"]
            found["output"] = found["error"] = found["output"].replace("%A_%a", "%j")
        found |= {
            "ntasks": 1,
            "open-mode": "append",
            "comment": self.launch.name,
            "kill-on-invalid-dep": "yes",
            "signal": f"B:USR1@{self.site.warn_seconds}",
        }
        found |= self._memory()
        if self.site.account:
            found["account"] = self.site.account
        if self.site.whole_nodes:
            found["exclusive"] = ""
        if not self.site.requeue:
            found["no-requeue"] = ""
        if not self.site.partition:
            del found["partition"]
        found |= self.site.options
        return {name: str(value) for name, value in found.items()}

    def _memory(self) -> dict[str, str]:
        cores = self.cpus_per_task
        size = self.site.memory_used
        if self.array is None:
            size = min(FINISH_MEMORY, size)
        if self.site.memory_option == "mem":
            return {"mem": f"{size >> 20}M"}
        if self.site.memory_option == "mem-per-cpu":
            return {"mem-per-cpu": f"{(size // cores) >> 20}M"}
        return {}

    def get_launch_file_contents(self, sbatch_args: dict[str, str], run_script: str) -> str:
        """The script, in which every failure of a line is one of the job."""
        options = [f"#SBATCH --{_option(name, value)}" for name, value in sbatch_args.items()]
        variables = self.site.environment.items()
        exports = [f"export {name}={shlex.quote(value)}" for name, value in variables]
        body = _BODY.format(
            setup="\n".join([*exports, *self.site.setup]),
            record=shlex.quote(str(of_launch(self.launch.folder, self.launch.name))),
            folder=shlex.quote(str(self.launch.folder)),
            command=run_script,
            requeue=int(self.site.requeue),
            restarts=MOST_RESTARTS,
        )
        return "\n".join(["#!/bin/bash", *options, body])

    def _command(self) -> str:
        words = [*self.site.launcher, self.site.python or sys.executable]
        words += ["-m", "eurosift.pipeline.element"]
        words += [str(self.launch.folder), self.launch.name, self.label]
        return shlex.join(words)

    def launch_merge_stats(self) -> None:
        """Nothing: `eurosift report` reads the footers of the files."""

    # On a node

    def run(self) -> None:
        """Host the element that this process is."""
        self.host(rank_of(os.environ))

    def get_distributed_env(self, node_rank: int = -1) -> DistributedEnvVars:
        """What datatrove tells its tasks, without asking the scheduler."""
        return DistributedEnvVars(
            datatrove_node_ips=os.environ.get("SLURMD_NODENAME", ""),
            datatrove_cpus_per_task=str(self.cpus_per_task),
            datatrove_mem_per_cpu=str(self.site.memory_used // self.cpus_per_task >> 30),
            datatrove_gpus_on_node="0",
            datatrove_executor="SLURM",
        )


def job_name(folder: Path, label: str) -> str:
    """Name of the jobs of a phase."""
    return f"{folder.name}.{label}"


def _option(name: str, value: str) -> str:
    if not value:
        return name
    return f'{name}="{value}"' if " " in value else f"{name}={value}"


def rank_of(environment: Mapping[str, str]) -> int:
    """Rank of the element that a process is, over all arrays of its phase."""
    return int(environment.get(OFFSET, "0")) + int(environment["SLURM_ARRAY_TASK_ID"])
