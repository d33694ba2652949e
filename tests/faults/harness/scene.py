"""A run that faults happen to, and the undisturbed one that it has to end up equal to."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass

from . import crawl, processes

CONTROL = (".index", "events", "launches", "logs")
"""Folders of a run that hold no data."""
TIMEOUT_S = 900
RECIPE = """\
version: 1
name: small
input:
  path: crawl/*.warc*
languages: eu24
stages:
  extract: {}
  langid: {}
  signals: {}
  quality:
    rules: fineweb2
  dedup: {}
  pii:
    key: secrets/pii.key
  count: {}
  release: {}
"""


class FaultError(AssertionError):
    """A promise that was not kept."""


@dataclass(frozen=True)
class Done:
    """What a command came to."""

    code: int
    err: str


def require(condition, message, done=None):
    """Raise `FaultError` unless the condition holds."""
    if not condition:
        told = f"\nexit {done.code}:\n{done.err[-3000:]}" if done else ""
        raise FaultError(f"{message}{told}")


def data(run_folder):
    """SHA-256 of every file of a run that is not a diary, by name."""
    return {
        str(path.relative_to(run_folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(run_folder.rglob("*"))
        if path.is_file() and path.relative_to(run_folder).parts[0] not in CONTROL
    }


class Project:
    """A folder with crawl, recipe, key and run, and the commands on it."""

    def __init__(self, folder):
        self.folder = folder
        self.recipe = folder / "recipe.yaml"
        self.run_folder = folder / "runs" / "small"
        self.token = secrets.token_hex(8)
        self.temporary = folder / "tmp"
        self._starts = 0

    def start(self, *arguments):
        """Start `eurosift run` in a process group of its own."""
        self.temporary.mkdir(exist_ok=True)
        self._starts += 1
        told = self.folder / f"stderr-{self._starts}"
        mark = {processes.MARK: self.token, "TMPDIR": str(self.temporary)}
        with told.open("wb") as stderr:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "eurosift.pipeline", "run", str(self.recipe)),
                    *("--quiet", "--workers", "2", *arguments),
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                start_new_session=True,
                env=os.environ | mark,
            )
        process.told = told
        return process

    def wait(self, process):
        """Wait for the end of a run; one that hangs is a fault."""
        try:
            code = process.wait(timeout=TIMEOUT_S)
        except subprocess.TimeoutExpired:
            for pid in processes.living(self.token):
                os.kill(pid, 9)
            process.wait()
            raise FaultError(f"the run hangs: {process.told.read_text()[-2000:]}") from None
        return Done(code, process.told.read_text(errors="replace"))

    def run(self, *arguments):
        """`eurosift run` to its end."""
        return self.wait(self.start(*arguments))

    def verify(self):
        """`eurosift verify`, in this process: starting another takes longer than to verify."""
        from eurosift.pipeline.cli import main

        told = io.StringIO()
        with contextlib.redirect_stderr(told):
            try:
                main(["verify", str(self.recipe)])
            except SystemExit as stop:
                return Done(int(stop.code or 0), told.getvalue())
        raise FaultError("verify did not exit")

    def events(self):
        """Events of all launches so far, by time."""
        from eurosift.pipeline import events

        return events.read(self.run_folder)


class Calm(Project):
    """The undisturbed run.

    Attributes
    ----------
    data
        SHA-256 of each of its files.
    seconds
        How long it took.
    phases
        Names of the phases, in order.
    """

    def __init__(self, folder):
        super().__init__(folder)
        crawl.write(folder / "crawl")
        self.recipe.write_text(RECIPE)
        (folder / "secrets").mkdir(mode=0o700)
        key = folder / "secrets" / "pii.key"
        key.touch(mode=0o600)
        key.write_text("0123456789abcdef" * 4 + "\n")
        started = time.monotonic()
        done = self.run()
        self.seconds = time.monotonic() - started
        require(done.code == 0, "the undisturbed run failed", done)
        self.data = data(self.run_folder)
        self.phases = [e["stage"] for e in self.events() if e["event"] == "phase"]
        require(self.data and self.phases, "the undisturbed run made nothing")
        require(self.verify().code == 0, "the undisturbed run does not verify")

    def sizes(self):
        """Size of each data file, by name."""
        return {name: (self.run_folder / name).stat().st_size for name in self.data}


class Scene(Project):
    """A copy of the undisturbed project, not run yet or finished, that faults happen to."""

    def __init__(self, calm, folder, *, finished=False):
        skipped = shutil.ignore_patterns(*(() if finished else ("runs",)), "tmp", "stderr-*")
        shutil.copytree(calm.folder, folder, ignore=skipped)
        super().__init__(folder)
        self.calm = calm
        self.kinds = []
        self.disk = None

    def heal(self):
        """Run again, as often as it takes; once must do."""
        done = self.run()
        require(done.code == 0, "running again did not end well", done)

    def check(self, expected=None):
        """Require what must hold after every fault.

        Data is that of the undisturbed run, `verify` agrees, nothing temporary is left in the run
        folder, and five seconds later no process lives.
        """
        expected = self.calm.data if expected is None else expected
        found = data(self.run_folder)
        missing, extra = sorted(expected.keys() - found), sorted(found.keys() - expected)
        other = sorted(n for n in expected.keys() & found if expected[n] != found[n])
        wrong = {"missing": missing, "extra": extra, "other content": other}
        require(not any(wrong.values()), f"not as undisturbed: {json.dumps(wrong)}")
        done = self.verify()
        require(done.code == 0, "verify does not agree", done)
        hidden = [str(p) for p in self.run_folder.rglob(".*") if not p.is_dir()]
        require(not hidden, f"left behind: {hidden}")
        self.check_processes()

    def check_processes(self):
        """Require that nothing of the run lives five seconds from now."""
        alive = processes.outliving(self.token)
        told = {pid: processes.words(pid) for pid in alive}
        require(not alive, f"still alive after 5 s: {told}")

    def close(self):
        """End what may still run, and remove the folder."""
        for pid in processes.living(self.token):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, 9)
        if self.disk is not None:
            subprocess.run(["umount", str(self.disk)], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)
