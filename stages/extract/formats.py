"""Which kind of input a file is, by its name. Standard library only: the command line asks this."""

from __future__ import annotations

from typing import Literal

from eurosift.stages.errors import InputError

Format = Literal["warc", "parquet", "jsonl"]

_COMPRESSIONS = (".gz", ".zst")
_FORMATS: dict[str, Format] = {
    ".warc": "warc",
    ".arc": "warc",
    ".wet": "warc",
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
        # Parquet compresses inside the file: data.parquet.gz is nothing that can be read in place.
        if stem.endswith(suffix) and not (format_ == "parquet" and stem != name):
            return format_
    raise InputError(
        f"{path}: cannot tell its format from the name; known are "
        f"{', '.join(_FORMATS)} (all but .parquet also with .gz or .zst)"
    )
