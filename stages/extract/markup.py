"""Cheap looks at markup, in time linear in its size whatever it is."""

from __future__ import annotations

import re
from functools import cache
from typing import Final, NamedTuple

import numpy as np

from eurosift.filters.arrays import UInt8s, UInt64s
from eurosift.filters.kernel import kernel
from eurosift.stages.extract.tags import (
    BLANK,
    LESS,
    MORE,
    SLASH,
    Cost,
    begins_comment,
    comment_end,
    cost_of,
    raw_end,
    read_name,
)

UNDERSCORE: Final = 0x5F
SCRIPT: Final = 0x736372697074
STYLE: Final = 0x7374796C65
"""Packed names."""
# Elements that have no content (in SVG: usually closed by `/>`), or that the next one of their kind
# closes: they do not nest.
_FLAT = frozenset(
    """
    area base br col embed hr img input link meta param source track wbr
    path rect circle ellipse line polygon polyline use stop image
    html head body p li dt dd tr td th thead tbody tfoot colgroup option optgroup a rp rt
    """.split()  # noqa: SIM905 # a list of 47 quoted names reads worse
)
_HTML_START = re.compile(
    rb"<(?:!doctype\s+html|(?:html|head|title|body|meta|link|script|style|div|p|h1|table|article)\b)",
    re.IGNORECASE,
)
_SNIFF = 4_096


class Look(NamedTuple):
    """What a first look at a page tells.

    Attributes
    ----------
    rough
        What stands outside of the markup, see `rough_text`.
    depth
        Upper estimate of the nesting of elements.
    unreadable
        Number of control characters and U+FFFD.
    cost
        What its tags cost a parser.
    """

    rough: str
    depth: int
    unreadable: int
    cost: Cost


def look_at(html: str) -> Look:
    """Look at a page, whatever it is."""
    data = np.frombuffer(html.encode("utf-8", "surrogatepass"), np.uint8)
    out = np.empty(len(data) + 1, np.uint8)
    n, deepest = outline(data, _flat_names(), out)
    return Look(
        out[:n].tobytes().decode("utf-8", "replace"), deepest, count_unreadable(data), cost_of(data)
    )


def rough_text(html: str) -> str:
    """Return what stands outside of the markup, boilerplate and all, entities as they are.

    Contents of scripts, styles and comments are left out; one that is not closed ends the page, as
    it does in a browser. White space is collapsed.

    Examples
    --------
    >>> rough_text("<p>2 < 3<br>is <b>so</b><script>x</script>")
    ' 2 < 3 is so '
    """
    return look_at(html).rough


@cache
def _flat_names() -> UInt64s:
    packed = [int.from_bytes(name.encode(), "big") for name in _FLAT]
    names = np.array(sorted(packed), np.uint64)
    names.setflags(write=False)
    return names


@kernel
def count_unreadable(data: UInt8s) -> int:
    """How many characters are unreadable, see `Look`."""
    n = 0
    for pos in range(data.size):
        byte = data[pos]
        if byte < BLANK:
            n += byte < 0x09 or byte > 0x0D
        elif byte == 0x7F:
            n += 1
        elif byte == 0xC2 and pos + 1 < data.size:
            n += data[pos + 1] < 0xA0 and data[pos + 1] != 0x85
        elif byte == 0xEF and pos + 2 < data.size:
            n += data[pos + 1] == 0xBF and data[pos + 2] == 0xBD
    return n


@kernel
def outline(data: UInt8s, flat: UInt64s, out: UInt8s) -> tuple[int, int]:
    """Write the text outside of the markup; its size, and the deepest nesting of elements.

    Parameters
    ----------
    data
        UTF-8.
    flat
        Names of elements that do not nest, packed into numbers and sorted.
    out
        Room for a byte more than `data` has.
    """
    n = pos = now = deepest = 0
    blank = False
    while pos < data.size:
        byte = data[pos]
        if byte == LESS:
            closing = pos + 1 < data.size and data[pos + 1] == SLASH
            start = pos + 1 + closing
            name, stop = read_name(data, start)
            skipped = pos
            if (
                not closing
                and name in (SCRIPT, STYLE)
                and not (stop < data.size and (data[stop] == UNDERSCORE or data[stop] >= 0x80))
            ):
                skipped = raw_end(data, stop, name)
            elif begins_comment(data, pos):
                skipped = comment_end(data, pos + 2)
            if skipped > pos:
                pos = skipped
                blank = True
                continue
            at = np.searchsorted(flat, np.uint64(name))
            if stop > start and not (at < flat.size and flat[at] == np.uint64(name)):
                now = max(0, now - 1) if closing else now + 1
                deepest = max(deepest, now)
            while stop < data.size and data[stop] != LESS and data[stop] != MORE:
                stop += 1
            if stop < data.size and data[stop] == MORE:
                pos = stop + 1
                blank = True
                continue
        if byte <= BLANK:
            blank = True
        else:
            if blank:
                out[n] = BLANK
                n += 1
                blank = False
            out[n] = byte
            n += 1
        pos += 1
    if blank:
        out[n] = BLANK
        n += 1
    return n, deepest


def looks_like_html(body: bytes) -> bool:
    """Whether a body without a telling Content-Type begins as HTML does."""
    head = body[:_SNIFF].removeprefix(b"\xef\xbb\xbf").lstrip()
    while head.startswith((b"<?", b"<!--")):
        _, closed, head = head.partition(b"-->" if head.startswith(b"<!--") else b">")
        if not closed:
            return False
        head = head.lstrip()
    return _HTML_START.match(head) is not None
