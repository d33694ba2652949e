"""The stamp of a file: what tells it from a changed one without reading it."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import NamedTuple

import xxhash

from eurosift.stages.extract.formats import html_files


class Stamp(NamedTuple):
    """What tells a file from a changed one without reading it; times in nanoseconds.

    The time of the last change of the inode is among them, because it cannot be set back.
    """

    size: int
    modified: int
    changed: int
    inode: int

    @classmethod
    def of(cls, path: str | Path) -> Stamp:
        """Stamp of a file, or of all HTML files in a folder.

        Raises
        ------
        OSError
            If there is none, or it cannot be looked at.
        """
        found = os.stat(path)  # noqa: PTH116 - called once for every file of a run
        if stat.S_ISDIR(found.st_mode):
            return cls._of_pages(Path(path))
        return cls(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)

    @classmethod
    def _of_pages(cls, folder: Path) -> Stamp:
        """Sizes added up, latest times, and a digest of names and stamps in place of the inode."""
        pages = [(page, cls.of(page)) for page in html_files(folder)]
        listed = [
            f"{page.relative_to(folder).as_posix()!r} {tuple(stamp)}" for page, stamp in pages
        ]
        return cls(
            sum(stamp.size for _, stamp in pages),
            max((stamp.modified for _, stamp in pages), default=0),
            max((stamp.changed for _, stamp in pages), default=0),
            xxhash.xxh3_64_intdigest("\n".join(listed).encode("utf-8", "surrogatepass")) >> 1,
        )
