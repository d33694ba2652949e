"""Tokens of a document: where they are.

Tokens are words and symbols (`eurosift.filters.segmentation`), or what stands between white space,
or spans that were given.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from eurosift.filters.arrays import Int32s, UInt8s
from eurosift.filters.characters import (
    LATER,
    PADDING,
    QUIET,
    SPACE,
    character_tables,
    find_outside,
    find_space,
    scan_characters,
    skip_spaces,
)
from eurosift.filters.counts import N_COUNTS
from eurosift.filters.kernel import Integer, kernel
from eurosift.filters.segmentation import (
    HYPHEN,
    LETTER_OR_NUMBER,
    SEGMENTATION,
    apostrophe_width,
    join,
)
from eurosift.filters.signs import FULL_STOP
from eurosift.filters.words import APOSTROPHE, COMMA

BACKTICK: Final = 0x60
BLANK: Final = 0x20
LONGEST_CHARACTER: Final = 4
"""Bytes of the longest character."""


@kernel
def find_tokens(
    text: UInt8s,
    size: Integer,
    marks: UInt8s,
    segmentation: Integer,
    starts: Int32s,
    stops: Int32s,
) -> Integer:
    """Find the words and symbols of a document.

    Parameters
    ----------
    text, size, marks
        As `eurosift.filters.characters.scan_characters` takes and gives them.
    segmentation
        Bits: what the language has of its own (`SEGMENTATION`).
    starts, stops
        Filled: where each token begins and ends.

    Returns
    -------
    int
        The number of tokens.
    """
    n = 0
    pos: Integer = 0
    while True:
        if marks[np.uint64(pos)] & SPACE:
            pos += 1  # one blank is the rule, and needs no search
            if marks[np.uint64(pos)] & SPACE:
                pos = skip_spaces(marks, pos, size)
            if pos >= size:
                return n
        first = pos
        if marks[np.uint64(pos)] & LETTER_OR_NUMBER:
            pos = find_outside(marks, pos)
            part = first
            while pos < size and text[np.uint64(pos)] != BLANK:
                byte = text[np.uint64(pos)]
                if marks[np.uint64(pos + 1)] & SPACE and (
                    byte == COMMA or (byte == FULL_STOP and pos - part > LONGEST_CHARACTER)
                ):
                    break  # the common end of a word, quickly
                stop, goes_on = join(text, size, marks, segmentation, first, part, pos)
                if stop == pos:
                    if not goes_on:
                        break
                    starts[n] = first
                    stops[n] = pos
                    n += 1
                    first = pos
                    stop += apostrophe_width(text, pos)
                pos = stop
                if not goes_on:
                    break
                part = pos
                pos = find_outside(marks, pos)
        else:
            pos = symbol_end(text, size, marks, pos)
        starts[n] = first
        stops[n] = pos
        n += 1


@kernel
def symbol_end(text: UInt8s, size: Integer, marks: UInt8s, pos: Integer) -> Integer:
    """Where the symbol at `pos`, or the run of points, hyphens or quotes, ends with its marks."""
    symbol = text[pos]
    pos += 1
    if symbol == FULL_STOP or symbol == HYPHEN or symbol == APOSTROPHE or symbol == BACKTICK:
        while text[pos] == symbol and pos < size:
            pos += 1
    while marks[pos] & (LATER | QUIET) and pos < size:
        pos += 1
    return pos


@kernel
def find_pieces(marks: UInt8s, size: Integer, starts: Int32s, stops: Int32s) -> Integer:
    """Find what stands between white space, as `find_tokens`."""
    n = 0
    pos = skip_spaces(marks, 0, size)
    while pos < size:
        starts[n] = pos
        pos = find_space(marks, pos + 1, size)
        stops[n] = pos
        n += 1
        pos += 1
        if marks[np.uint64(pos)] & SPACE:
            pos = skip_spaces(marks, pos, size)
    return n


def tokens(text: str, language: str | None = None) -> list[str]:
    """Words and symbols of a text; for tests, notebooks and other slow uses.

    Examples
    --------
    >>> tokens("Il-kelb ta' Malta...", "mlt_Latn")
    ['Il-', 'kelb', "ta'", 'Malta', '...']
    >>> tokens("l'homme (3.14)", "fra_Latn")
    ["l'", 'homme', '(', '3.14', ')']
    """
    content = text.encode()
    size = len(content)
    padded = np.frombuffer(content + bytes(PADDING), np.uint8)
    tables = character_tables()
    marks = np.empty(size + PADDING, np.uint8)
    scan_characters(
        padded,
        size,
        tables,
        np.empty(tables.marks.size, np.int64),
        marks,
        np.zeros(N_COUNTS, np.int64),
    )
    starts, stops = np.empty((2, size + 1), np.int32)
    n = find_tokens(padded, size, marks, SEGMENTATION.get(language or "", 0), starts, stops)
    return [content[first:stop].decode() for first, stop in zip(starts[:n], stops[:n], strict=True)]
