"""Lines and paragraphs of a document: how they end, how long they are, which ones come again.

The published rules cut lines in three ways, and each is kept: at line feeds with blank lines
left out (FineWeb), at runs of line feeds (Gopher repetition), and at any line boundary of Unicode
(Gopher quality and C4, in `eurosift.filters.boundaries`).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from eurosift.filters.arrays import Int32s, Int64s, UInt8s, UInt64s
from eurosift.filters.bits import ONE, load_word
from eurosift.filters.characters import (
    TERMINAL,
    chars_between,
    last_mark,
    skip_spaces,
    strip_end,
)
from eurosift.filters.counts import (
    CHARS,
    CHARS_IN_LINES,
    DUPLICATE_LINE_CHARS,
    DUPLICATE_LINES,
    DUPLICATE_PARAGRAPH_CHARS,
    DUPLICATE_PARAGRAPHS,
    DUPLICATE_TEXT_LINE_CHARS,
    LINES,
    LONG_LINES,
    LONGEST_LINE,
    NEWLINES,
    PARAGRAPHS,
    SHORT_LINES,
    TERMINAL_LINES,
    TEXT_LINE_CHARS,
    TEXT_LINE_SQUARES,
    TEXT_LINES,
)
from eurosift.filters.kernel import Integer, kernel
from eurosift.filters.repeats import clear_table, first_place, table_size
from eurosift.filters.words import PRIME, hash_bytes, mix

LINE_FEED: Final = 0x0A
SHORT_LINE: Final = 30
"""A line of so many characters is short (FineWeb)."""
LONG_LINE: Final = 200
"""A line of so many characters is a paragraph (mC4)."""


@kernel
def hash_line(text: UInt8s, start: Integer, stop: Integer) -> np.uint64:
    """Hash of a line or paragraph, which is not empty; odd, so never 0.

    Two sums of every other eight bytes do not wait for each other. Up to seven bytes behind `stop`
    are read, and have to be there.
    """
    even = np.uint64(stop - start) * PRIME
    odd = PRIME
    pos = start
    while pos + 16 < stop:
        even = mix(even ^ load_word(text, np.uint64(pos)))
        odd = mix(odd ^ load_word(text, np.uint64(pos + 8)))
        pos += 16
    return mix(even) ^ hash_bytes(text, pos, stop) ^ odd | ONE


@kernel
def scan_lines(
    text: UInt8s,
    size: Integer,
    marks: UInt8s,
    is_ascii: bool,  # noqa: FBT001 - kernels are called by position
    breaks: Int32s,
    n_breaks: Integer,
    keys: UInt64s,
    lengths: Int64s,
    counts: Int64s,
) -> Integer:
    """Scan the lines of a document, cut at line feeds.

    Fills `counts` (this document's row), and for each line that is not empty its hash into `keys`
    and its characters into `lengths`, negative for a blank line. Returns their number.
    """
    n = 0
    n_newlines = 0
    n_text = 0
    n_text_chars: Integer = 0
    n_squares: Integer = 0
    n_longest: Integer = 0
    n_terminal: Integer = 0
    n_short: Integer = 0
    n_long: Integer = 0
    first: Integer = 0
    for i in range(n_breaks + 1):
        stop = size
        if i < n_breaks:
            stop = np.int64(breaks[i])
            if text[stop] != LINE_FEED:
                continue
            n_newlines += 1
        if stop > first:
            length = chars_between(marks, first, stop, is_ascii)
            keys[n] = hash_line(text, first, stop)
            lengths[n] = -length
            if skip_spaces(marks, first, stop) < stop:
                lengths[n] = length
                n_text += 1
                n_text_chars += length
                n_squares += length * length
                n_longest = max(n_longest, length)
                n_terminal += last_mark(marks, stop) & TERMINAL != 0
                n_short += length <= SHORT_LINE
                n_long += length >= LONG_LINE
            n += 1
        first = stop + 1
    counts[NEWLINES] = n_newlines
    counts[CHARS_IN_LINES] = counts[CHARS] - n_newlines
    counts[TEXT_LINES] = n_text
    counts[TEXT_LINE_CHARS] = n_text_chars
    counts[TEXT_LINE_SQUARES] = n_squares
    counts[LONGEST_LINE] = n_longest
    counts[TERMINAL_LINES] = n_terminal
    counts[SHORT_LINES] = n_short
    counts[LONG_LINES] = n_long
    return n


@kernel
def count_line_repeats(
    text: UInt8s,
    size: Integer,
    keys: UInt64s,
    lengths: Int64s,
    n: Integer,
    table: Int32s,
    counts: Int64s,
) -> None:
    """Count the lines that came before in the document; `table` is scratch."""
    n_slots = table_size(n)
    clear_table(table, n_slots)
    n_duplicates = 0
    n_chars = 0
    n_text_chars = 0
    for i in range(n):
        if first_place(keys, i, table, n_slots) != i:
            n_duplicates += 1
            n_chars += abs(lengths[i])
            n_text_chars += max(lengths[i], 0)
    # Cutting at runs of line feeds leaves an empty piece at an end that is such a run; two of
    # these are duplicates of each other.
    n_empty = 0
    if size > 0:
        n_empty = (text[0] == LINE_FEED) + (text[size - 1] == LINE_FEED)
    counts[LINES] = n + n_empty
    counts[DUPLICATE_LINES] = n_duplicates + (n_empty == 2)
    counts[DUPLICATE_LINE_CHARS] = n_chars
    counts[DUPLICATE_TEXT_LINE_CHARS] = n_text_chars


@kernel
def count_paragraph_repeats(
    text: UInt8s,
    size: Integer,
    marks: UInt8s,
    is_ascii: bool,  # noqa: FBT001
    breaks: Int32s,
    n_breaks: Integer,
    keys: UInt64s,
    lengths: Int64s,
    table: Int32s,
    counts: Int64s,
) -> None:
    """Count paragraphs that came before: what two or more line feeds cut the stripped text into.

    `keys`, `lengths` and `table` are scratch.
    """
    counts[PARAGRAPHS] = 1
    first = skip_spaces(marks, 0, size)
    last = strip_end(marks, first, size)
    n = 0
    for i in range(n_breaks - 1):
        pos = np.int64(breaks[i])
        if pos < first or text[pos] != LINE_FEED:
            continue
        if pos >= last:
            break
        if text[pos + 1] == LINE_FEED:
            keys[n] = hash_line(text, first, pos)
            lengths[n] = chars_between(marks, first, pos, is_ascii)
            n += 1
            first = pos + 2
            while text[first] == LINE_FEED:  # the stripped text does not end in one
                first += 1
    if n == 0:
        return
    keys[n] = hash_line(text, first, last)
    lengths[n] = chars_between(marks, first, last, is_ascii)
    n += 1
    n_slots = table_size(n)
    clear_table(table, n_slots)
    n_duplicates = 0
    n_chars = 0
    for i in range(n):
        if first_place(keys, i, table, n_slots) != i:
            n_duplicates += 1
            n_chars += lengths[i]
    counts[PARAGRAPHS] = n
    counts[DUPLICATE_PARAGRAPHS] = n_duplicates
    counts[DUPLICATE_PARAGRAPH_CHARS] = n_chars
