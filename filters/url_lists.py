"""Lists of domains, suffixes and URLs: which documents come from where nobody wants them from.

An entry is a domain (``example.com``, and all hosts below it), a suffix (``.example``: every host
that ends in it), or a URL without its query (``example.com/forum``, and all paths below it). Case,
scheme and a leading ``www.`` do not matter, nor does it whether a domain is written in Unicode or
in ASCII (`eurosift.filters.hosts`).

Entries are 64-bit hashes, sorted, so that a million take 10 MB and are looked up without being
parsed: a stranger's URL is taken for one of a million entries once in 10^13 times.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xxhash

from eurosift.filters.arrays import UInt64s
from eurosift.filters.cache_folders import candidate_folders, is_usable
from eurosift.filters.errors import ListError
from eurosift.filters.hosts import ascii_host, candidates

if TYPE_CHECKING:
    import polars as pl

FILES: Final = ("domains", "urls")
"""Files of a category, as those of the lists of the University of Toulouse (UT1) are called."""
FORMAT: Final = 1
"""Raised when the files in the cache become others."""

MATCH: Final = pa.struct([("list", pa.string()), ("entry", pa.string())])
"""An entry that a URL matches, and the list that has it."""


class UrlTable(NamedTuple):
    """Entries of some lists.

    Attributes
    ----------
    names
        Names of the lists.
    hashes
        uint64, shape (n_entries,), sorted.
    lists
        uint16, shape (n_entries,): number of the list that has the entry.
    """

    names: tuple[str, ...]
    hashes: UInt64s
    lists: npt.NDArray[np.uint16]


def find_lists(sources: Mapping[str, Path], chosen: Sequence[str] = ()) -> dict[str, list[Path]]:
    """Find the files of each list.

    Parameters
    ----------
    sources
        By name: a file of entries; a folder with files ``domains`` and ``urls``; or a folder of
        such folders, whose names are then those of the lists.
    chosen
        Names of the lists to take; all if there are none.

    Raises
    ------
    ListError
        If a source is none of these, or a list that was chosen is in none.
    """
    found: dict[str, list[Path]] = {}
    for name, source in sources.items():
        folders = {name: source}
        if source.is_dir() and not _files(source):
            folders = {path.name: path for path in sorted(source.iterdir()) if path.is_dir()}
        for own, place in folders.items():
            files = _files(place) if place.is_dir() else [place]
            if files:
                found.setdefault(own, []).extend(files)
        if not any(_files(place) or place.is_file() for place in folders.values()):
            raise ListError(
                f"{source}: neither a file of domains, nor a folder with {' or '.join(FILES)} in "
                "it or in its folders"
            )
    unknown = sorted(set(chosen) - set(found))
    if unknown:
        raise ListError(f"no list {unknown[0]!r}; there are {', '.join(sorted(found))}")
    return {name: found[name] for name in sorted(chosen or found)}


def _files(folder: Path) -> list[Path]:
    return [folder / name for name in FILES if (folder / name).is_file()]


def load_table(lists: Mapping[str, Sequence[Path]]) -> UrlTable:
    """Load lists; from the cache, in memory that processes share, if they are there.

    Raises
    ------
    ListError
        If a file cannot be read.
    """
    import polars as pl  # noqa: PLC0415 - planning does without

    digest = xxhash.xxh3_128(f"{FORMAT} {pl.__version__} {np.__version__}".encode())
    for name, files in lists.items():
        digest.update(f"\0{name}\0".encode())
        for path in files:
            digest.update(_content(path))
    place = cache_folder()
    if place is not None:
        stored = [place / f"{digest.hexdigest()}.{part}.npy" for part in ("hashes", "lists")]
        try:
            return UrlTable(tuple(lists), *(np.load(path, mmap_mode="r") for path in stored))
        except (OSError, ValueError, EOFError):  # not there, or cut off: made anew
            pass
    table = build_table(lists)
    if place is not None:
        _store(stored[0], table.hashes)
        _store(stored[1], table.lists)
    return table


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ListError(f"{path}: cannot be read: {error.strerror}") from error


@cache
def cache_folder() -> Path | None:
    """Where tables are kept; None if nothing can be written."""
    places = (path / "lists" for path in candidate_folders())
    return next((place for place in places if is_usable(place)), None)


def _store(path: Path, array: npt.NDArray[np.unsignedinteger]) -> None:
    """Write an array at once, or not at all: without it the lists are read again."""
    with suppress(OSError), tempfile.TemporaryDirectory(dir=path.parent) as folder:
        np.save(Path(folder) / path.name, array)
        (Path(folder) / path.name).replace(path)


def build_table(lists: Mapping[str, Sequence[Path]]) -> UrlTable:
    """Read the entries of lists and hash them; see `load_table`."""
    import polars as pl  # noqa: PLC0415 - planning does without

    parts = []
    for number, files in enumerate(lists.values()):
        entries = pl.concat([read_entries(_content(path)) for path in files])
        hashed = entries.unique().hash().to_numpy()
        parts.append((hashed, np.full(len(hashed), number, np.uint16)))
    hashes = np.concatenate([np.zeros(0, np.uint64), *(part[0] for part in parts)])
    numbers = np.concatenate([np.zeros(0, np.uint16), *(part[1] for part in parts)])
    order = np.lexsort((numbers, hashes))
    return UrlTable(tuple(lists), hashes[order], numbers[order])


def read_entries(content: bytes) -> pl.Series:
    """Entries of a file, one a line, as they are compared; blank lines and comments (#) aside."""
    import polars as pl  # noqa: PLC0415 - planning does without

    lines = pl.Series([content.decode("utf-8", "replace")]).str.split("\n").explode()
    entries = lines.str.strip_chars().str.to_lowercase()
    entries = entries.filter((entries.str.len_bytes() > 0) & ~entries.str.starts_with("#"))
    entries = entries.str.replace(r"^(?:[a-z][a-z0-9+.-]*:)?//", "").str.replace(r"^www\.", "")
    entries = entries.str.replace(r"[?#].*$", "").str.strip_chars_end("/")
    is_ascii = entries.str.len_bytes() == entries.str.len_chars()
    if not is_ascii.all():
        spelt = [entry if entry.isascii() else _in_ascii(entry) for entry in entries.to_list()]
        entries = pl.Series(spelt, dtype=pl.String)
    return entries.rename("entry")


def _in_ascii(entry: str) -> str:
    host, slash, path = entry.partition("/")
    dot = "." if host.startswith(".") else ""
    return dot + ascii_host(host.removeprefix(".")) + slash + path


def match(table: UrlTable, urls: pa.Array) -> pa.ListArray:
    """Find the entries that URLs match.

    Parameters
    ----------
    table
        The lists.
    urls
        ``string``, shape (n_rows,).

    Returns
    -------
    List of `MATCH`, shape (n_rows,), in the order of the lists' names; empty where nothing matches
    or there is no URL.
    """
    import polars as pl  # noqa: PLC0415 - planning does without

    rows: list[int] = []
    entries: list[str] = []
    for row, url in enumerate(urls.to_pylist()):
        for entry in candidates(url) if url else ():
            rows.append(row)
            entries.append(entry)
    hashed = pl.Series("entry", entries, pl.String).hash().to_numpy()
    first = np.searchsorted(table.hashes, hashed, "left")
    n_found = np.searchsorted(table.hashes, hashed, "right") - first
    hits = np.repeat(np.arange(len(entries)), n_found)
    within = np.arange(len(hits)) - np.repeat(np.cumsum(n_found) - n_found, n_found)
    numbers = table.lists[first[hits] + within] if len(hits) else np.zeros(0, np.int64)
    of_row = np.array(rows, np.int64)[hits]
    order = np.lexsort((hits, numbers, of_row))
    ends = np.concatenate([[0], np.cumsum(np.bincount(of_row, minlength=len(urls)))])
    matches = pa.StructArray.from_arrays(
        [
            pa.array(table.names, pa.string()).take(pa.array(numbers[order], pa.int64())),
            pa.array(entries, pa.string()).take(pa.array(hits[order], pa.int64())),
        ],
        fields=list(MATCH),
    )
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), matches)
