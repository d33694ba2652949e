"""Write WARC records, to the byte the same each time.

Source: ISO 28500:2017 (WARC/1.1). Identifiers are name-based UUIDs and the clock is the caller's.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import zstandard

_CRLF = b"\r\n"
Fields = Sequence[tuple[str, str]]


class Exchange(NamedTuple):
    """One request and its answer; `payload` is the body as it travelled, codings included."""

    url: str
    when: datetime
    request: bytes
    response: bytes
    payload: bytes


def _fields(pairs: Fields) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in pairs).encode("utf-8")


def message(start_line: str, headers: Fields, body: bytes = b"") -> bytes:
    """HTTP/1.1 message."""
    return start_line.encode("ascii") + _CRLF + _fields(headers) + _CRLF + body


def chunked(body: bytes, size: int = 700) -> bytes:
    """Body in the chunked transfer coding (RFC 9112, section 7.1)."""
    chunks = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"


def gzipped(data: bytes) -> bytes:
    """One gzip member without a time stamp."""
    buffer = io.BytesIO()
    # Unlike gzip.compress, GzipFile writes the same header in every version of Python.
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, compresslevel=9, mtime=0) as member:
        member.write(data)
    return buffer.getvalue()


def zstandard_frame(data: bytes) -> bytes:
    """One Zstandard frame with its content size."""
    return zstandard.ZstdCompressor(level=10).compress(data)


def _digest(data: bytes) -> str:
    sha1 = hashlib.sha1(data, usedforsecurity=False).digest()  # what crawlers write
    return f"sha1:{base64.b32encode(sha1).decode('ascii')}"


def _record_id(name: str) -> str:
    return f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, name)}>"


def _record(kind: str, name: str, when: datetime, fields: Fields, block: bytes) -> bytes:
    headers = [
        ("WARC-Type", kind),
        ("WARC-Record-ID", _record_id(f"{kind} {name}")),
        ("WARC-Date", when.strftime("%Y-%m-%dT%H:%M:%SZ")),
        *fields,
        ("WARC-Block-Digest", _digest(block)),
        ("Content-Length", str(len(block))),
    ]
    return b"WARC/1.1" + _CRLF + _fields(headers) + _CRLF + block + 2 * _CRLF


def warcinfo(file_name: str, when: datetime) -> bytes:
    """First record of a file: who wrote it."""
    block = _fields(
        [
            ("software", "eurosift demo"),
            ("format", "WARC File Format 1.1"),
            ("description", "A crawl that never happened, of sites that do not exist"),
        ]
    )
    fields = [("WARC-Filename", file_name), ("Content-Type", "application/warc-fields")]
    return _record("warcinfo", file_name, when, fields, block)


def exchange(one: Exchange, file_name: str) -> tuple[bytes, bytes]:
    """Request record and response record of one exchange."""
    shared = [
        ("WARC-Target-URI", one.url),
        ("WARC-Warcinfo-ID", _record_id(f"warcinfo {file_name}")),
    ]
    response = [
        *shared,
        ("Content-Type", "application/http; msgtype=response"),
        ("WARC-Payload-Digest", _digest(one.payload)),
    ]
    request = [
        *shared,
        ("Content-Type", "application/http; msgtype=request"),
        ("WARC-Concurrent-To", _record_id(f"response {one.url}")),
    ]
    return (
        _record("request", one.url, one.when, request, one.request),
        _record("response", one.url, one.when, response, one.response),
    )
