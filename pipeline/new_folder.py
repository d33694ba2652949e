"""Folders that are made anew, and appear when they are complete."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from eurosift.pipeline.errors import QueryError


@contextmanager
def new_folder(to: Path) -> Iterator[Path]:
    """A hidden folder to write into, which gets its name when nothing went wrong.

    Raises
    ------
    QueryError
        If there is something under that name already, unless it is an empty folder.
    """
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise QueryError(f"{to}: is there already: name a new or an empty folder")
    scratch = to.with_name(f".{to.name}.partial")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    try:
        yield scratch
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise
    if to.exists():
        to.rmdir()
    scratch.rename(to)
