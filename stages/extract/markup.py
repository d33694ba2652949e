"""Cheap looks at markup, in time linear in its size whatever it is."""

from __future__ import annotations

import re

_RAW = re.compile(r"<(?:(script|style)\b|!--)", re.IGNORECASE)
_RAW_ENDS = {
    "script": re.compile(r"</script\s*>?", re.IGNORECASE),
    "style": re.compile(r"</style\s*>?", re.IGNORECASE),
    "": re.compile(r"-->"),
}
# `[^<>]` and not `[^>]`: else a page of nothing but `<` takes quadratic time.
_TAG = re.compile(r"<[^<>]*>")
_HTML_START = re.compile(
    rb"<(?:!doctype\s+html|(?:html|head|title|body|meta|link|script|style|div|p|h1|table|article)\b)",
    re.IGNORECASE,
)
_SNIFF = 4_096


def without_raw_text(html: str) -> str:
    """Return the page without the contents of scripts, styles and comments.

    One that is not closed ends the page, as it does in a browser.
    """
    parts: list[str] = []
    at = 0
    while (start := _RAW.search(html, at)) is not None:
        parts.append(html[at : start.start()])
        end = _RAW_ENDS[(start.group(1) or "").lower()].search(html, start.end())
        if end is None:
            return " ".join(parts)
        at = end.end()
    parts.append(html[at:])
    return " ".join(parts)


def rough_text(html: str) -> str:
    """Return what stands outside of the markup, boilerplate and all."""
    return _TAG.sub(" ", without_raw_text(html))


def looks_like_html(body: bytes) -> bool:
    """Whether a body without a telling Content-Type begins as HTML does."""
    head = body[:_SNIFF].removeprefix(b"\xef\xbb\xbf").lstrip()
    while head.startswith((b"<?", b"<!--")):
        _, closed, head = head.partition(b"-->" if head.startswith(b"<!--") else b">")
        if not closed:
            return False
        head = head.lstrip()
    return _HTML_START.match(head) is not None
