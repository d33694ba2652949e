"""Who may write to a part of a run, until somebody else takes it over.

A coordinator that hangs, or whose node is cut off, may wake up when its work was long given to
another. Nothing that it wrote could do harm, as files appear whole and of the same bytes; but it
would do again what is done, or with the parameters of yesterday. So there is a file that names who
came last. A coordinator looks at it whenever an item is over, a worker before a file appears.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from eurosift.pipeline.errors import SupersededError
from eurosift.pipeline.shards import write_text


@dataclass(frozen=True)
class Claim:
    """What a coordinator and its workers go by.

    Attributes
    ----------
    path
        A JSON file whose ``token`` is that of who came last.
    token
        Our own.
    """

    path: Path
    token: str

    @classmethod
    def take(cls, path: Path) -> Self:
        """Take over from whoever was there."""
        token = secrets.token_hex(8)
        write_text(path, json.dumps({"token": token}) + "\n")
        return cls(path, token)

    @property
    def held(self) -> bool:
        """Whether nobody has taken over, as far as one can see."""
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:  # who took over has finished, and put it away
            return False
        except (OSError, ValueError):  # a file system that does not answer takes nothing away
            return True
        return isinstance(found, dict) and found.get("token") == self.token

    def check(self) -> None:
        """Go on only if nobody has taken over.

        Raises
        ------
        SupersededError
            If somebody has.
        """
        if not self.held:
            raise SupersededError("another process has taken over; this one has stopped")
