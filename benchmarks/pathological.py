"""Pages that are made to hang or bloat parsers: time, memory, and what becomes of the others.

What is measured and how is said in `NOTE`, which stands above the results.

    python benchmarks/pathological.py
"""

import contextlib
import json
import logging
import os
import runpy
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from eurosift.pipeline import protection
from eurosift.stages.extract import Extract, ExtractConfig
from eurosift.stages.extract.body import decode_body
from eurosift.stages.extract.pages import win_page

ROOT = Path(__file__).parents[1]
HOSTILE = runpy.run_path(str(ROOT / "tests/end_to_end/hostile.py"))
TESTS = runpy.run_path(str(ROOT / "tests/end_to_end/test_hostile.py"))
MAKE = ROOT.parent / "shared/data/web/mkpatho.py"
TITLE = "Pathological pages"
NOTE = """\
*Beyond the limits*: pages of up to 50 MB, 500,000 tags, 100,000 nested elements. *Within them*:
pages just below the limits of the stage, which is the worst that is let through to a parser, and
bodies in gzip that inflate to 200 MB. Each page by itself in a process of its own, with a limit of
1 s of processor time: *stopped* are those that reach it, *overrun* is the most that one of them
took beyond it, *MB* the most memory of such a process, what it has before any page included. *Run*:
the same pages among healthy ones through the command line, with a limit of 2 s; rows, and responses
that are counted as no pages (a PDF); *MB of a worker* is the most of any process of that run.
*Healthy the same*: healthy pages whose text is that of a run without the others.

"""
LIMIT_S = 1.0


ENGINES = ("trafilatura", "auto")
LOOK_S = 0.02
LAYERS = "runs/hostile/extract/*.parquet"


def alone(body, encoding, config):
    """Processor time and memory of work on one page, and whether it was stopped."""
    pid = os.fork()
    if pid == 0:

        def win():
            headers = {"content-encoding": encoding}
            return win_page(decode_body(body, headers, config.max_bytes), None, config)

        code = 1
        with contextlib.suppress(protection._OutOfTimeError):  # noqa: SLF001
            protection._within(LIMIT_S, win)  # noqa: SLF001 - one of the two tries of a page
            code = 0
        os._exit(code)
    _, status, usage = os.wait4(pid, 0)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1e3, status != 0


def one_by_one(bodies, engine):
    """Cells about each page by itself."""
    config = ExtractConfig(engine=engine)
    Extract(config, name="extract").open()
    win_page("<p>Kernels are loaded.</p>", None, config)
    found = {name: alone(*body, config) for name, body in bodies.items()}
    for name, (seconds, peak, stopped) in found.items():
        print(f"{engine}: {name}: {seconds:.2f} s, {peak:.0f} MB {stopped}", file=sys.stderr)
    overruns = [seconds - LIMIT_S for seconds, _, stopped in found.values() if stopped]
    return {
        "pages": len(found),
        "stopped": len(overruns),
        "overrun, s": f"{max(overruns):.2f}" if overruns else "–",
        "MB": round(max(peak for _, peak, _ in found.values())),
    }


def peak_of(session, over, peaks):
    """Note the most memory that any process of a session had, until it is over."""
    while not over.wait(LOOK_S):
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                if int(stat.read_text().rpartition(")")[2].split()[3]) == session:
                    status = stat.with_name("status").read_text()
                    if "VmHWM:" in status:
                        peaks.append(int(status.split("VmHWM:")[1].split()[0]) * 1024 / 1e6)


def run(folder, captures, engine):
    """Rows of a run over these captures, and the most memory of any of its processes."""
    folder.mkdir(parents=True)
    for number in range(2):
        (folder / f"{number}.warc.gz").write_bytes(b"".join(captures[number::2]))
    recipe = folder / "recipe.yaml"
    recipe.write_text(TESTS["RECIPE"].format(engine=engine))
    command = [sys.executable, "-m", "eurosift.pipeline", "run", recipe, "--workers", "1", "-q"]
    process = subprocess.Popen(command, stdout=sys.stderr, start_new_session=True)
    over, peaks = threading.Event(), []
    watch = threading.Thread(target=peak_of, args=(process.pid, over, peaks))
    watch.start()
    process.wait()
    over.set()
    watch.join()
    layers = sorted(folder.glob(LAYERS))
    return pl.concat([pl.read_parquet(path) for path in layers]), max(peaks)


def skips(layer):
    """Responses that were counted as no pages."""
    facts = json.loads(pq.read_metadata(layer).metadata[b"eurosift"])["facts"]
    return sum(n for kind, n in facts["skipped"].items() if kind not in ("request", "warcinfo"))


def all_together(bodies, engine, folder):
    """Cells about a run with all pages among healthy ones."""
    captures = [
        TESTS["capture"](f"page/{i}", body, [("Content-Encoding", encoding)] if encoding else [])
        for i, (body, encoding) in enumerate(bodies.values())
    ]
    calm, _ = run(folder / "calm", TESTS["healthy"](), engine)
    rows, peak = run(folder / "mixed", TESTS["mixed"](captures), engine)
    skipped = sum(map(skips, (folder / "mixed").glob(LAYERS)))
    before, after = TESTS["texts"](calm), TESTS["texts"](rows)
    same = sum(after.get(url) == text for url, text in before.items())
    return {
        "run: rows and skips": f"{len(rows)} + {skipped} of {len(captures) + len(before)}",
        "MB of a worker": round(peak),
        "healthy the same": f"{same} of {len(before)}",
    }


def sets(folder):
    """Bodies with their encoding, by name, of each set of pages."""
    if MAKE.exists():
        subprocess.run([sys.executable, MAKE, folder], check=True)
        yield (
            "beyond the limits",
            {path.name: (path.read_bytes(), "") for path in sorted(folder.iterdir())},
        )
    within = {name: (body, "") for name, body in HOSTILE["pages"]().items()}
    within |= {name: (body, "gzip") for name, body in HOSTILE["bombs"]().items()}
    yield "within them", within


def measure():
    rows = []
    with tempfile.TemporaryDirectory() as name:
        for title, bodies in sets(Path(name) / "made"):
            for engine in ENGINES:
                print(f"{title}, {engine} …", file=sys.stderr, flush=True)
                row = {"set": title, "engine": engine, **one_by_one(bodies, engine)}
                rows.append(row | all_together(bodies, engine, Path(name) / title / engine))
    return rows


if __name__ == "__main__":
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    print(json.dumps(measure()))
