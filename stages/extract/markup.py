"""Cheap looks at markup, in time linear in its size whatever it is."""

from __future__ import annotations

import re
from functools import cache
from typing import Final, NamedTuple

import numpy as np

from eurosift.filters.arrays import UInt8s, UInt64s
from eurosift.filters.kernel import Integer, kernel

LESS, MORE, SLASH, BANG, HYPHEN, BLANK, UNDERSCORE = 0x3C, 0x3E, 0x2F, 0x21, 0x2D, 0x20, 0x5F
SCRIPT: Final = 0x736372697074
STYLE: Final = 0x7374796C65
LONG: Final = -1
"""Packed names: `script`, `style`, and those of more than eight letters."""
NOWHERE: Final = -1
LONG_TAG = 8_000
"""Bytes of a tag that may have many attributes."""
_LONG_TAG = re.compile(rf"<[a-zA-Z][^<>]{{{LONG_TAG},}}")
_QUOTED = re.compile(r"\"[^\"]*(?:\"|$)|'[^']*(?:'|$)")
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
    longest_tag
        Bytes of the longest stretch that begins as a tag does and holds no further `<` or `>`.
    unreadable
        Number of control characters and U+FFFD.
    """

    rough: str
    depth: int
    longest_tag: int
    unreadable: int


def look_at(html: str) -> Look:
    """Look at a page, whatever it is."""
    data = np.frombuffer(html.encode("utf-8", "surrogatepass"), np.uint8)
    out = np.empty(len(data) + 1, np.uint8)
    n, deepest = outline(data, _flat_names(), out)
    return Look(out[:n].tobytes().decode("utf-8", "replace"), deepest, *measure(data))


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


def most_attributes(html: str) -> int:
    """Return an upper estimate of the attributes of the tag that has most; 0 for short tags."""
    most = 0
    for tag in _LONG_TAG.finditer(html):
        most = max(most, len(_QUOTED.sub(" ", tag.group()).split()) - 1)
    return most


@cache
def _flat_names() -> UInt64s:
    packed = [int.from_bytes(name.encode(), "big") for name in _FLAT]
    names = np.array(sorted(packed), np.uint64)
    names.setflags(write=False)
    return names


@kernel
def lower(byte: Integer) -> int:
    """An ASCII letter in lower case."""
    return int(byte) + 0x20 if 0x41 <= byte <= 0x5A else int(byte)


@kernel
def measure(data: UInt8s) -> tuple[int, int]:
    """The longest tag, and how many characters are unreadable, see `Look`."""
    longest = unreadable = 0
    start = NOWHERE
    for pos in range(data.size):
        byte = data[pos]
        if byte in (LESS, MORE):
            if start != NOWHERE:
                longest = max(longest, pos - start)
            start = pos if byte == LESS else NOWHERE
        elif byte < BLANK:
            unreadable += byte < 0x09 or byte > 0x0D
        elif byte == 0x7F:
            unreadable += 1
        elif byte == 0xC2 and pos + 1 < data.size:
            unreadable += data[pos + 1] < 0xA0 and data[pos + 1] != 0x85
        elif byte == 0xEF and pos + 2 < data.size:
            unreadable += data[pos + 1] == 0xBF and data[pos + 2] == 0xBD
    if start != NOWHERE:
        longest = max(longest, data.size - start)
    return longest, unreadable


@kernel
def raw_end(data: UInt8s, begin: int, name: Integer) -> int:
    """Where the content of a script or style ends, after its end tag; the end without one."""
    size = 6 if name == SCRIPT else 5
    pos = begin
    while pos + 2 + size <= data.size:
        if data[pos] == LESS and data[pos + 1] == SLASH:
            found = 0
            for i in range(size):
                found = found << 8 | lower(data[pos + 2 + i])
            if found == name:
                pos += 2 + size
                while pos < data.size and data[pos] <= BLANK:
                    pos += 1
                return pos + 1 if pos < data.size and data[pos] == MORE else pos
        pos += 1
    return int(data.size)


@kernel
def comment_end(data: UInt8s, begin: int) -> int:
    """Where a comment ends; the end of the page if it does not."""
    for pos in range(begin, data.size - 2):
        if data[pos] == HYPHEN and data[pos + 1] == HYPHEN and data[pos + 2] == MORE:
            return pos + 3
    return int(data.size)


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
            start = pos + 1
            closing = start < data.size and data[start] == SLASH
            start += closing
            stop = start
            name: Integer = np.int64(0)
            while stop < data.size:
                letter = lower(data[stop])
                if not (0x61 <= letter <= 0x7A or (stop > start and 0x30 <= letter <= 0x39)):
                    break
                name = LONG if stop - start >= 8 else name << 8 | letter
                stop += 1
            skipped = pos
            if (
                not closing
                and name in (SCRIPT, STYLE)
                and not (stop < data.size and (data[stop] == UNDERSCORE or data[stop] >= 0x80))
            ):
                skipped = raw_end(data, stop, name)
            elif (
                pos + 4 <= data.size
                and data[pos + 1] == BANG
                and data[pos + 2] == HYPHEN
                and data[pos + 3] == HYPHEN
            ):
                skipped = comment_end(data, pos + 4)
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
