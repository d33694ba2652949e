"""Which files by URL match a pattern."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from eurosift.stages.extract.remote import Remote, stat_of
from eurosift.stages.extract.stores import LOOK_WAITS, filesystem, persistently

GLOB = frozenset("*?[")
"""Characters that make a pattern of a path or URL."""


class Listing(NamedTuple):
    """What matches a pattern: files by name relative to the pattern's folder, and folders."""

    files: dict[str, Remote]
    folders: tuple[str, ...]


def count_fixed(parts: Sequence[str]) -> int:
    """How many parts of a path or URL stand before the first pattern, or before the last part."""
    return next((i for i, part in enumerate(parts) if GLOB & set(part)), len(parts) - 1)


def split_url(pattern: str) -> tuple[str, str]:
    """Return the URL where a pattern begins, without a slash at its end, and the rest.

    Examples
    --------
    >>> split_url("s3://bucket/crawl/2026-*/*.warc.gz")
    ('s3://bucket/crawl', '2026-*/*.warc.gz')
    >>> split_url("https://host/a.warc.gz")
    ('https://host', 'a.warc.gz')
    """
    scheme, _, path = pattern.partition("://")
    parts = path.strip("/").split("/")
    n = count_fixed(parts)
    return f"{scheme}://{'/'.join(parts[:n])}", "/".join(parts[n:])


def list_files(pattern: str, options: Mapping[str, Any]) -> Listing:
    """List what matches a pattern by URL.

    Raises
    ------
    RemoteError
        If the store cannot be asked.
    InputError
        If no library for it is installed.
    """
    folder, rest = split_url(pattern)
    if not GLOB & set(rest):
        return _one(folder, rest, options)
    store = filesystem(pattern, options)
    found = persistently(
        pattern, LOOK_WAITS, lambda: _known(store.glob(f"{folder}/{rest}", detail=True))
    )
    base = str(store._strip_protocol(folder)).strip("/")  # noqa: SLF001 # how else to name files
    root = Remote(folder, options)
    files, folders = {}, []
    for name, info in sorted(found.items()):
        relative = name.strip("/").removeprefix(base).lstrip("/")
        if info.get("type") == "directory" or name.endswith("/"):
            folders.append(relative)
            continue
        files[relative] = Remote((root / relative).url, options, stat_of(info))
    return Listing(files, tuple(folders))


def _one(folder: str, name: str, options: Mapping[str, Any]) -> Listing:
    """A URL without a pattern."""
    url = (Remote(folder, options) / name).url
    store = filesystem(url, options)
    try:
        info = persistently(url, LOOK_WAITS, lambda: store.info(url))
    except FileNotFoundError:
        return Listing({}, ())
    if info.get("type") == "directory":
        return Listing({}, (name,))
    return Listing({name: Remote(url, options, stat_of(info))}, ())


def _known(found: Any) -> dict[str, Mapping[str, Any]]:
    """What `glob` gives: a mapping, or nothing at all where nothing matches."""
    return dict(found) if found else {}
