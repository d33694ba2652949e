"""Stores of files by URL: which library reads one, which failures pass, and what is said of others.

fsspec is the common interface of such libraries; it is imported when a URL is named, never before.
"""

from __future__ import annotations

import errno
import json
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from eurosift.stages.errors import EurosiftError, InputError

T = TypeVar("T")

READ_WAITS = (0.5, 2.0, 8.0, 30.0)
"""Seconds before each further try to read on; the libraries' own tries come on top."""
LOOK_WAITS = (0.5, 2.0)
"""The same of a look at names and sizes, which a person waits for."""

_EXTRAS = {"s3": "s3", "s3a": "s3", "http": "http", "https": "http"}
# Bytes as they lie there: nothing is to compress or decompress them on the way.
_AS_STORED = {
    "headers": {"Accept-Encoding": "identity"},
    "client_kwargs": {"auto_decompress": False},
}
_PASSING = frozenset({408, 425, 429})
"""HTTP statuses below 500 that say: later."""
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_QUERY = re.compile(r"(https?://[^\s'\"?]+)\?[^\s'\")]*")
_MISCONFIGURED = ("Credentials", "Profile", "Configuration", "Validation")


class RemoteError(OSError):
    """A file by URL cannot be read, for another reason than that it is not there."""

    def __init__(self, url: str, what: str) -> None:
        super().__init__(errno.EIO, what, url)


def is_url(text: str) -> bool:
    """Whether an input is named by a URL, and not by a path.

    Examples
    --------
    >>> is_url("s3://bucket/crawl/*.warc.gz"), is_url("crawl/*.warc.gz")
    (True, False)
    """
    return _URL.match(text) is not None


def scheme_of(url: str) -> str:
    """The scheme of a URL, in lower case."""
    return url.partition("://")[0].lower()


def filesystem(url: str, options: Mapping[str, Any]) -> Any:
    """Return the file system of fsspec that a URL is in.

    Raises
    ------
    InputError
        If the library for it is not installed, or does not take the options.
    """
    scheme, _, rest = url.partition("://")
    place = f"{scheme.lower()}://{rest.partition('/')[0]}"
    # Not shared with forked processes: connections are of one process.
    return _filesystem(place, json.dumps(options, sort_keys=True), os.getpid())


@lru_cache(maxsize=64)
def _filesystem(place: str, options: str, _process: int) -> Any:
    import fsspec  # noqa: PLC0415 # only where a URL is named

    scheme = scheme_of(place)
    try:
        # What was listed once may be another file by now.
        given: dict[str, Any] = {"use_listings_cache": False, "skip_instance_cache": True}
        given |= _AS_STORED if scheme in ("http", "https") else {}
        return fsspec.core.url_to_fs(place, **given | json.loads(options))[0]
    except ImportError as error:
        extra = _EXTRAS.get(scheme)
        remedy = f"pip install 'eurosift[{extra}]'" if extra else str(error)
        raise InputError(f"{place}: to read {scheme}:// a library is missing: {remedy}") from error
    except ValueError as error:
        raise InputError(f"{place}: {error}") from error
    except Exception as error:
        raise InputError(f"{place}: cannot be used: {words(error)}") from error


def persistently(url: str, waits: Sequence[float], work: Callable[[], T]) -> T:
    """Do some work with a file by URL, again if it fails in a way that may pass.

    Its own errors are not told along: the URLs in them may be signed, and tracebacks are kept.

    Raises
    ------
    FileNotFoundError
        If it is not there.
    RemoteError
        If it fails for good: at once where trying again is of no use.
    """
    for wait in (*waits, None):
        try:
            return work()
        except (MemoryError, RemoteError, EurosiftError):
            raise
        except Exception as error:  # noqa: BLE001 - every library has its own
            if _missing(error):
                raise FileNotFoundError(errno.ENOENT, "is not there", url) from None
            if isinstance(error, PermissionError) or _status(error) in (401, 403):
                raise RemoteError(url, f"access is denied ({words(error)})") from None
            if _lasting(error):
                raise RemoteError(url, words(error)) from None
            if wait is None:
                raise RemoteError(url, f"after {len(waits) + 1} tries: {words(error)}") from None
        time.sleep(wait)
    raise AssertionError  # the last try returns or raises


def words(error: BaseException) -> str:
    """What an error says, in one line and without queries of URLs: those may be credentials."""
    cause = error.__cause__ or error  # what fsspec makes of it is often less
    said = " ".join(str(cause).split()) or type(cause).__name__
    return _QUERY.sub(r"\1?…", said)


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__


def _status(error: BaseException) -> int | None:
    """HTTP status that an error comes from, if it does."""
    found = (getattr(cause, "status", None) for cause in _causes(error))
    return next((status for status in found if isinstance(status, int)), None)


def _missing(error: BaseException) -> bool:
    """Whether a file is not there; fsspec says so of every HTTP server that it cannot ask."""
    status = _status(error)
    if status is not None:
        return status in (404, 410)
    return isinstance(error, FileNotFoundError) and (
        error.__cause__ is None or not type(error.__cause__).__module__.startswith("aiohttp")
    )


def _lasting(error: BaseException) -> bool:
    """Whether the same would happen again; what is not known to last is tried again."""
    status = _status(error)
    if status is not None:
        return status < 500 and status not in _PASSING
    if isinstance(error, OSError):
        # The first: what s3fs says of a file that was replaced while it was open.
        return error.errno == errno.EBUSY or isinstance(error, IsADirectoryError)
    named = any(word in type(error).__name__ for word in _MISCONFIGURED)
    return named or isinstance(error, (ValueError, TypeError, NotImplementedError, ImportError))
