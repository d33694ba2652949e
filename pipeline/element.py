"""``python -m eurosift.pipeline.element``: one element of an array, or the job that winds up.

The signals of SLURM are listened to before anything heavy is imported, so that there is no moment
at which they would only kill.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from types import FrameType


class Ear:
    """Hears USR1 (time is nearly up, or the node is wanted back) and TERM, from the first moment.

    Attributes
    ----------
    heard
        The signal, once there was one.
    handler
        Who is told of it, if it is there by then.
    """

    def __init__(self) -> None:
        self.heard: str | None = None
        self.handler: Callable[[str], None] | None = None
        for number in (signal.SIGUSR1, signal.SIGTERM):
            signal.signal(number, self._receive)

    def _receive(self, number: int, _frame: FrameType | None) -> None:
        self.heard = signal.Signals(number).name
        if self.handler is not None:
            self.handler(self.heard)


def main(arguments: list[str]) -> int:
    """Run what a job is there for; its exit code."""
    ear = Ear()
    folder, launch, label = arguments
    from eurosift.pipeline import cluster  # noqa: PLC0415 - see above
    from eurosift.pipeline.errors import EurosiftError, exit_code  # noqa: PLC0415

    try:
        return cluster.run(folder, launch, label, ear)
    except EurosiftError as error:
        sys.stderr.write(f"eurosift: {error}\n")
        return exit_code(error)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
