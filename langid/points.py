"""Code points of a text, or of windows of a long one, for kernels.

The same as `eurosift.langid.normalise.sample` gives of a string, but for white space at the ends
of a window without any within.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from eurosift.filters.arrays import Bools, Int32s, Int64s, UInt8s
from eurosift.filters.buffers import StringBuffers
from eurosift.filters.kernel import Integer, kernel
from eurosift.filters.unicode import SPACE

LINE_FEED: Final = 0x0A
REPLACEMENT: Final = 0xFFFD
WHOLE: Final = 1 << 40
"""A window that holds any text."""
BLOCK: Final = 64
"""So many bytes are counted at a time; compilers make few instructions of it."""


class Spans(NamedTuple):
    """Rows of UTF-8, which need not stand one after the other.

    Attributes
    ----------
    data
        uint8, shape (n_bytes,).
    begins, ends
        int64, shape (n_rows,): row *i* is ``data[begins[i]:ends[i]]``.
    """

    data: UInt8s
    begins: Int64s
    ends: Int64s

    def where(self, wanted: Bools) -> Spans:
        """Only the rows that are wanted."""
        return Spans(self.data, self.begins[wanted], self.ends[wanted])


def spans(texts: StringBuffers) -> Spans:
    """Rows of a string array; null rows are empty."""
    begins = texts.offsets[:-1]
    return Spans(texts.data, begins.copy(), np.where(texts.valid, texts.offsets[1:], begins))


@kernel
def longest(begins: Int64s, ends: Int64s) -> int:
    """Bytes of the longest row."""
    found = 0
    for row in range(begins.size):
        found = max(found, ends[row] - begins[row])
    return found


@kernel
def is_continuation(data: UInt8s, pos: int, end: int, low: int, high: int) -> bool:
    """Whether there is a byte at `pos` from `low` to `high`."""
    return bool(pos < end and low <= data[pos] <= high)


@kernel
def decode(data: UInt8s, pos: int, end: int) -> tuple[Integer, int]:
    """Decode the character at `pos`: code point and number of bytes.

    Each byte that is not part of well-formed UTF-8 (Unicode Standard, table 3-7) is U+FFFD.
    """
    first = np.int64(data[pos])
    if first < 0x80:
        return first, 1
    if first < 0xE0:
        if first >= 0xC2 and is_continuation(data, pos + 1, end, 0x80, 0xBF):
            return (first & 0x1F) << 6 | (np.int64(data[pos + 1]) & 0x3F), 2
    elif first < 0xF0:
        low = 0xA0 if first == 0xE0 else 0x80
        high = 0x9F if first == 0xED else 0xBF
        if is_continuation(data, pos + 1, end, low, high) and is_continuation(
            data, pos + 2, end, 0x80, 0xBF
        ):
            middle = (np.int64(data[pos + 1]) & 0x3F) << 6
            return (first & 0x0F) << 12 | middle | (np.int64(data[pos + 2]) & 0x3F), 3
    elif first < 0xF5:
        low = 0x90 if first == 0xF0 else 0x80
        high = 0x8F if first == 0xF4 else 0xBF
        if (
            is_continuation(data, pos + 1, end, low, high)
            and is_continuation(data, pos + 2, end, 0x80, 0xBF)
            and is_continuation(data, pos + 3, end, 0x80, 0xBF)
        ):
            upper = (np.int64(data[pos + 1]) & 0x3F) << 12 | (np.int64(data[pos + 2]) & 0x3F) << 6
            return (first & 0x07) << 18 | upper | (np.int64(data[pos + 3]) & 0x3F), 4
    return REPLACEMENT, 1


@kernel
def encode(point: Integer, out: UInt8s, pos: int) -> int:
    """Write a code point as UTF-8 to ``out[pos:]``, which has room for it; where it ends."""
    if point < 0x80:
        out[pos] = point
        return pos + 1
    if point < 0x800:
        out[pos] = 0xC0 | point >> 6
        out[pos + 1] = 0x80 | point & 0x3F
        return pos + 2
    if point < 0x10000:
        out[pos] = 0xE0 | point >> 12
        out[pos + 1] = 0x80 | point >> 6 & 0x3F
        out[pos + 2] = 0x80 | point & 0x3F
        return pos + 3
    out[pos] = 0xF0 | point >> 18
    out[pos + 1] = 0x80 | point >> 12 & 0x3F
    out[pos + 2] = 0x80 | point >> 6 & 0x3F
    out[pos + 3] = 0x80 | point & 0x3F
    return pos + 4


@kernel
def count_characters(data: UInt8s, begin: int, end: int) -> int:
    """Number of characters: of bytes that continue none."""
    n = 0
    for pos in range(begin, end):
        n += data[np.uint64(pos)] & 0xC0 != 0x80
    return n


@kernel
def advance(data: UInt8s, pos: int, end: int, n: int) -> int:
    """Where the text goes on after `n` characters from `pos` on, which begins one."""
    while pos + BLOCK <= end:
        step = 0
        for i in range(BLOCK):
            step += data[np.uint64(pos + i)] & 0xC0 != 0x80
        if step > n:
            break
        n -= step
        pos += BLOCK
    while pos < end:
        if data[pos] & 0xC0 != 0x80:
            if n == 0:
                break
            n -= 1
        pos += 1
    return pos


@kernel
def read_points(data: UInt8s, begin: int, end: int, points: Int32s, n: int) -> int:
    """Decode ``data[begin:end]`` to ``points[n:]``, which has room for it; where it ends there."""
    pos = begin
    while pos < end:
        byte = data[np.uint64(pos)]  # an unsigned index is never counted from the end
        if byte < 0x80:
            points[np.uint64(n)] = byte
            pos += 1
        else:
            point, width = decode(data, pos, end)
            points[np.uint64(n)] = point
            pos += width
        n += 1
    return n


@kernel
def trim_front(points: Int32s, start: int, stop: int, classes: UInt8s) -> int:
    """Where ``points[start:stop]`` begins without its first word, if it begins within one."""
    pos = start
    while pos < stop and classes[points[pos]] & SPACE == 0:
        pos += 1
    while start < pos < stop and classes[points[pos]] & SPACE:
        pos += 1
    return start if pos == stop else pos


@kernel
def trim_back(points: Int32s, start: int, stop: int, classes: UInt8s) -> int:
    """Where ``points[start:stop]`` ends without its last word, if it ends within one."""
    pos = stop
    while pos > start and classes[points[pos - 1]] & SPACE == 0:
        pos -= 1
    while start < pos < stop and classes[points[pos - 1]] & SPACE:
        pos -= 1
    return stop if pos == start else pos


@kernel
def sample_points(
    data: UInt8s,
    begin: int,
    end: int,
    window: int,
    windows: int,
    classes: UInt8s,
    points: Int32s,
) -> int:
    """Decode a text, or windows of a long one, with a line feed between them.

    Parameters
    ----------
    data, begin, end
        The text is ``data[begin:end]``.
    window, windows
        Characters per window, and number of windows.
    classes
        From `eurosift.filters.unicode.character_classes`.
    points
        Filled; room for as many code points as the text has bytes, and one a window.

    Returns
    -------
    How many code points there are.
    """
    limit = window * windows
    length = end - begin if end - begin <= limit else count_characters(data, begin, end)
    if length <= limit:
        return read_points(data, begin, end, points, 0)
    n = 0
    start = begin
    before = 0
    for k in range(windows):
        first = k * (length - window) // max(1, windows - 1)
        start = advance(data, start, end, first - before)
        before = first
        if k > 0:
            points[n] = LINE_FEED
            n += 1
        stop = read_points(data, start, advance(data, start, end, window), points, n)
        shift = trim_front(points, n, stop, classes) - n if k > 0 else 0
        if shift:
            for i in range(n + shift, stop):
                points[i - shift] = points[i]
            stop -= shift
        n = trim_back(points, n, stop, classes) if k < windows - 1 else stop
    return n
