"""Lists of domains, suffixes and URLs: which documents come from where nobody wants them from.

An entry is a domain (``example.com``, and all hosts below it), a suffix (``.example`` or
``*.example``: every host that ends in it), or a URL: without a query (``example.com/forum``) with
all paths below it, with one that very address. Case, scheme, port and a leading ``www.`` do not
matter, nor does it whether a domain is written in Unicode or in ASCII (`eurosift.filters.hosts`).
What is none of these is passed over, and told (`UrlTable.odd`).

Entries are 64-bit hashes, sorted, so that a million take 10 MB and are looked up without being
parsed: a stranger's URL is taken for one of a million entries once in 10^13 times.
"""

from __future__ import annotations

import gzip
import json
import re
import tempfile
import zlib
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
from eurosift.filters.hosts import candidates, parts_of

if TYPE_CHECKING:
    import polars as pl

FILES: Final = ("domains", "urls")
"""Files of a category, as those of the lists of the University of Toulouse (UT1) are called."""
COMPRESSED: Final = ".gz"
"""What the files may have behind their names."""
FORMAT: Final = 2
"""Raised when the files in the cache become others."""
PLAIN: Final = r"^\.?[a-z0-9_-]+(?:\.[a-z0-9_-]+)+$"
"""A domain or suffix in ASCII and lower case, as most lines are."""
HOST: Final = re.compile(r"[\w-]+(?:\.[\w-]+)*|\[[0-9a-f:.]+\]")
"""A host, in Unicode where ASCII cannot have it."""
COMMENT: Final = re.compile(r"\s#.*")
MAIL: Final = re.compile(r"[^/?]*@")
REPLACED: Final = "\ufffd"
"""What stands for bytes that are no UTF-8."""
MOST_CHARS: Final = 60
"""So much of a line is told."""

MATCH: Final = pa.struct([("list", pa.string()), ("entry", pa.string())])
"""An entry that a URL matches, and the list that has it."""


class OddLines(NamedTuple):
    """Lines of a file that are no entries.

    Attributes
    ----------
    list_name
        The list.
    file
        Number of the file among those of the list.
    number
        How many such lines there are.
    line, text
        Number, from 1 on, and beginning of the first of them.
    """

    list_name: str
    file: int
    number: int
    line: int
    text: str


class Entries(NamedTuple):
    """Entries of a file.

    Attributes
    ----------
    entries
        As they are compared.
    odd
        Numbers, from 1 on, and texts of the lines that are none.
    """

    entries: pl.Series
    odd: list[tuple[int, str]]


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
    odd
        One for each file with lines that are no entries.
    """

    names: tuple[str, ...]
    hashes: UInt64s
    lists: npt.NDArray[np.uint16]
    odd: tuple[OddLines, ...] = ()


def find_lists(sources: Mapping[str, Path], chosen: Sequence[str] = ()) -> dict[str, list[Path]]:
    """Find the files of each list.

    Parameters
    ----------
    sources
        By name: a file of entries; a folder with files ``domains`` and ``urls``; or a folder of
        such folders, whose names are then those of the lists. Files may be compressed (`.gz`).
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


def folders_without(sources: Mapping[str, Path]) -> list[Path]:
    """Folders that stand among those of lists, and hold no file of entries; hidden ones aside."""
    return [
        folder
        for source in sources.values()
        if source.is_dir() and not _files(source)
        for folder in sorted(source.iterdir())
        if folder.is_dir() and not folder.name.startswith(".") and not _files(folder)
    ]


def _files(folder: Path) -> list[Path]:
    found = []
    for name in FILES:
        paths = [folder / name, folder / f"{name}{COMPRESSED}"]
        found += [path for path in paths if path.is_file()][:1]
    return found


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
            content = _content(path)
            digest.update(f"{len(content)}\0".encode())
            digest.update(content)
    place = cache_folder()
    if place is not None:
        stored = [place / f"{digest.hexdigest()}.{part}.npy" for part in ("hashes", "lists", "odd")]
        try:
            hashes, numbers, odd = (np.load(path, mmap_mode="r") for path in stored)
            told = tuple(OddLines(*each) for each in json.loads(odd.tobytes()))
            return UrlTable(tuple(lists), hashes, numbers, told)
        except (OSError, ValueError, EOFError):  # not there, or cut off: made anew
            pass
    table = build_table(lists)
    if place is not None:
        _store(stored[0], table.hashes)
        _store(stored[1], table.lists)
        _store(stored[2], np.frombuffer(json.dumps(table.odd).encode(), np.uint8))
    return table


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if path.suffix == COMPRESSED else content
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise ListError(f"{path}: cannot be read: {reason}") from error


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
    odd: list[OddLines] = []
    for number, (name, files) in enumerate(lists.items()):
        found = [read_entries(_content(path)) for path in files]
        hashed = pl.concat([each.entries for each in found]).unique().hash().to_numpy()
        parts.append((hashed, np.full(len(hashed), number, np.uint16)))
        odd += [
            OddLines(name, file, len(each.odd), *each.odd[0])
            for file, each in enumerate(found)
            if each.odd
        ]
    hashes = np.concatenate([np.zeros(0, np.uint64), *(part[0] for part in parts)])
    numbers = np.concatenate([np.zeros(0, np.uint16), *(part[1] for part in parts)])
    order = np.lexsort((numbers, hashes))
    return UrlTable(tuple(lists), hashes[order], numbers[order], tuple(odd))


def read_entries(content: bytes) -> Entries:
    """Read a file of entries, one a line; blank lines and comments (#) aside."""
    import polars as pl  # noqa: PLC0415 - planning does without

    text = content.decode("utf-8-sig", "replace")
    lines = pl.DataFrame({"line": [text]}).select(
        pl.col("line").str.split("\n").explode().str.strip_chars().str.to_lowercase()
    )
    lines = lines.with_row_index("number", 1).filter(
        (pl.col("line") != "") & ~pl.col("line").str.starts_with("#")
    )
    is_plain = lines["line"].str.contains(PLAIN)
    plain = lines.filter(is_plain)["line"].str.replace(r"^www\.", "")
    others: list[str] = []
    odd: list[tuple[int, str]] = []
    for number, line in lines.filter(~is_plain).rows():
        entry = entry_of(line)
        if entry:
            others.append(entry)
        else:
            odd.append((number, line[:MOST_CHARS]))
    entries = pl.concat([plain, pl.Series("line", others, pl.String)])
    return Entries(entries.rename("entry"), odd)


def entry_of(line: str) -> str:
    """A line as it is compared; empty if it is no domain, suffix or URL.

    Examples
    --------
    >>> entry_of("https://www.example.com:443/forum/"), entry_of("*.example"), entry_of("example")
    ('example.com/forum', '.example', '')
    """
    line = COMMENT.sub("", line)
    dot = "." if line.startswith((".", "*.")) else ""
    host, path, query, fragment = parts_of(line.removeprefix("*").removeprefix("."))
    path = path.rstrip("/")
    is_host = HOST.fullmatch(host) and (dot or "." in host or ":" in host)
    # No address that is crawled has a fragment, and no path is looked for below suffixes.
    is_other = fragment or (dot and (path or query)) or MAIL.match(line) or REPLACED in line
    if not is_host or is_other or (line.startswith("*") and not dot):
        return ""
    return f"{dot}{host}" + (f"/{path}" if path else "") + (f"?{query}" if query else "")


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
