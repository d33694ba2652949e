"""Hundreds of faults at random points of a small run: ``make faults`` -> benchmarks/RESULTS.md.

Each fault comes from a seed that is printed; ``--only kills:17`` repeats a single one. The seeds
are dealt out to several processes, which work on runs of their own.
"""

from __future__ import annotations

import argparse
import collections
import importlib.util
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import results

TITLE = "Faults at random points"
HERE = Path(__file__).parent
NUMBERS = {
    "kills": 200,
    "disks": 50,
    "damages": 100,
    "inputs": 30,
    "unreadable": 30,
    "twice": 10,
}
TITLES = {
    "kills": "killed",
    "disks": "no room",
    "damages": "damaged",
    "inputs": "input changed",
    "unreadable": "unreadable",
    "twice": "started twice",
}


def load_harness():
    name, folder = "fault_harness", HERE.parent / "tests" / "faults" / "harness"
    spec = importlib.util.spec_from_file_location(
        name, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    sys.path.append(str(HERE.parent))  # it takes `tests.disks` from there
    sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    for kind, number in NUMBERS.items():
        parser.add_argument(f"--{kind}", type=int, default=number, metavar="N")
    parser.add_argument("--seed", type=int, default=1, help="The first seed of each kind.")
    parser.add_argument("--jobs", type=int, default=2, help="Runs at a time.")
    parser.add_argument("--part", type=int, help="Do one job's share, and print what came of it.")
    parser.add_argument("--only", metavar="KIND:SEED", help="Repeat one fault; writes no table.")
    parser.add_argument("--folder", type=Path, help="Where to run; in memory if there is room.")
    return parser.parse_args()


class Tally:
    """What was tried, by kind and sort."""

    def __init__(self):
        self.tried = collections.Counter()
        self.healed = collections.Counter()
        self.failed = collections.defaultdict(list)
        self.skipped = {}

    def add(self, kind, sorts, seed, *, healed):
        for sort in sorts:
            self.tried[kind, sort] += 1
            self.healed[kind, sort] += healed
        if not healed:
            self.failed[kind, sorts[-1] if sorts else "before it"].append(seed)

    def number(self, kind):
        return sum(n for (other, _), n in self.tried.items() if other == kind)

    def told(self):
        """As JSON has it."""
        counts = [[*key, self.tried[key], self.healed[key]] for key in self.tried]
        failed = [[*key, seeds] for key, seeds in self.failed.items()]
        return {"counts": counts, "failed": failed, "skipped": self.skipped}

    def take(self, told):
        """Add what another process told."""
        for kind, sort, tried, healed in told["counts"]:
            self.tried[kind, sort] += tried
            self.healed[kind, sort] += healed
        for kind, sort, seeds in told["failed"]:
            self.failed[kind, sort] += seeds
        self.skipped |= told["skipped"]


def strike(harness, calm, folder, kind, seed, tally):
    """Make one fault; False if this machine does not let us."""
    scene = harness.Scene(calm, folder / f"{kind}-{seed}", finished=kind == "damages")
    started = time.monotonic()
    try:
        told = harness.STRIKES[kind](scene, random.Random(seed))
    except harness.NotPossibleError as error:
        tally.skipped[kind] = str(error)
        return False
    except Exception as error:  # noqa: BLE001 - the others are tried all the same
        tally.add(kind, scene.kinds, seed, healed=False)
        say(f"{kind}:{seed} FAILED: {type(error).__name__}: {error}")
    else:
        tally.add(kind, scene.kinds, seed, healed=True)
        say(f"{kind}:{seed} healed in {time.monotonic() - started:.1f} s: {told}")
    finally:
        scene.close()
    return True


def say(text):
    print(text, file=sys.stderr, flush=True)


def main():
    given = arguments()
    if given.part is not None or given.only:
        tally = work(given)
        if given.part is not None:
            print(json.dumps(tally.told()))
        return bool(tally.failed)
    started = time.monotonic()
    command = [sys.executable, __file__, *sys.argv[1:]]
    jobs = [
        subprocess.Popen([*command, "--part", str(part)], stdout=subprocess.PIPE, text=True)
        for part in range(given.jobs)
    ]
    tally = Tally()
    for job in jobs:
        tally.take(json.loads(job.communicate()[0]))
    lines = document(tally, given.seed, time.monotonic() - started)
    results.write(TITLE, lines)
    print("\n".join(lines))
    return bool(tally.failed)


def work(given):
    """Make one job's share of the faults, or a single one."""
    harness, tally = load_harness(), Tally()
    memory = Path("/dev/shm")
    base = given.folder or (memory if memory.is_dir() else None)
    with tempfile.TemporaryDirectory(prefix="eurosift-faults-", dir=base) as name:
        folder = Path(name)
        (folder / "calm").mkdir()
        calm = harness.Calm(folder / "calm")
        say(f"the undisturbed run: {calm.seconds:.1f} s, {len(calm.data)} files; {folder}")
        if given.only:
            kind, _, seed = given.only.partition(":")
            strike(harness, calm, folder, kind, int(seed), tally)
            return tally
        for kind in NUMBERS:
            seed = given.seed + given.part
            share = -(-getattr(given, kind) // given.jobs)
            # A kill that comes after the end of a run is none, and one seed may make several.
            while tally.number(kind) < share and seed < given.seed + 10_000:
                if not strike(harness, calm, folder, kind, seed, tally):
                    break
                seed += given.jobs
    return tally


def document(tally, seed, seconds):
    lines = [
        "A run of all stages over 27 pages in three WARC files is disturbed, run again, and",
        "compared. Healed means: data byte-identical to an undisturbed run, `verify` agrees,",
        "nothing temporary is left in the run folder, and no process lives five seconds later.",
        "A seed repeats its fault: `python benchmarks/faults.py --only kills:17`.",
        "",
        f"Seeds from {seed}; {seconds / 60:.0f} minutes.",
        "",
        "| fault | of what sort | tried | healed | seeds that failed |",
        "|---|---|---:|---:|---|",
    ]
    for kind, title in TITLES.items():
        sorts = sorted({s for k, s in (*tally.tried, *tally.failed) if k == kind})
        for sort in sorts:
            key = (kind, sort)
            failed = ", ".join(map(str, tally.failed.get(key, ())))
            lines.append(
                f"| {title} | {sort} | {tally.tried[key]} | {tally.healed[key]} | {failed} |"
            )
        if kind in tally.skipped:
            lines.append(f"| {title} | not tried: {tally.skipped[kind]} | 0 | 0 | |")
    total, healed = sum(tally.tried.values()), sum(tally.healed.values())
    return [*lines, f"| **all** | | {total} | {healed} | |"]


if __name__ == "__main__":
    sys.exit(main())
