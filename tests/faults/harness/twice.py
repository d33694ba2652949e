"""The same run started twice, or three times, at almost the same moment."""

from __future__ import annotations

import time

from .scene import require


def strike(scene, rng):
    """Start two or three runs at once: one does it all, the others say who is in their way."""
    scene.kinds.append("at once")
    delays = [rng.choice((0.0, rng.uniform(0, scene.calm.seconds / 2))) for _ in range(2)]
    delays = delays[: rng.randint(1, 2)]
    processes = [scene.start()]
    for delay in delays:
        time.sleep(delay)
        processes.append(scene.start())
    ends = [scene.wait(process) for process in processes]
    told = f"{len(ends)} runs, {', '.join(f'{d:.2f} s' for d in delays)} apart"
    require(any(done.code == 0 for done in ends), f"{told}: none ended well", ends[0])
    for done in ends:
        require(done.code in {0, 2}, f"{told}: one ended otherwise", done)
        if done.code:
            require("another run works here" in done.err, f"{told}: refused without why", done)
            require(len(done.err.splitlines()) == 1, f"{told}: refused in many words", done)
    scene.check()
    return told
