"""Lines and paragraphs of a document: how they end, how long they are, which ones come again.

The published rules cut lines in three ways, and each is kept: at line feeds with blank lines
left out (FineWeb), at runs of line feeds (Gopher repetition), and at any line boundary of Unicode
(Gopher quality, in `eurosift.filters.tokens`).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from eurosift.filters.arrays import Int64s, UInt8s, UInt64s
from eurosift.filters.counts import (
    CHARS,
    CHARS_IN_LINES,
    DUPLICATE_LINE_CHARS,
    DUPLICATE_LINES,
    DUPLICATE_PARAGRAPH_CHARS,
    DUPLICATE_PARAGRAPHS,
    DUPLICATE_TEXT_LINE_CHARS,
    ELLIPSES,
    HASHES,
    LINES,
    NEWLINES,
    PARAGRAPHS,
    SHORT_LINES,
    TERMINAL_LINES,
    TEXT_LINES,
)
from eurosift.filters.kernel import Integer, kernel
from eurosift.filters.unicode import SPACE, TERMINAL
from eurosift.filters.words import FULL_STOP, decode, hash_bytes

LINE_FEED: Final = 0x0A
NUMBER_SIGN: Final = 0x23
SHORT_LINE: Final = 30
"""A line of so many characters is short (FineWeb)."""


@kernel
def table_size(n: int) -> int:
    """Slots for a hash table of `n` keys: a power of two, at most two thirds full."""
    size = 4
    while size * 2 < n * 3:
        size *= 2
    return size


@kernel
def was_there(table: UInt64s, size: int, key: np.uint64) -> bool:
    """Put a key (not 0) into ``table[:size]``; whether it was there before."""
    slot = np.int64(key & np.uint64(size - 1))
    while table[slot] != 0:
        if table[slot] == key:
            return True
        slot = (slot + 1) & (size - 1)
    table[slot] = key
    return False


@kernel
def last_class(data: UInt8s, start: int, stop: int, classes: UInt8s) -> Integer:
    """Class of the last character of ``data[start:stop]``, which is not empty."""
    pos = stop - 1
    while pos > start and data[pos] & 0xC0 == 0x80:
        pos -= 1
    point, _ = decode(data, pos, stop)
    return np.int64(classes[point])


@kernel
def strip(data: UInt8s, start: int, end: int, classes: UInt8s) -> tuple[int, int]:
    """Bounds of the text without white space at both ends, as ``str.strip``."""
    while start < end:
        point, width = decode(data, start, end)
        if classes[point] & SPACE == 0:
            break
        start += width
    while end > start and last_class(data, start, end, classes) & SPACE:
        end -= 1
        while end > start and data[end] & 0xC0 == 0x80:
            end -= 1
    return start, end


@kernel
def is_blank(data: UInt8s, start: int, end: int, classes: UInt8s) -> bool:
    """Whether ``data[start:end]`` is white space."""
    while start < end:
        point, width = decode(data, start, end)
        if classes[point] & SPACE == 0:
            return False
        start += width
    return True


@kernel
def count_marks(data: UInt8s, start: int, end: int) -> tuple[int, int]:
    """Count number signs, and ellipses: U+2026 or three points, none counted twice."""
    n_hashes = 0
    n_ellipses = 0
    points = 0
    for pos in range(start, end):
        byte = data[np.uint64(pos)]
        n_hashes += byte == NUMBER_SIGN
        if byte == FULL_STOP:
            points += 1
            if points == 3:
                n_ellipses += 1
                points = 0
        else:
            points = 0
            if byte == 0xE2 and pos + 2 < end:
                n_ellipses += data[pos + 1] == 0x80 and data[pos + 2] == 0xA6
    return n_hashes, n_ellipses


@kernel
def scan_lines(
    data: UInt8s,
    start: int,
    end: int,
    classes: UInt8s,
    keys: UInt64s,
    lengths: Int64s,
    counts: Int64s,
) -> int:
    """Scan the lines of ``data[start:end]``, cut at line feeds.

    Fills `counts` (this document's row), and for each line that is not empty its hash into `keys`
    and its characters into `lengths`, negative for a blank line. Returns their number.
    """
    n = 0
    n_chars = 0
    n_newlines = 0
    n_text = 0
    n_terminal = 0
    n_short = 0
    line_start = start
    while line_start <= end:
        pos = line_start
        length = 0
        while pos < end:
            byte = data[np.uint64(pos)]  # an unsigned index is never counted from the end
            if byte == LINE_FEED:
                break
            length += byte & 0xC0 != 0x80
            pos += 1
        n_newlines += pos < end
        n_chars += length
        if pos > line_start:
            has_text = not is_blank(data, line_start, pos, classes)
            keys[n] = hash_bytes(data, line_start, pos)
            lengths[n] = length if has_text else -length
            n += 1
            if has_text:
                n_text += 1
                n_terminal += last_class(data, line_start, pos, classes) & TERMINAL != 0
                n_short += length <= SHORT_LINE
        line_start = pos + 1
    n_hashes, n_ellipses = count_marks(data, start, end)
    counts[CHARS] = n_chars + n_newlines
    counts[CHARS_IN_LINES] = n_chars
    counts[HASHES] = n_hashes
    counts[ELLIPSES] = n_ellipses
    counts[NEWLINES] = n_newlines
    counts[TEXT_LINES] = n_text
    counts[TERMINAL_LINES] = n_terminal
    counts[SHORT_LINES] = n_short
    return n


@kernel
def count_line_repeats(
    data: UInt8s,
    start: int,
    end: int,
    keys: UInt64s,
    lengths: Int64s,
    n: int,
    table: UInt64s,
    counts: Int64s,
) -> None:
    """Count the lines that came before in the document; `table` is scratch."""
    size = table_size(n)
    table[:size] = 0
    n_duplicates = 0
    n_chars = 0
    n_text_chars = 0
    for i in range(n):
        if was_there(table, size, keys[i]):
            n_duplicates += 1
            n_chars += abs(lengths[i])
            n_text_chars += max(lengths[i], 0)
    # Cutting at runs of line feeds leaves an empty piece at an end that is such a run; two of
    # these are duplicates of each other.
    n_empty = 0
    if end > start:
        n_empty = (data[start] == LINE_FEED) + (data[end - 1] == LINE_FEED)
    counts[LINES] = n + n_empty
    counts[DUPLICATE_LINES] = n_duplicates + (n_empty == 2)
    counts[DUPLICATE_LINE_CHARS] = n_chars
    counts[DUPLICATE_TEXT_LINE_CHARS] = n_text_chars


@kernel
def count_paragraph_repeats(
    data: UInt8s,
    start: int,
    end: int,
    classes: UInt8s,
    keys: UInt64s,
    lengths: Int64s,
    table: UInt64s,
    counts: Int64s,
) -> None:
    """Count paragraphs that came before: what two or more line feeds cut the stripped text into.

    `keys`, `lengths` and `table` are scratch.
    """
    start, end = strip(data, start, end, classes)
    n = 0
    length = 0
    first = start
    pos = start
    while pos < end:
        byte = data[np.uint64(pos)]
        if byte == LINE_FEED and data[pos + 1] == LINE_FEED:  # the last one is no space
            keys[n] = hash_bytes(data, first, pos)
            lengths[n] = length
            n += 1
            length = 0
            while data[pos] == LINE_FEED:
                pos += 1
            first = pos
            continue
        length += byte & 0xC0 != 0x80
        pos += 1
    if n == 0:
        counts[PARAGRAPHS] = 1
        return
    keys[n] = hash_bytes(data, first, end)
    lengths[n] = length
    n += 1
    size = table_size(n)
    table[:size] = 0
    n_duplicates = 0
    n_chars = 0
    for i in range(n):
        if was_there(table, size, keys[i]):
            n_duplicates += 1
            n_chars += lengths[i]
    counts[PARAGRAPHS] = n
    counts[DUPLICATE_PARAGRAPHS] = n_duplicates
    counts[DUPLICATE_PARAGRAPH_CHARS] = n_chars
