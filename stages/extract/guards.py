"""Cheap looks at a page before it is parsed, in time linear in its size whatever it is."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

import numpy as np

from eurosift.filters.arrays import UInt8s, UInt64s
from eurosift.filters.kernel import kernel

LESS, MORE, SLASH, BANG, HYPHEN, UNDERSCORE = 0x3C, 0x3E, 0x2F, 0x21, 0x2D, 0x5F
_LONG: Final = 8_000
"""Characters of a tag from which on its attributes are counted."""
_LONG_TAG = re.compile(rf"<[a-zA-Z][^<>]{{{_LONG},}}")
_QUOTED = re.compile(r"\"[^\"]*(?:\"|$)|'[^']*(?:'|$)")
# Elements that have no content (in SVG: usually closed by `/>`), or that the next one of their kind
# closes: they do not nest.
_FLAT = """
    area base br col embed hr img input link meta param source track wbr
    path rect circle ellipse line polygon polyline use stop image
    html head body p li dt dd tr td th thead tbody tfoot colgroup option optgroup a rp rt
""".split()  # noqa: SIM905 # a list of 47 quoted names reads worse


def most_attributes(html: str) -> int:
    """Return an upper estimate of the attributes of the tag that has most; 0 for short tags."""
    if not has_long_tag(_bytes(html)):
        return 0
    most = 0
    for tag in _LONG_TAG.finditer(html):
        most = max(most, len(_QUOTED.sub(" ", tag.group()).split()) - 1)
    return most


def unreadable_share(html: str) -> float:
    """Share of characters that are no text: control characters and those in place of others."""
    return unreadable(_bytes(html)) / (len(html) or 1)


def depth(html: str, enough: int) -> int:
    """Return an upper estimate of the nesting, counted until it is more than `enough`.

    Contents of scripts, styles and comments do not count; one that is not closed ends the page, as
    it does in a browser.
    """
    if html.count("<") <= enough:
        return 0
    return int(nesting(_bytes(html), _flat(), _packed("script"), _packed("style"), enough))


def _bytes(html: str) -> UInt8s:
    return np.frombuffer(html.encode("utf-8", "surrogatepass"), np.uint8)


@cache
def _flat() -> UInt64s:
    return np.array(sorted(map(_packed, _FLAT)))


def _packed(name: str) -> np.uint64:
    """Name as a number: its bytes, eight at most, as of which all are known."""
    return np.uint64(int.from_bytes(name.encode(), "big"))


@kernel
def has_long_tag(points: UInt8s) -> bool:
    """Whether there may be a tag of many characters; bytes are at least as many."""
    begin = -1
    for i in range(len(points)):
        point = points[i]
        if point in (LESS, MORE):
            if begin >= 0 and i - begin > _LONG:
                return True
            begin = i if point == LESS else -1
    return begin >= 0 and len(points) - begin > _LONG


@kernel
def unreadable(points: UInt8s) -> int:
    """Count U+0000–U+0008, U+000E–U+001F, U+007F–U+009F without U+0085, and U+FFFD."""
    count = 0
    n = len(points)
    for i in range(n):
        point = points[i]
        if point < 0x20:
            count += point < 0x09 or point > 0x0D
        elif point == 0x7F:
            count += 1
        elif point == 0xC2:
            count += i + 1 < n and points[i + 1] < 0xA0 and points[i + 1] != 0x85
        elif point == 0xEF:
            count += i + 2 < n and points[i + 1] == 0xBF and points[i + 2] == 0xBD
    return count


@kernel
def is_letter(point: int) -> bool:
    """Whether a byte is an ASCII letter."""
    return 0x61 <= (point | 0x20) <= 0x7A


@kernel
def read_name(points: UInt8s, i: int) -> tuple[int, np.uint64]:
    """End of the name of a tag that begins at `i`, and the name in lower case, packed.

    A name of more than eight bytes is 0; a name of none ends where it begins.
    """
    n = len(points)
    begin = i
    packed = np.uint64(0)
    while i < n and (is_letter(points[i]) or (i > begin and 0x30 <= points[i] <= 0x39)):
        low = points[i] | np.uint8(0x20)
        packed = (packed << np.uint64(8)) | np.uint64(low)
        i += 1
    return i, packed if i - begin <= 8 else np.uint64(0)


@kernel
def nesting(points: UInt8s, flat: UInt64s, script: np.uint64, style: np.uint64, enough: int) -> int:
    """Deepest nesting of elements that are not in `flat`."""
    n = len(points)
    now = deepest = i = 0
    while i < n:
        if points[i] != LESS:
            i += 1
            continue
        i += 1
        if i + 2 < n and points[i] == BANG and points[i + 1] == HYPHEN and points[i + 2] == HYPHEN:
            i += 3
            while i + 2 < n and not (
                points[i] == HYPHEN and points[i + 1] == HYPHEN and points[i + 2] == MORE
            ):
                i += 1
            i += 3
            continue
        closing = i < n and points[i] == SLASH
        i += closing
        begin = i
        i, name = read_name(points, i)
        if i == begin:
            continue
        ends = i == n or not (points[i] == UNDERSCORE or points[i] >= 0x80)
        if name in (script, style) and ends and not closing:
            size = i - begin
            found = False
            while i + 2 + size <= n and not found:
                if points[i] == LESS and points[i + 1] == SLASH:
                    same = True
                    for k in range(size):
                        same &= points[i + 2 + k] | 0x20 == points[begin + k] | 0x20
                    found = same
                i += 1
            if not found:
                break
            i += 1 + size
            continue
        row = np.searchsorted(flat, name)
        if row < len(flat) and flat[row] == name:
            continue
        if closing:
            now = max(0, now - 1)
            continue
        now += 1
        deepest = max(deepest, now)
        if deepest > enough:
            break
    return deepest
