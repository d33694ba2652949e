"""Signs between words: number signs, ellipses, brackets, addresses, markup, ends of sentences.

Only what is neither a word nor white space is looked at: one byte of twenty in ordinary text.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from eurosift.filters.arrays import Int32s, Int64s, UInt8s
from eurosift.filters.bits import LOWEST, ONE, first_selected, load_word
from eurosift.filters.characters import (
    ALPHA,
    BREAK,
    INSIDE,
    LATER,
    NUMBER,
    SPACE,
    TERMINAL,
    chars_between,
    find_space,
)
from eurosift.filters.counts import (
    CURLY_BRACKETS,
    ELLIPSES,
    HASHES,
    MARKUP_CHARS,
    URL_CHARS,
)
from eurosift.filters.kernel import Integer, kernel

NUMBER_SIGN: Final = ord("#")
FULL_STOP: Final = ord(".")
COLON: Final = ord(":")
SLASH: Final = ord("/")
AMPERSAND: Final = ord("&")
SEMICOLON: Final = ord(";")
LESS: Final = ord("<")
GREATER: Final = ord(">")
EXCLAMATION: Final = ord("!")
OPEN_SQUARE: Final = ord("[")
CLOSE_SQUARE: Final = ord("]")
OPEN_CURLY: Final = ord("{")
CLOSE_CURLY: Final = ord("}")
DOUBLE_QUOTE: Final = ord('"')
SINGLE_QUOTE: Final = ord("'")
CLOSE_ROUND: Final = ord(")")

FIRST_DULL: Final = np.uint64(ord("'"))
LAST_DULL: Final = np.uint64(ord("-"))
HIGHEST: Final = LOWEST << np.uint64(7)

MAX_SCHEME: Final = 8
MAX_TAG: Final = 400
MAX_ENTITY: Final = 32


@kernel
def has_bytes(
    text: UInt8s, pos: Integer, size: Integer, first: Integer, second: Integer, third: Integer
) -> bool:
    """Whether three bytes stand at `pos`."""
    if pos + 3 > size:
        return False
    return bool(text[pos] == first and text[pos + 1] == second and text[pos + 2] == third)


@kernel
def scheme_start(text: UInt8s, colon: Integer) -> Integer:
    """Where the ASCII letters before a colon begin; `colon` if there are none or too many."""
    pos = colon
    while pos > 0 and colon - pos <= MAX_SCHEME and 97 <= text[pos - 1] | 0x20 <= 122:
        pos -= 1
    return pos if colon - pos <= MAX_SCHEME else colon


@kernel
def tag_end(text: UInt8s, pos: Integer, size: Integer) -> Integer:
    """Where the tag that begins with ``<`` at `pos` ends; `pos` if it is none."""
    if pos + 2 >= size:
        return pos
    second = text[pos + 1]
    if not (97 <= second | 0x20 <= 122 or (second == SLASH or second == EXCLAMATION)):
        return pos
    for i in range(pos + 1, min(size, pos + MAX_TAG)):
        if text[i] == GREATER:
            return i + 1
        if text[i] == LESS:
            return pos
    return pos


@kernel
def entity_end(text: UInt8s, pos: Integer, size: Integer) -> Integer:
    """Where the character reference that begins with ``&`` at `pos` ends; `pos` if it is none."""
    first = pos + 1
    if first < size and text[first] == NUMBER_SIGN:
        first += 1
    for i in range(first, min(size, pos + MAX_ENTITY)):
        byte = text[i]
        if byte == SEMICOLON:
            return i + 1 if i > first else pos
        if not (97 <= byte | 0x20 <= 122 or 48 <= byte <= 57):
            return pos
    return pos


@kernel
def is_closing(text: UInt8s, pos: Integer, size: Integer) -> Integer:
    """Bytes of the closing quotation mark or bracket at `pos`; 0 if there is none."""
    byte = text[pos]
    if byte == DOUBLE_QUOTE or byte == SINGLE_QUOTE or byte == CLOSE_ROUND or byte == CLOSE_SQUARE:
        return 1
    if byte == 0xC2 and pos + 1 < size and text[pos + 1] == 0xBB:  # U+00BB
        return 2
    if byte == 0xE2 and pos + 2 < size and text[pos + 1] == 0x80:
        last = text[pos + 2]
        if (
            last == 0x98 or last == 0x99 or last == 0x9C or last == 0x9D or last == 0xBA
        ):  # U+2018, 2019, 201C, 201D, 203A
            return 3
    return 0


@kernel
def sentence_end(text: UInt8s, size: Integer, marks: UInt8s, pos: Integer) -> Integer:
    """Where the marks end that end a sentence, of which the first is at `pos`.

    Behind them, and behind closing marks, there has to be white space or nothing; otherwise `pos`
    is given back.
    """
    at = pos
    while at < size:
        if marks[at] & TERMINAL:
            at += 1
            continue
        width = is_closing(text, at, size)
        if width == 0:
            break
        at += width
    return at if at >= size or marks[at] & SPACE else pos


@kernel
def dull_signs(word: np.uint64) -> np.uint64:
    """Selection of the signs from the apostrophe to the hyphen, of which nothing is counted.

    They are every second sign of ordinary text.
    """
    low = word & ~HIGHEST
    from_first = low + (HIGHEST - FIRST_DULL * LOWEST)
    from_next = low + (HIGHEST - (LAST_DULL + ONE) * LOWEST)
    return (from_first & ~(from_next | word) & HIGHEST) >> np.uint64(7)


@kernel
def scan_signs(
    text: UInt8s,
    size: Integer,
    marks: UInt8s,
    is_ascii: bool,  # noqa: FBT001 - kernels are called by position
    breaks: Int32s,
    sentences: Int32s,
    curly: Int32s,
    counts: Int64s,
) -> tuple[Integer, Integer, Integer]:
    """Scan the signs and line boundaries of a document.

    Parameters
    ----------
    text, size, marks, is_ascii
        As `eurosift.filters.characters.scan_characters` takes and gives them.
    breaks, sentences, curly
        Filled: positions of line boundaries, behind ends of sentences, and
        of opening curly brackets.
    counts
        Filled: this document's row.

    Returns
    -------
    n_breaks, n_sentences, n_curly
    """
    n_breaks = 0
    n_sentences = 0
    n_curly = 0
    n_hashes = 0
    n_ellipses = 0
    url_chars: Integer = 0
    markup_chars: Integer = 0
    url_end: Integer = 0
    markup_end: Integer = 0
    points_end = 0
    sentence_stop: Integer = 0
    block = 0
    while block < size:
        word = load_word(marks, np.uint64(block))
        inside = word | word >> ONE | word >> np.uint64(2) | word >> np.uint64(3)
        space = word >> np.uint64(4)
        wanted = (~(inside | space) | word >> np.uint64(5)) & LOWEST
        wanted &= ~dull_signs(load_word(text, np.uint64(block)))
        while wanted != np.uint64(0):
            pos = block + first_selected(wanted)
            wanted &= wanted - ONE
            if pos >= size:
                break
            mark = marks[np.uint64(pos)]
            if mark & BREAK:
                if mark & LATER == 0:
                    breaks[n_breaks] = pos
                    n_breaks += 1
                continue
            byte = text[np.uint64(pos)]
            if mark & TERMINAL and pos >= sentence_stop:
                sentence_stop = sentence_end(text, size, marks, pos)
                if sentence_stop > pos:
                    sentences[n_sentences] = sentence_stop
                    n_sentences += 1
            if byte == FULL_STOP:
                if pos >= points_end and has_bytes(
                    text, pos, size, FULL_STOP, FULL_STOP, FULL_STOP
                ):
                    n_ellipses += 1
                    points_end = pos + 3
                if (
                    pos >= url_end
                    and pos >= 3
                    and text[pos - 1] | 0x20 == 119
                    and text[pos - 2] | 0x20 == 119
                    and text[pos - 3] | 0x20 == 119
                    and (pos == 3 or marks[pos - 4] & INSIDE == 0)
                    and marks[pos + 1] & (ALPHA | NUMBER)
                ):
                    url_end = find_space(marks, pos, size)
                    url_chars += chars_between(marks, pos - 3, url_end, is_ascii)
            elif byte == NUMBER_SIGN:
                n_hashes += 1
            elif (
                byte == OPEN_CURLY
                or byte == OPEN_SQUARE
                or byte == CLOSE_CURLY
                or byte == CLOSE_SQUARE
            ):
                if byte == OPEN_CURLY:
                    curly[n_curly] = pos
                    n_curly += 1
                if pos >= markup_end and pos + 1 < size and text[pos + 1] == byte:
                    markup_chars += 2
                    markup_end = pos + 2
            elif byte == COLON:
                if (
                    pos >= url_end
                    and pos + 2 < size
                    and text[pos + 1] == SLASH
                    and text[pos + 2] == SLASH
                ):
                    first = scheme_start(text, pos)
                    if first < pos:
                        url_end = find_space(marks, pos, size)
                        url_chars += chars_between(marks, first, url_end, is_ascii)
            elif byte == LESS or byte == AMPERSAND:
                if pos >= markup_end:
                    stop = tag_end(text, pos, size) if byte == LESS else entity_end(text, pos, size)
                    if stop > pos:
                        markup_end = stop
                        markup_chars += chars_between(marks, pos, markup_end, is_ascii)
            elif byte == 0xE2:
                n_ellipses += has_bytes(text, pos, size, 0xE2, 0x80, 0xA6)
        block += 8
    counts[HASHES] = n_hashes
    counts[ELLIPSES] = n_ellipses
    counts[CURLY_BRACKETS] = n_curly
    counts[URL_CHARS] = url_chars
    counts[MARKUP_CHARS] = markup_chars
    return n_breaks, n_sentences, n_curly
