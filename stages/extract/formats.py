"""Which kind of input a file is, by its name. Standard library only: the command line asks this."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Literal

from eurosift.stages.errors import InputError

Format = Literal["warc", "parquet", "jsonl", "html"]

TABLES = ("parquet", "jsonl")
"""Formats whose files have rows and columns."""

_COMPRESSIONS = (".gz", ".zst")
_PAGES = (".html", ".htm", ".xhtml")
# Parquet and WACZ compress inside of the file: data.parquet.gz cannot be read in place.
_BARE = (".wacz", ".parquet", *_PAGES)
_FORMATS: dict[str, Format] = {
    ".warc": "warc",
    ".arc": "warc",
    ".wet": "warc",
    ".wacz": "warc",
    ".parquet": "parquet",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
}


def detect_format(path: str) -> Format:
    """Return the format of an input file from its suffixes.

    Raises
    ------
    InputError
        If the suffix is none that can be read.

    Examples
    --------
    >>> detect_format("crawl/CC-MAIN-00017.warc.gz")
    'warc'
    >>> detect_format("part-0.JSONL.zst")
    'jsonl'
    """
    name = path.replace("\\", "/").rsplit("/", 1)[-1].lower()
    stem = name
    for suffix in _COMPRESSIONS:
        stem = stem.removesuffix(suffix)
    for suffix, format_ in _FORMATS.items():
        if stem.endswith(suffix) and not (suffix in _BARE and stem != name):
            return format_
    raise InputError(
        f"{path}: cannot tell its format from the name; known are "
        f"{', '.join(_FORMATS)} (WARC, ARC and JSON also with .gz or .zst)"
    )


def is_archive(path: str) -> bool:
    """Whether a file is a WARC or ARC file by its name, and not a collection of them.

    Examples
    --------
    >>> is_archive("archive/data.warc.gz"), is_archive("indexes/index.cdx.gz")
    (True, False)
    """
    try:
        return detect_format(path) == "warc" and not is_wacz(path)
    except InputError:
        return False


def is_html(name: str) -> bool:
    """Whether a file is HTML by its name."""
    return name.lower().endswith(_PAGES)


def html_files(folder: Path) -> list[Path]:
    """Return the HTML files in a folder and its subfolders, sorted by their path.

    Links to folders are not followed.

    Raises
    ------
    OSError
        If a folder cannot be listed, or a file is a link to nothing.
    """

    def stop(error: OSError) -> None:
        raise error

    found: list[Path] = []
    for where, _, names in os.walk(folder, onerror=stop):
        found += [Path(where, name) for name in names if is_html(name)]
    for path in found:
        if path.is_symlink() and not path.exists():
            raise FileNotFoundError(errno.ENOENT, "is a link to nothing", str(path))
    return sorted(path for path in found if path.is_file())


def is_wacz(path: str) -> bool:
    """Whether a file is a WACZ by its name."""
    return path.lower().endswith(".wacz")
