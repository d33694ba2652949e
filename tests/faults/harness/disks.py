"""A disk that is full, has no room for another file, or allows none above a size."""

from __future__ import annotations

import resource

from tests.disks import mount, remount

from .scene import require

PAGE = 4096


def strike(scene, rng):
    """Let a run hit the end of a disk, make room, run again, and compare."""
    kind = rng.choice(("size", "size", "size", "files", "limit"))
    scene.kinds.append({"size": "disk full", "files": "no inodes", "limit": "size limit"}[kind])
    sizes = scene.calm.sizes()
    if kind == "limit":
        limit = rng.randrange(512, max(sizes.values()))
        _run_limited(scene, limit)
        told = f"no file above {limit} bytes"
    else:
        pages = sum(-(-size // PAGE) for size in sizes.values()) + len(sizes) // 2
        size = PAGE * rng.randrange(2, pages) if kind == "size" else 64 << 20
        files = rng.randrange(3, len(sizes) * 5 // 4) if kind == "files" else 0
        _run_on_disk(scene, size, files)
        told = f"no room for another file after {files}" if files else f"a disk of {size} bytes"
    scene.heal()
    scene.check()
    return told


def _check_stopped(scene, done, words):
    require("Traceback" not in done.err, "a full disk shows a traceback", done)
    if not done.code:
        scene.kinds.clear()  # there was room enough: no fault was made
    else:
        require(done.code in {1, 2}, "a full disk ends with another code", done)
        require(any(word in done.err for word in words), "the message does not say so", done)
        require(len(done.err.splitlines()) < 20, "too many words for one full disk", done)
        found = scene.verify()
        require(found.code == 3, "the disk was full, and something is damaged", found)
    scene.check_processes()


def _run_limited(scene, limit):
    process = scene.start()
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    _check_stopped(scene, scene.wait(process), ("File too large",))


def _run_on_disk(scene, size, files):
    disk = scene.folder / "disk"
    disk.mkdir()
    mount(disk, f"size={size},nr_inodes={files}")
    scene.disk = disk
    scene.recipe.write_text(f"{scene.recipe.read_text()}output: {disk}/run\n")
    scene.run_folder = disk / "run"
    _check_stopped(scene, scene.run(), ("no space left on the disk; free some and run again",))
    remount(disk, "size=64m,nr_inodes=0")
