"""Characters of a document: their class bits by byte, and how many there are of each kind.

The other kernels look at the class bits (*marks*) alone, eight bytes at a time, and need not decode
again. Each byte of a character has the bits of the character; all but its first also have `LATER`.
"""

from __future__ import annotations

from functools import cache
from typing import Final, NamedTuple

import numpy as np

from eurosift.filters import unicode
from eurosift.filters.arrays import Int64s, UInt8s, UInt64s
from eurosift.filters.bits import (
    LOWEST,
    ONE,
    count_selected,
    first_bytes,
    first_selected,
    load_word,
)
from eurosift.filters.counts import (
    CHARS,
    CYRILLIC_LETTERS,
    EMOJIS,
    GARBAGE_CHARS,
    GREEK_LETTERS,
    LATIN_LETTERS,
    LETTERS,
    NUMBERS,
    PUNCTUATION_CHARS,
    SPACES,
    UPPERS,
)
from eurosift.filters.kernel import Integer, kernel
from eurosift.filters.words import decode

ALPHA: Final = unicode.ALPHA
NUMBER: Final = unicode.NUMBER
QUIET: Final = 4
"""Combining marks, soft hyphens and joiners: inside of words, but no beginning of one."""
LATER: Final = 8
"""Not the first byte of its character."""
SPACE: Final = unicode.SPACE
BREAK: Final = unicode.BREAK
UPPER: Final = unicode.UPPER
TERMINAL: Final = unicode.TERMINAL

INSIDE: Final = ALPHA | NUMBER | QUIET
PADDING: Final = 16
"""Bytes behind a document and its marks, so that eight can be read anywhere."""

FIELD: Final = 10
"""Bits of a counter, six of which share a number."""
CHUNK: Final = (1 << FIELD) - 8
"""So many characters fill no counter."""
GROUP_COUNTS: Final = (
    -1,
    LATIN_LETTERS,
    GREEK_LETTERS,
    CYRILLIC_LETTERS,
    EMOJIS,
    PUNCTUATION_CHARS,
    GARBAGE_CHARS,
)
"""What is counted of each group of characters."""


class CharacterTables(NamedTuple):
    """What `scan_characters` needs to know of characters.

    Attributes
    ----------
    kinds
        uint8, shape (0x110000,): kind of every code point.
    marks
        uint8, shape (n_kinds,): marks of each kind.
    effects
        int64, shape (n_kinds, 4): columns of the counts that a character of this kind adds to, -1
        for none.
    ascii_marks
        uint8, shape (128,).
    ascii_counters
        uint64, shape (128,): six counters of `FIELD` bits, for `ASCII_COUNTS`.
    """

    kinds: UInt8s
    marks: UInt8s
    effects: Int64s
    ascii_marks: UInt8s
    ascii_counters: UInt64s


ASCII_COUNTS: Final = (LATIN_LETTERS, UPPERS, NUMBERS, PUNCTUATION_CHARS, SPACES, GARBAGE_CHARS)


@cache
def character_tables() -> CharacterTables:
    """Build the tables from those of Unicode."""
    kinds, classes, groups = unicode.character_kinds()
    marks = classes & ~np.uint8(unicode.EXTEND | unicode.IGNORED)
    marks[classes & (unicode.EXTEND | unicode.IGNORED) != 0] |= QUIET
    effects = np.full((classes.size, 4), -1, np.int64)
    effects[:, 0] = np.array(GROUP_COUNTS)[groups]
    for column, (bit, count) in enumerate(
        ((unicode.ALPHA, LETTERS), (unicode.UPPER, UPPERS)), start=1
    ):
        effects[classes & bit != 0, column] = count
    effects[classes & unicode.NUMBER != 0, 3] = NUMBERS
    effects[classes & unicode.SPACE != 0, 3] = SPACES
    of_ascii = kinds[:128]
    counters = np.zeros(128, np.uint64)
    for field, count in enumerate(ASCII_COUNTS):
        counted = (effects[of_ascii] == count).any(axis=1)
        counters[counted] |= np.uint64(1 << FIELD * field)
    tables = CharacterTables(kinds, marks, effects, marks[of_ascii], counters)
    for table in tables:
        table.setflags(write=False)
    return tables


@kernel
def scan_characters(
    text: UInt8s,
    size: Integer,
    tables: CharacterTables,
    kind_counts: Int64s,
    marks: UInt8s,
    counts: Int64s,
) -> bool:
    """Scan the characters of a document.

    Parameters
    ----------
    text, size
        ``text[:size]`` are its UTF-8 bytes; what is no UTF-8 counts as U+FFFD, byte by byte.
        `PADDING` more bytes are behind them.
    tables
        From `character_tables`.
    kind_counts
        Scratch, a value per kind.
    marks
        Filled: the marks of each byte, and of `PADDING` more.
    counts
        Filled: this document's row.

    Returns
    -------
    bool
        Whether every character is one byte.
    """
    kinds, kind_marks, effects, ascii_marks, ascii_counters = tables
    kind_counts[:] = 0
    n_wide = 0
    field = np.uint64(FIELD)
    lowest_field = np.uint64((1 << FIELD) - 1)
    high = LOWEST << np.uint64(7)
    pos = 0
    while pos < size:
        chunk_end = min(size, pos + CHUNK)
        counters = np.uint64(0)
        while pos < chunk_end:
            if pos + 8 <= chunk_end and load_word(text, np.uint64(pos)) & high == np.uint64(0):
                for i in range(8):
                    at = np.uint64(pos + i)
                    byte = text[at]
                    marks[at] = ascii_marks[byte]
                    counters += ascii_counters[byte]
                pos += 8
                continue
            first = text[np.uint64(pos)]
            if first < 0x80:
                marks[np.uint64(pos)] = ascii_marks[first]
                counters += ascii_counters[first]
                pos += 1
                continue
            point, width = decode(text, pos, size)
            kind = kinds[point]
            kind_counts[kind] += 1
            mark = kind_marks[kind]
            at = np.uint64(pos)
            marks[at] = mark
            for i in range(1, width):
                marks[at + np.uint64(i)] = mark | LATER
            n_wide += width - 1
            pos += width
        for count in ASCII_COUNTS:
            counts[count] += np.int64(counters & lowest_field)
            counters >>= field
    marks[size : size + PADDING] = SPACE
    counts[LETTERS] += counts[LATIN_LETTERS]
    is_ascii = True
    for kind in range(kind_counts.size):
        if kind_counts[kind] > 0:
            is_ascii = False
            for effect in effects[kind]:
                if effect >= 0:
                    counts[effect] += kind_counts[kind]
    counts[CHARS] = size - n_wide
    return is_ascii


@kernel
def chars_between(marks: UInt8s, first: Integer, stop: Integer, is_ascii: bool) -> Integer:  # noqa: FBT001 - kernels are called by position
    """Characters in ``marks[first:stop]``, which begins and ends between characters."""
    if is_ascii:
        return stop - first
    n = stop - first
    while first < stop:
        later = load_word(marks, np.uint64(first)) >> np.uint64(3) & LOWEST
        n -= count_selected(later & first_bytes(min(stop - first, 8)))
        first += 8
    return n


@kernel
def skip_spaces(marks: UInt8s, pos: Integer, stop: Integer) -> Integer:
    """Position of the first mark from `pos` on that is no white space; `stop` if there is none."""
    while pos < stop:
        others = ~(load_word(marks, np.uint64(pos)) >> np.uint64(4)) & LOWEST
        if others != np.uint64(0):
            return min(pos + first_selected(others), stop)
        pos += 8
    return stop


@kernel
def find_space(marks: UInt8s, pos: Integer, stop: Integer) -> Integer:
    """Position of the first white space from `pos` on; `stop` if there is none."""
    while pos < stop:
        spaces = load_word(marks, np.uint64(pos)) >> np.uint64(4) & LOWEST
        if spaces != np.uint64(0):
            return min(pos + first_selected(spaces), stop)
        pos += 8
    return stop


@kernel
def find_outside(marks: UInt8s, pos: Integer) -> Integer:
    """Position of the first mark from `pos` on that is not inside of words."""
    while True:
        word = load_word(marks, np.uint64(pos))
        outside = ~(word | word >> ONE | word >> np.uint64(2)) & LOWEST
        if outside != np.uint64(0):
            return pos + first_selected(outside)
        pos += 8


@kernel
def strip_end(marks: UInt8s, first: Integer, stop: Integer) -> Integer:
    """Where ``marks[first:stop]`` ends without its white space."""
    while stop > first and marks[stop - 1] & SPACE:
        stop -= 1
    return stop


@kernel
def last_mark(marks: UInt8s, stop: Integer) -> Integer:
    """Marks of the character that ends at `stop`."""
    return np.int64(marks[stop - 1])
