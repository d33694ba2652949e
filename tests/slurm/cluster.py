"""A real SLURM on this machine: munged, slurmctld and several slurmd as own processes in a folder.

Nothing of the system's configuration is touched: everything hangs on `SLURM_CONF`, on an own munged
and on ports that were free. Only processes that carry this `SLURM_CONF` are ever ended.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
from pathlib import Path

from tests.waiting import wait_for

PROGRAMS = ("slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "scancel", "munged")
SBIN = ("/usr/sbin", "/sbin")
CPUS = 2
MEMORY_MB = 8000
UP_S = 120.0

CONF = """\
ClusterName=tests
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
# A job that is queued again waits so long: 120 s by default, less than 5 is not heeded.
AuthInfo=socket={folder}/munge.sock,cred_expire=5
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
MpiDefault=none
SwitchType=switch/none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SlurmdParameters=config_overrides
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0,bf_interval=1
PriorityType=priority/basic
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
MaxArraySize={max_array}
MaxJobCount=2000
MinJobAge=3600
CompleteWait=0
KillWait=3
UnkillableStepTimeout=25
MailProg=/bin/true
SlurmdTimeout=5
SlurmctldTimeout=10
MessageTimeout=5
BatchStartTimeout=10
TCPTimeout=2
TreeWidth=65533
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
ReturnToService=2
InactiveLimit=0
EnforcePartLimits=ALL
JobRequeue=1
JobCompType=jobcomp/filetxt
JobCompLoc={folder}/jobcomp.txt
AccountingStorageType=accounting_storage/none
PropagateResourceLimits=NONE
DefMemPerCPU=500
{nodes}
PartitionName=main Nodes=ALL Default=YES MaxTime=1-00:00:00 DefaultTime=00:10:00 State=UP
PartitionName=whole Nodes=ALL MaxTime=02:00:00 OverSubscribe=EXCLUSIVE State=UP
PartitionName=urgent Nodes=ALL MaxTime=02:00:00 PriorityTier=10 State=UP
PartitionName=members Nodes=ALL AllowAccounts=project_7 State=UP
"""


def path() -> str:
    """Where the programs of SLURM are looked for: daemons are not on everybody's PATH."""
    return os.pathsep.join((os.environ.get("PATH", ""), *SBIN))


def missing() -> list[str]:
    """Programs of SLURM that are not installed."""
    return [name for name in PROGRAMS if shutil.which(name, path=path()) is None]


def free_ports(number: int) -> list[int]:
    """Ports that nobody listens on."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(number)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


class Cluster:
    """A running SLURM.

    Parameters
    ----------
    folder
        Of a short name: sockets below it have 107 bytes at most.
    nodes
        How many nodes it has, each with two cores: ``c1``, ``c2``, …
    max_array
        MaxArraySize.
    """

    def __init__(self, folder: Path, nodes: int = 3, max_array: int = 4) -> None:
        self.folder = folder
        self.nodes = [f"c{i + 1}" for i in range(nodes)]
        self.conf = folder / "slurm.conf"
        self._daemons: dict[str, subprocess.Popen] = {}
        self._cut_off: list[int] = []
        (folder / "state").mkdir()
        ports = free_ports(nodes + 1)
        host = socket.gethostname().partition(".")[0]
        lines = [
            f"NodeName={name} NodeHostname={host} NodeAddr=127.0.0.1 Port={port} CPUs={CPUS} "
            f"RealMemory={MEMORY_MB} State=UNKNOWN"
            for name, port in zip(self.nodes, ports[1:], strict=True)
        ]
        self.conf.write_text(
            CONF.format(
                host=host,
                ports=ports,
                user=pwd.getpwuid(os.geteuid()).pw_name,
                folder=folder,
                max_array=max_array,
                nodes="\n".join(lines),
            )
        )
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("SLURM", "SBATCH"))}
        self.env = clean | {"SLURM_CONF": str(self.conf), "PATH": path()}
        if self._version() >= (23, 11):  # which looks for control groups unless it is told not to
            (folder / "cgroup.conf").write_text("CgroupPlugin=disabled\n")
        else:
            (folder / "cgroup.conf").write_text("")

    def _version(self) -> tuple[int, ...]:
        words = self.run("slurmd", "-V").split()
        return tuple(int(part) for part in words[-1].split(".")[:2])

    # Daemons

    def start(self) -> None:
        """Start everything and wait until all nodes answer."""
        key = self.folder / "munge.key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o600)
        files = {
            name: self.folder / f"munge.{name}" for name in ("key", "sock", "pid", "log", "seed")
        }
        self._start(
            "munged",
            "munged",
            "--foreground",
            "--force",
            f"--key-file={files['key']}",
            f"--socket={files['sock']}",
            f"--pid-file={files['pid']}",
            f"--log-file={files['log']}",
            f"--seed-file={files['seed']}",
        )
        wait_for(files["sock"].exists, timeout_s=UP_S)
        self.start_controller()
        for name in self.nodes:
            self.start_node(name)
        self.wait_until_up()

    def _start(self, name: str, *command: str) -> None:
        with (self.folder / f"{name}.out").open("ab") as log:
            self._daemons[name] = subprocess.Popen(
                command,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def start_controller(self) -> None:
        self._start("slurmctld", "slurmctld", "-D")

    def start_node(self, name: str, *wrapper: str) -> None:
        """Start the daemon of a node, perhaps by another program."""
        while self._cut_off:
            _kill(self._cut_off.pop())
        (self.folder / f"spool-{name}").mkdir(exist_ok=True)
        self._start(name, *wrapper, "slurmd", "-D", "-N", name)

    def wait_until_up(self) -> None:
        """Wait until the controller answers and all nodes take jobs."""

        def up() -> bool:
            found = self.run("sinfo", "-h", "-N", "-p", "main", "-o", "%t", check=False).split()
            good = [state for state in found if state in {"idle", "mix", "alloc", "comp"}]
            return len(good) == len(self.nodes)

        wait_for(up, timeout_s=UP_S, every_s=0.2)

    def stop_controller(self) -> None:
        """End the controller in order; nodes and their jobs go on."""
        controller = self._daemons.pop("slurmctld")
        controller.terminate()
        controller.wait(timeout=20)

    def kill(self, name: str) -> None:
        """Kill the daemon of a node, or the controller; jobs of the node go on."""
        daemon = self._daemons.pop(name)
        daemon.kill()
        daemon.wait()

    def cut_off(self, name: str) -> None:
        """Take the network from a node: its jobs go on, but nobody hears of them any more."""
        self.kill(name)
        # Not killed: their jobs would be hung up on, if they are stopped.
        for keeper in self._keepers(self._carriers(f"SLURMD_NODENAME={name}")):
            os.kill(keeper, signal.SIGSTOP)
            self._cut_off.append(keeper)

    def _keepers(self, jobs: list[int]) -> set[int]:
        """Who would tell the controller how jobs ended."""
        return {keeper for pid in jobs if (keeper := _parent(pid)) and _is_keeper(keeper)}

    def crash(self, name: str) -> None:
        """Take the power from a node: its daemon and all of its jobs are gone at once."""
        self.kill(name)
        jobs = self._carriers(f"SLURMD_NODENAME={name}")
        for pid in [*self._keepers(jobs), *jobs]:
            _kill(pid)

    def stop(self) -> None:
        """End everything that belongs to this cluster, and nothing else."""
        for daemon in reversed(self._daemons.values()):
            daemon.terminate()
        for daemon in self._daemons.values():
            try:
                daemon.wait(timeout=5)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()
        self._daemons.clear()
        for pid in [*self._cut_off, *self._carriers()]:
            _kill(pid)

    def _carriers(self, also: str = "") -> list[int]:
        """Processes that have the `SLURM_CONF` of this cluster, but for those of the tests."""
        found = []
        wanted = f"SLURM_CONF={self.conf}".encode()
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit() or int(entry.name) == os.getpid():
                continue
            with contextlib.suppress(OSError):
                variables = (entry / "environ").read_bytes().split(b"\0")
                if wanted in variables and (not also or also.encode() in variables):
                    found.append(int(entry.name))
        return found

    # Jobs

    def run(self, *command: str, check: bool = True) -> str:
        """Run a program of SLURM; its standard output."""
        done = subprocess.run(
            command, env=self.env, capture_output=True, text=True, check=False, timeout=300
        )
        if check and done.returncode:
            raise AssertionError(f"{command}: {done.stderr}")
        return done.stdout

    def queue(self, *more: str) -> list[list[str]]:
        """Array job, task, state, restarts and reason of everything that is not over."""
        fields = "ArrayJobID:|,ArrayTaskID:|,State:|,RestartCnt:|,Reason:"
        out = self.run("squeue", "-h", "-r", "-O", fields, *more, check=False)
        return [line.split("|") for line in out.splitlines()]

    def drain(self, timeout_s: float = 600) -> None:
        """Wait until no job is left; complain of any that can never start."""

        def empty() -> bool:
            queue = self.queue()
            parked = [row for row in queue if "Never" in row[-1]]
            assert not parked, parked
            return not queue

        wait_for(empty, timeout_s=timeout_s, every_s=0.3)

    def completions(self, array: str) -> list[dict[str, str]]:
        """What SLURM wrote of each attempt of each element of an array that is over."""
        path = self.folder / "jobcomp.txt"
        lines = path.read_text().splitlines() if path.exists() else []
        found = [dict(f.partition("=")[::2] for f in line.split() if "=" in f) for line in lines]
        # An array that never began is one job, and has no elements.
        return [job for job in found if job.get("ArrayJobId", job["JobId"]) == array]


def _parent(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0
    return int(text.rpartition(")")[2].split()[1])


def _is_keeper(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text().strip() == "slurmstepd"
    return False


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
