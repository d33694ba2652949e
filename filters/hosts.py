"""Hosts of URLs, and all that a URL may be listed as.

A host is compared from its whole name down to its registrable domain, by the public suffix list
that the package ``tld`` brings: what is itself a public suffix (``blogspot.com``) stands for that
host alone, not for all that others have registered below it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import idna
from tld import get_fld

MOST_HOSTS: Final = 100_000
"""So many hosts are remembered, since pages of a crawl share them."""
DEEPEST: Final = 32
"""Path segments that are looked at."""


def ascii_host(host: str) -> str:
    """A host in ASCII; as it is where it cannot be."""
    try:
        encoded: bytes = idna.encode(host, uts46=True)
    except (idna.IDNAError, UnicodeError):
        return host
    return encoded.decode()


@lru_cache(MOST_HOSTS)
def names_of(host: str) -> tuple[str, ...]:
    """What a host may be listed as: its parents down to the registrable domain, and its suffixes.

    Examples
    --------
    >>> names_of("a.example.co.uk")
    ('a.example.co.uk', 'example.co.uk', '.a.example.co.uk', '.example.co.uk', '.co.uk', '.uk')
    >>> names_of("me.blogspot.com")[:2]
    ('me.blogspot.com', '.me.blogspot.com')
    """
    labels = host.split(".")
    parents = [".".join(labels[i:]) for i in range(len(labels))]
    registrable = get_fld(f"https://{host}", fail_silently=True)
    if registrable is None:
        # A top-level domain that the list does not know is a public suffix; an address has none.
        registrable = host if labels[-1].isdecimal() else ".".join(labels[-2:])
    own = [name for name in parents if len(name) >= len(registrable)]
    return (*own, *(f".{name}" for name in parents))


def host_and_path(url: str) -> tuple[str, str]:
    """Host of a URL, in ASCII and without ``www.``, and its path without the first slash.

    Both are empty where there is no host.
    """
    rest = url.split("://", 1)[-1].split("#", 1)[0].split("?", 1)[0].lower()
    host, _, path = rest.partition("/")
    host = host.rpartition("@")[2]
    if not host.startswith("["):
        host = host.partition(":")[0]
    host = host.rstrip(".").removeprefix("www.")
    if not host:
        return "", ""
    return host if host.isascii() else ascii_host(host), path


def registrable(url: str) -> str | None:
    """Registrable domain of a URL; its host where it is a public suffix or an address itself.

    Examples
    --------
    >>> registrable("https://news.example.co.uk/a")
    'example.co.uk'
    """
    host, _ = host_and_path(url)
    own = [name for name in names_of(host) if not name.startswith(".")] if host else []
    return own[-1] if own else None


def candidates(url: str) -> Iterator[str]:
    """All entries that would match a URL.

    Examples
    --------
    >>> list(candidates("https://www.example.com/a/b?c=1"))
    ['example.com', '.example.com', '.com', 'example.com/a', 'example.com/a/b']
    """
    host, path = host_and_path(url)
    if not host:
        return
    names = names_of(host)
    yield from names
    segments = path.rstrip("/").split("/")[:DEEPEST] if path else []
    for name in names:
        if name.startswith("."):
            break
        below = name
        for segment in segments:
            below = f"{below}/{segment}"
            yield below
