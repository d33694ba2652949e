"""Which kind of input a file is, by its name. Standard library only: the command line asks this."""

from __future__ import annotations

from typing import Literal

from eurosift.stages.errors import InputError

Format = Literal["warc", "parquet", "jsonl"]

_COMPRESSIONS = (".gz", ".zst")
# They compress inside of the file: data.parquet.gz is nothing that can be read in place.
_COMPRESS_INSIDE = (".wacz", ".parquet")
_FORMATS: dict[str, Format] = {
    ".warc": "warc",
    ".arc": "warc",
    ".wet": "warc",
    ".wacz": "warc",
    ".parquet": "parquet",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
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
        if stem.endswith(suffix) and not (suffix in _COMPRESS_INSIDE and stem != name):
            return format_
    raise InputError(
        f"{path}: cannot tell its format from the name; known are "
        f"{', '.join(_FORMATS)} (all but {' and '.join(_COMPRESS_INSIDE)} also with .gz or .zst)"
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


def is_wacz(path: str) -> bool:
    """Whether a file is a WACZ by its name."""
    return path.lower().endswith(".wacz")
