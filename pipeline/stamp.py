"""The stamp of a file: what tells it from a changed one without reading it."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import NamedTuple

import xxhash

from eurosift.stages.extract.formats import html_files
from eurosift.stages.extract.remote import Remote, Source


class Stamp(NamedTuple):
    """What tells a file from a changed one without reading it; times in nanoseconds.

    The time of the last change of the inode is among them, because it cannot be set back. Of a file
    by URL there is the size alone.
    """

    size: int
    modified: int
    changed: int
    inode: int

    @property
    def tells(self) -> bool:
        """Whether there is more than a size."""
        return bool(self.changed)

    @classmethod
    def of(cls, path: str | Source) -> Stamp:
        """Stamp of a file, here or by URL, or of all HTML files in a folder.

        Raises
        ------
        OSError
            If there is none, or it cannot be looked at.
        """
        if isinstance(path, Remote):
            return cls(path.stat().st_size, 0, 0, 0)
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
