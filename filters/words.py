"""Words of UTF-8 text, for kernels.

A word begins with a letter or a number and goes on over letters, numbers and combining marks;
an apostrophe between two letters (``l'homme``, ``don't``) and a point or comma between two numbers
(``3.14``) are inside of it. Soft hyphens and joiners are inside but not heard. Everything else that
is no white space is a symbol: a run of one character (``...``, ``--``) is one symbol.

This is the default word boundary of Unicode Standard Annex 29 without its dictionary scripts and
its refinements for Hebrew and Katakana. It gives the same words whatever the language, which is
what deduplication needs, and no model has to be loaded.

For use in other kernels::

    from eurosift.filters.words import next_word, word_tables

    @kernel
    def f(data, pos, end, classes, lower):
        start, stop, word_hash = next_word(data, pos, end, classes, lower)
        while start < end:
            ...
            start, stop, word_hash = next_word(data, stop, end, classes, lower)

    f(data, 0, len(data), *word_tables())
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from eurosift.filters.arrays import Int32s, UInt8s
from eurosift.filters.bits import ONE, first_bytes, load_word
from eurosift.filters.kernel import Integer, kernel
from eurosift.filters.unicode import (
    ALPHA,
    EXTEND,
    IGNORED,
    NUMBER,
    character_classes,
    lower_case,
)

LETTER_OR_NUMBER: Final = ALPHA | NUMBER
INSIDE: Final = ALPHA | NUMBER | EXTEND | IGNORED

APOSTROPHE: Final = 0x27
RIGHT_QUOTE: Final = 0x2019
FULL_STOP: Final = 0x2E
COMMA: Final = 0x2C
REPLACEMENT: Final = 0xFFFD
SURROGATES: Final = 0xD800 >> 11

SEED: Final = np.uint64(0x9E3779B97F4A7C15)
PRIME: Final = np.uint64(0xD6E8FEB86659FD93)
SHIFT: Final = np.uint64(32)


def word_tables() -> tuple[UInt8s, Int32s]:
    """Tables for `next_word`: class bits (uint8) and lower case (int32), by code point."""
    return character_classes(), lower_case()


@kernel
def decode(data: UInt8s, pos: Integer, end: Integer) -> tuple[Integer, int]:
    """Decode the character at `pos`: code point and number of bytes.

    A byte that begins no well-formed character (RFC 3629) is U+FFFD, one byte long; nothing is read
    at or after `end`.
    """
    first = np.int64(data[pos])
    if first < 0x80:
        return first, 1
    if first < 0xE0:
        if first >= 0xC2 and pos + 1 < end:
            second = np.int64(data[pos + 1]) ^ 0x80
            if second < 0x40:
                return (first & 0x1F) << 6 | second, 2
    elif first < 0xF0:
        if pos + 2 < end:
            second, third = np.int64(data[pos + 1]) ^ 0x80, np.int64(data[pos + 2]) ^ 0x80
            point = (first & 0x0F) << 12 | second << 6 | third
            if second | third < 0x40 and point >= 0x800 and point >> 11 != SURROGATES:
                return point, 3
    elif first < 0xF5 and pos + 3 < end:
        second, third = np.int64(data[pos + 1]) ^ 0x80, np.int64(data[pos + 2]) ^ 0x80
        fourth = np.int64(data[pos + 3]) ^ 0x80
        point = (first & 0x07) << 18 | second << 12 | third << 6 | fourth
        if second | third | fourth < 0x40 and 0x10000 <= point < 0x110000:
            return point, 4
    return REPLACEMENT, 1


@kernel
def mix(state: np.uint64) -> np.uint64:
    """One round of a hash: carry what is in each bit to those above, and half of it back.

    No two states become the same, and 0 stays 0.
    """
    state *= PRIME
    return state ^ state >> SHIFT


@kernel
def finish(state: np.uint64) -> np.uint64:
    """Mix the bits of a hash (the finalizer of MurmurHash3); never 0."""
    state ^= state >> np.uint64(33)
    state *= np.uint64(0xFF51AFD7ED558CCD)
    state ^= state >> np.uint64(33)
    state *= np.uint64(0xC4CEB9FE1A85EC53)
    state ^= state >> np.uint64(33)
    return state if state != np.uint64(0) else np.uint64(1)


@kernel
def hash_bytes(data: UInt8s, start: Integer, stop: Integer) -> np.uint64:
    """Hash ``data[start:stop]``, which is not empty, as it stands; odd, so never 0.

    The first and the last eight bytes overlap in short words, so that these need no branch. Up to
    seven bytes behind `stop` are read, and have to be there.
    """
    width = min(stop - start, 8)
    kept = first_bytes(width)
    state = load_word(data, np.uint64(start)) & kept ^ np.uint64(stop - start) * PRIME
    pos = start + 8
    while pos + 8 < stop:
        state = mix(state) ^ load_word(data, np.uint64(pos))
        pos += 8
    last = load_word(data, np.uint64(stop - width)) & kept
    return mix(mix(state) ^ last) | ONE


@kernel
def is_joined(
    data: UInt8s, pos: int, end: int, point: Integer, before: Integer, classes: UInt8s
) -> bool:
    """Whether the mark `point`, after a character of class `before`, is inside of a word.

    `pos` is where the next character begins.
    """
    if pos >= end:
        return False
    if point in (APOSTROPHE, RIGHT_QUOTE):
        kind = ALPHA
    elif point in (FULL_STOP, COMMA):
        kind = NUMBER
    else:
        return False
    if before & kind == 0:
        return False
    following, _ = decode(data, pos, end)
    return bool(classes[following] & kind)


@kernel
def next_word(
    data: UInt8s, pos: int, end: int, classes: UInt8s, lower: Int32s
) -> tuple[int, int, np.uint64]:
    """Find the next word at or after `pos`, which must be the beginning of a character.

    Parameters
    ----------
    data, pos, end
        UTF-8 bytes; the text ends before `end`.
    classes, lower
        From `word_tables`.

    Returns
    -------
    start, stop, hash
        The word is ``data[start:stop]``; ``start == stop == end`` when there is none. The hash has
        64 bits, is of the lower-cased word with U+2019 as U+0027, and is never 0 for a word.
    """
    while pos < end:
        byte = data[pos]
        if byte < 0x80:
            if classes[byte] & LETTER_OR_NUMBER:
                break
            pos += 1
        else:
            point, width = decode(data, pos, end)
            if classes[point] & LETTER_OR_NUMBER:
                break
            pos += width
    else:
        return end, end, np.uint64(0)
    start = pos
    state = SEED
    before = 0
    while pos < end:
        byte = data[pos]
        if byte < 0x80 and classes[byte] & LETTER_OR_NUMBER:
            before = classes[byte]
            state = mix(state ^ np.uint64(lower[byte]))
            pos += 1
            continue
        point, width = decode(data, pos, end)
        kind = classes[point]
        if kind & INSIDE:
            if kind & IGNORED == 0:
                state = mix(state ^ np.uint64(lower[point] if point < lower.size else point))
                if kind & EXTEND == 0:
                    before = kind
        elif is_joined(data, pos + width, end, point, before, classes):
            state = mix(state ^ np.uint64(APOSTROPHE if point == RIGHT_QUOTE else point))
        else:
            break
        pos += width
    return start, pos, finish(state)


def words(text: str) -> Iterator[tuple[str, int]]:
    """Words of a text and their hashes; for tests, notebooks and other slow uses.

    Examples
    --------
    >>> [word for word, _ in words("L'homme, 3.14 - don't...")]
    ["L'homme", '3.14', "don't"]
    """
    data = np.frombuffer(text.encode(), np.uint8)
    tables = word_tables()
    pos = 0
    while True:
        start, pos, value = next_word(data, pos, data.size, *tables)
        if start == pos:
            return
        yield data[start:pos].tobytes().decode(), int(value)
