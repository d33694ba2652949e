"""SLURM as a login node knows it: few calls, each with one clear message where it fails.

Job ids are never truth: SLURM forgets finished jobs, and after a crash of its controller gives
their numbers to others. What is done is told by files; who is in the queue by the token that each
job carries as its comment.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eurosift.pipeline.errors import SchedulerError

ANSWER_S = 60.0
"""How long a call may take."""

PASSED_ON = (
    "HOME",
    "LANG",
    "LC_ALL",
    "LD_LIBRARY_PATH",
    "LOGNAME",
    "NUMBA_CACHE_DIR",
    "PATH",
    "PYTHONPATH",
    "SHELL",
    "SLURM_CONF",
    "USER",
    "XDG_CACHE_HOME",
)
"""Environment variables of the submitter that jobs have; all others stay behind."""

_LEAKS = ("SLURM_", "SBATCH_", "SQUEUE_", "SRUN_", "SALLOC_")
_KEPT = ("SLURM_CONF",)

_SILENT = "the controller of SLURM does not answer; try again when `squeue` works"
_TOO_MANY = (
    "you may not have so many jobs in the queue; give a lower --elements, "
    "or wait until others are over"
)
_MISTAKES: Mapping[str, str] = {
    "invalid account": "SLURM does not take the account `{account}` for partition `{partition}`; "
    "give another as --account or in a site profile",
    "invalid partition": "there is no partition `{partition}` here; "
    "name one of this cluster ({partitions}) in a site profile",
    "invalid qos": "SLURM does not take the QOS `{qos}`; name another in a site profile",
    "time limit is invalid": "the time {time} is more than partition `{partition}` allows; "
    "give less as --time or in a site profile",
    "node configuration is not available": "no node of partition `{partition}` has {cores} cores "
    "and the memory that goes with them; mend `cores`, `element_cores` and `memory` in a site "
    "profile",
    "job array specification": "SLURM does not take arrays of that size",
    "submit limit": _TOO_MANY,
    "maxsubmit": _TOO_MANY,
    "configuration source": "SLURM is installed but not configured: is this a login node of a "
    "cluster?",
    "unable to contact slurm controller": _SILENT,
    "connect failure": _SILENT,
    "connection refused": _SILENT,
}
"""What SLURM says in small letters, and what it means for the user."""


@dataclass(frozen=True)
class Limits:
    """What a cluster allows."""

    version: str
    max_array: int
    """Elements of one array: the highest index is one less than MaxArraySize."""
    max_jobs: int


@dataclass(frozen=True)
class Job:
    """One element of an array in the queue."""

    array: str
    task: str
    state: str
    reason: str
    name: str
    token: str


class Scheduler:
    """Calls the programs of SLURM.

    Parameters
    ----------
    environment
        Environment variables; those of an outer job and the user's defaults for `sbatch` do not
        reach SLURM: what a job is like is told by the site profile alone.
    """

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self.environment = {
            name: value
            for name, value in environment.items()
            if name in _KEPT or not name.startswith(_LEAKS)
        }

    @property
    def there(self) -> bool:
        """Whether this machine has SLURM."""
        return self._find("sbatch") is not None

    def _find(self, program: str) -> str | None:
        return shutil.which(program, path=self.environment.get("PATH"))

    def limits(self) -> Limits:
        """Ask what the cluster allows.

        Raises
        ------
        SchedulerError
            If there is no SLURM, or it does not answer.
        """
        if not self.there:
            raise SchedulerError(
                "`sbatch` is not there: a run with --site starts on a login node of the cluster; "
                "without --site it runs on this machine"
            )
        found = self.configuration()
        return Limits(
            found.get("SLURM_VERSION", "unknown"),
            max(1, int(found.get("MaxArraySize", "1001"))),
            int(found.get("MaxJobCount", "10000")),
        )

    def configuration(self) -> dict[str, str]:
        """The configuration of the cluster. Errors as `limits`."""
        lines = self._call("scontrol", "show", "config").splitlines()
        pairs = (line.partition("=") for line in lines if "=" in line)
        return {name.strip(): value.strip() for name, _, value in pairs}

    def partitions(self) -> list[str]:
        """Names of all partitions. Errors as `limits`."""
        lines = self._call("sinfo", "-h", "-o", "%R").split()
        return sorted(set(lines))

    def describe_partitions(self) -> list[str]:
        """Each partition with its limit of time, its nodes and their cores. Errors as `limits`."""
        lines = self._call("sinfo", "-h", "-o", "%R|%l|%D|%c").splitlines()
        found = [line.split("|") for line in lines if line.count("|") == 3]
        return [f"{n}: {t}, {nodes} nodes of {cores} cores" for n, t, nodes, cores in found]

    def accounts(self) -> list[str]:
        """Accounts of this user, with the QOS and the limits of each. Errors as `limits`."""
        fields = ("account", "partition", "qos", "maxjobs", "maxsubmit")
        user = pwd.getpwuid(os.geteuid()).pw_name
        asked = ("show", "assoc", f"user={user}", f"format={','.join(fields)}")
        lines = self._call("sacctmgr", "-nP", *asked).splitlines()
        rows = [dict(zip(fields, line.split("|"), strict=False)) for line in lines]
        return [" ".join(f"{k}={v}" for k, v in row.items() if v) for row in rows]

    def check(self, script: Path, asked: Mapping[str, object]) -> None:
        """Let SLURM check a script without queueing it.

        Raises
        ------
        SchedulerError
            If it would not be taken; `asked` says in the message what was asked for.
        """
        self._call("sbatch", "--test-only", str(script), asked=asked)

    def submit(
        self, script: Path, options: Sequence[str] = (), asked: Mapping[str, object] | None = None
    ) -> str:
        """Queue a script; its job id.

        Raises
        ------
        SchedulerError
            If it was not taken; `asked` says in the message what was asked for.
        """
        out = self._call("sbatch", "--parsable", *options, str(script), asked=asked or {})
        job = (out.split() or [""])[-1].partition(";")[0]
        if not job.isdigit():
            raise SchedulerError(f"sbatch: gave no job id, but {out.strip()!r}")
        return job

    def queue(self) -> list[Job]:
        """Elements of this user that are not over. Errors as `limits`."""
        user = pwd.getpwuid(os.geteuid()).pw_name
        out = self._call("squeue", "-h", "-r", "-u", user, "-o", "%F|%K|%T|%r|%j|%k")
        return [Job(*line.split("|", 5)) for line in out.splitlines() if line.count("|") >= 5]

    def requeue(self, job: str) -> None:
        """End an element and queue it again, under the same number.

        Raises
        ------
        SchedulerError
            If SLURM does not do that.
        """
        self._call("scontrol", "requeue", job)

    def cancel(self, ids: Iterable[str]) -> None:
        """Cancel jobs; those that are over already are no error."""
        ids = list(ids)
        if ids:
            self._call("scancel", *ids, check=False)

    def _call(
        self, *command: str, check: bool = True, asked: Mapping[str, object] | None = None
    ) -> str:
        program = self._find(command[0])
        if program is None:
            raise SchedulerError(f"`{command[0]}` is not there: is this a login node of a cluster?")
        try:
            done = subprocess.run(  # noqa: S603 - a program of SLURM with our own arguments
                [program, *command[1:]],
                env=self._environment_of(command[0]),
                capture_output=True,
                text=True,
                check=False,
                timeout=ANSWER_S,
            )
        except subprocess.TimeoutExpired:
            raise SchedulerError(
                f"{command[0]}: SLURM has not answered for {ANSWER_S:.0f} s; try again later"
            ) from None
        if check and done.returncode:
            raise SchedulerError(self._in_words(command[0], done.stderr or done.stdout, asked))
        return done.stdout

    def _environment_of(self, program: str) -> Mapping[str, str]:
        if program != "sbatch":
            return self.environment
        return {name: value for name, value in self.environment.items() if name in PASSED_ON}

    def _in_words(self, program: str, said: str, asked: Mapping[str, object] | None) -> str:
        lines = [re.sub(r"^\w+: (?:error: )?", "", line.strip()) for line in said.splitlines()]
        told = "; ".join(dict.fromkeys(line for line in lines if line)) or "failed without a word"
        for words, meaning in _MISTAKES.items():
            if words in said.lower():
                facts = {"partitions": self._known_partitions(words), **(asked or {})}
                known = {k: v if v is not None else "(none given)" for k, v in facts.items()}
                return f"{meaning.format_map(_Blank(known))} ({program}: {told})"
        return f"{program}: {told}"

    def _known_partitions(self, words: str) -> str:
        if words != "invalid partition":
            return ""
        try:
            return ", ".join(self.partitions())
        except SchedulerError:
            return "`sinfo` lists them"


class _Blank(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return f"({key})"
