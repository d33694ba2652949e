"""Inputs and layers that cannot be read: a folder or a link to nothing in their place."""

from __future__ import annotations

import time

from .scene import TIMEOUT_S, require


def strike(scene, rng):
    """Put something unreadable in the place of an input, or of a layer's file while a run goes on.

    Root may read whatever the mode says, so that a mode would test nothing here.
    """
    kind = rng.choice(("directory", "dangling"))
    part = rng.choice((_input, _layer))
    scene.kinds.append(f"{kind} for {'an input' if part is _input else 'a layer'}")
    return part(scene, rng, kind)


def _replace(path, kind):
    content = path.read_bytes()
    path.unlink()
    if kind == "directory":
        path.mkdir()
    else:
        path.symlink_to("nowhere")
    return content


def _put_back(path, content):
    if path.is_symlink():
        path.unlink()
    else:
        path.rmdir()
    path.write_bytes(content)


def _input(scene, rng, kind):
    path = rng.choice(sorted((scene.folder / "crawl").iterdir()))
    # A folder may well have a name that matches; once planned as a file, it is a fault.
    planned = kind == "directory" or rng.random() < 0.6
    told = f"{kind} for input {path.name}, {'planned' if planned else 'from the beginning'}"
    if planned:
        process = scene.start()
        plan = scene.run_folder / "plan.json"
        while not plan.exists() and process.poll() is None:
            time.sleep(0.005)
        time.sleep(rng.choice((0, rng.uniform(0, scene.calm.seconds / 3))))
        content = _replace(path, kind)
        done = scene.wait(process)
        require(done.code in {0, 1}, f"{told}: ended otherwise", done)
        if done.code == 0:
            done = scene.run()
            require(done.code == 2, f"{told}: not noticed", done)
    else:
        content = _replace(path, kind)
        done = scene.run()
        require(done.code == 2, f"{told}: was left out without a word", done)
    require("Traceback" not in done.err, f"{told}: a traceback", done)
    require(path.name in done.err, f"{told}: the message does not name it", done)
    _put_back(path, content)
    scene.heal()
    scene.check()
    return told


def _layer(scene, rng, kind):
    """While later stages read it; afterwards what is named is removed, and all is as it was."""
    layers = [name for name in scene.calm.phases if "." not in name][:-1]
    layer = rng.choice(layers)
    process = scene.start()
    folder = scene.run_folder / layer
    deadline = time.monotonic() + TIMEOUT_S
    found = []
    while not found and process.poll() is None and time.monotonic() < deadline:
        found = sorted(folder.glob("0*.parquet"))
        time.sleep(0.002)
    path = rng.choice(found)
    _replace(path, kind)
    done = scene.wait(process)
    told = f"{kind} for {layer}/{path.name}"
    require("Traceback" not in done.err, f"{told}: a traceback", done)
    require(done.code in {0, 1, 2, 3, 4}, f"{told}: ended otherwise", done)
    if done.code:
        require(f"{layer}/{path.name}" in done.err, f"{told}: the message does not name it", done)
    if path.is_dir():
        done = scene.verify()
        require(done.code == 4, f"{told}: not found by verify", done)
        require(f"{layer}/{path.name}" in done.err, f"{told}: not named by verify", done)
        path.rmdir()
    scene.heal()
    scene.check()
    return told
