"""Inputs that change while a run reads them: put back, or taken as they are now."""

from __future__ import annotations

import time

import pyarrow.parquet as pq

from .scene import TIMEOUT_S, Scene, data, require

KINDS = ("append", "truncate", "rewrite", "remove", "add")


def strike(scene, rng):
    """Change an input at a random moment of a run; then undo it, or run on with ``--replan``."""
    kind = rng.choice(KINDS)
    scene.kinds.append(kind)
    files = sorted((scene.folder / "crawl").iterdir())
    path = rng.choice(files)
    added = path.with_name("small-99999.warc")
    before = path.read_bytes()
    process = scene.start()
    seconds = _wait(scene, process, rng)
    _change(kind, path, added, files, rng)
    done = scene.wait(process)
    told = f"{kind} {path.name} after {seconds}"
    require("Traceback" not in done.err, f"{told}: a traceback", done)
    require(done.code in {0, 1, 2}, f"{told}: ended with another code", done)
    if done.code:
        require(path.name in done.err, f"{told}: the message does not name it", done)
    if rng.random() < 0.5:
        path.write_bytes(before)
        added.unlink(missing_ok=True)
        # Also where the plan was made from the changed file, `--replan` takes the old one back.
        done = scene.run()
        if done.code:
            require(done.code == 2 and "--replan" in done.err, f"{told}: put back", done)
            done = scene.run("--replan")
            require(done.code == 0, f"{told}: put back and replanned", done)
        if kind == "add" and data(scene.run_folder).keys() != scene.calm.data.keys():
            scene.run("--replan")
            return f"{told}, put back (the plan had it)"
        found, expected = data(scene.run_folder), dict(scene.calm.data)
        if found["plan.json"] != expected["plan.json"]:
            expected["plan.json"] = found["plan.json"]
        scene.check(expected)
        return f"{told}, put back"
    _replan(scene, kind, path, told)
    return f"{told}, replanned"


def _wait(scene, process, rng):
    """Around the time at which inputs are planned and read, as a rule; else at any time."""
    if rng.random() < 0.3:
        seconds = rng.uniform(0, scene.calm.seconds)
        time.sleep(seconds)
        return f"{seconds:.2f} s"
    deadline = time.monotonic() + TIMEOUT_S
    plan = scene.run_folder / "plan.json"
    while not plan.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    seconds = rng.choice((0.0, rng.uniform(0, scene.calm.seconds / 2)))
    time.sleep(seconds)
    return f"the plan and {seconds:.2f} s"


def _change(kind, path, added, files, rng):
    content = path.read_bytes()
    if kind == "append":
        # Of the same container, or the file would be one that is damaged.
        path.write_bytes(content + content)
    elif kind == "truncate":
        path.write_bytes(content[: rng.randrange(1, len(content))])
    elif kind == "rewrite":
        changed = bytearray(content)
        changed[rng.randrange(len(changed))] ^= 0xFF
        path.write_bytes(changed)
    elif kind == "remove":
        path.unlink()
    else:
        added.write_bytes(next(p for p in files if p.suffix == ".warc").read_bytes())


def _replan(scene, kind, path, told):
    """Plain `run` refuses and names the input, ``--replan`` gives what a new run would give."""
    done = scene.run()
    if kind == "add":
        require(done.code == 0, f"{told}: a new input stops the run", done)
    elif done.code:
        require(done.code == 2 and path.name in done.err, f"{told}: not told", done)
    done = scene.run("--replan")
    require(done.code == 0, f"{told}: replanned", done)
    anew = Scene(scene, scene.folder.with_name(f"{scene.folder.name}-anew"))
    try:
        require(anew.run().code == 0, f"{told}: a new run over it fails")
        expected = data(anew.run_folder)
        if kind == "remove":  # shard numbers stay, so files have other names than in a new run
            same = _released(anew.run_folder) == _released(scene.run_folder)
            require(same, f"{told}: replanned, and the release is not that of a new run")
            scene.check(data(scene.run_folder))
        else:
            scene.check(expected)
    finally:
        anew.close()


def _released(run_folder):
    """Rows of every released file."""
    files = sorted((run_folder / "release" / "data").rglob("*.parquet"))
    return {str(p.relative_to(run_folder)): pq.read_table(p).to_pylist() for p in files}
