"""HTTP messages as crawlers stored them, status line and line ends as they come (RFC 9112)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from eurosift.stages.extract.records import header_fields

_STATUS = re.compile(rb"HTTP/\d(?:\.\d+)?[ \t]+(\d{3})(?!\d)")
# A header ends at a blank line, or where markup begins because the blank line is missing.
_HEADER_END = re.compile(rb"\r?\n\r?\n|\n(?=[ \t]*<)")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:+-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP response; without status line and header (HTTP/0.9), all of it is the body.

    `headers` has the first of equal names, `head` the fields as they came, None without.
    """

    status: int | None
    headers: Mapping[str, str]
    body: bytes
    head: bytes | None = None

    @property
    def content_type(self) -> str | None:
        """Media type in lower case, without parameters."""
        return media_type(self.headers.get("content-type"))

    @property
    def charset(self) -> str | None:
        """Charset of the Content-Type header."""
        match = _CHARSET.search(self.headers.get("content-type", ""))
        return match.group(1) if match else None


def media_type(value: str | None) -> str | None:
    """Return the media type of a Content-Type value, or None if there is none.

    Examples
    --------
    >>> media_type("Text/HTML; charset=utf-8")
    'text/html'
    """
    essence = (value or "").replace(",", ";").partition(";")[0].strip().lower()
    return essence or None


def parse_response(block: bytes) -> Response:
    """Split the content of a response record."""
    status = _STATUS.match(block)
    if status is None and block[:64].lstrip()[:1] == b"<":
        return Response(None, {}, block)
    end = _HEADER_END.search(block)
    head, body = (block[: end.start()], block[end.end() :]) if end else (block, b"")
    if status:
        head = head.partition(b"\n")[2]
    return Response(int(status.group(1)) if status else None, header_fields(head), body, head)
