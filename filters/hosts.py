"""Hosts of URLs, and all that a URL may be listed as.

A host is compared from its whole name down to its registrable domain, by the public suffix list
that the package ``tld`` brings: what is itself a public suffix (``blogspot.com``) stands for that
host alone, not for all that others have registered below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from typing import Final, NamedTuple

import idna
from tld import get_fld

MOST_HOSTS: Final = 100_000
"""So many hosts are remembered, since pages of a crawl share them."""
DEEPEST: Final = 32
"""Path segments that are looked at."""
LONGEST: Final = 253
"""Characters that a host may have in the domain name system (RFC 1035); longer ones are none."""
SCHEME: Final = re.compile(r"\s*(?:(?:[a-z][a-z0-9+.-]*:)?//)?")
PORT: Final = re.compile(r":[0-9]*$")


class Parts(NamedTuple):
    """Parts of a URL that decide, in lower case; empty where there are none.

    Attributes
    ----------
    host
        In ASCII, without user, port, ``www.`` and points at its end.
    path
        Without its first slash.
    query, fragment
        Without their signs.
    """

    host: str
    path: str
    query: str
    fragment: str


def ascii_host(host: str) -> str:
    """A host in ASCII; as it is where it cannot be."""
    with suppress(idna.IDNAError, UnicodeError):
        encoded: bytes = idna.encode(host, uts46=True)
        return encoded.decode()
    with suppress(UnicodeError):  # IDNA 2003 has emoji, too
        return host.encode("idna").decode()
    return host


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


def parts_of(url: str) -> Parts:
    """Parts of a URL, with or without a scheme.

    Examples
    --------
    >>> parts_of("HTTPS://user@www.Example.com:443/A?b=c#d")
    Parts(host='example.com', path='a', query='b=c', fragment='d')
    """
    rest, _, fragment = SCHEME.sub("", url.lower(), count=1).rstrip().partition("#")
    rest, _, query = rest.partition("?")
    host, _, path = rest.partition("/")
    host = PORT.sub("", host.rpartition("@")[2]).rstrip(".").removeprefix("www.")
    if len(host) > LONGEST:
        host = ""
    return Parts(host if host.isascii() else ascii_host(host), path, query, fragment)


def registrable(url: str) -> str | None:
    """Registrable domain of a URL; its host where it is a public suffix or an address itself.

    Examples
    --------
    >>> registrable("https://news.example.co.uk/a")
    'example.co.uk'
    """
    host = parts_of(url).host
    own = [name for name in names_of(host) if not name.startswith(".")] if host else []
    return own[-1] if own else None


def candidates(url: str) -> Iterator[str]:
    """All entries that would match a URL.

    Examples
    --------
    >>> list(candidates("https://www.example.com/a?b=1"))
    ['example.com', '.example.com', '.com', 'example.com/a', 'example.com/a?b=1']
    """
    host, path, query, _ = parts_of(url)
    if not host:
        return
    names = names_of(host)
    yield from names
    path = path.rstrip("/")
    segments = path.split("/")[:DEEPEST] if path else []
    for name in names:
        if name.startswith("."):
            break
        below = name
        for segment in segments:
            below = f"{below}/{segment}"
            yield below
        if query:
            yield f"{name}/{path}?{query}" if path else f"{name}?{query}"
