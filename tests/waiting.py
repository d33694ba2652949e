"""How tests wait for what other processes do."""

from __future__ import annotations

import time


def wait_for(condition, process=None, *, timeout_s=600.0, every_s=0.02):
    """Wait until something holds, and return it; fail if that takes longer than anything may.

    Parameters
    ----------
    condition
        Is called again and again, until what it returns is true.
    process
        Who has to live until then.
    """
    deadline = time.monotonic() + timeout_s
    while True:
        # In this order: the last thing that a process did may be what is waited for.
        has_ended = process is not None and process.poll() is not None
        if found := condition():
            return found
        assert not has_ended, f"it ended before: {process.args}, {process.communicate()}"
        assert time.monotonic() < deadline, f"waited {timeout_s} s for {condition}"
        time.sleep(every_s)
