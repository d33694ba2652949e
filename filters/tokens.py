"""Tokens of a document: their hashes and lengths for the n-grams, and what is counted on the way.

Tokens are words and symbols (`eurosift.filters.words`) or, for comparison with other tools, the
runs between white space. Hashes are case-sensitive here, as the published rules are.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from eurosift.filters.arrays import Int16s, Int32s, Int64s, UInt8s, UInt64s
from eurosift.filters.counts import (
    ALPHA_TOKENS,
    BULLET_LINES,
    ELLIPSIS_LINES,
    LETTERS,
    NUMBERS,
    STOP_WORDS,
    TOKENS,
    UNICODE_LINES,
    UPPERS,
    WORD_CHARS,
    WORDS,
)
from eurosift.filters.kernel import Integer, kernel
from eurosift.filters.lines import LINE_FEED
from eurosift.filters.unicode import ALPHA, BREAK, EXTEND, IGNORED, NUMBER, SPACE, UPPER
from eurosift.filters.words import (
    APOSTROPHE,
    FULL_STOP,
    INSIDE,
    LETTER_OR_NUMBER,
    RIGHT_QUOTE,
    absorb,
    decode,
    finish,
    hash_bytes,
    is_joined,
)

HYPHEN: Final = 0x2D
BLANK: Final = 0x20
BULLET: Final = 0x2022
CARRIAGE_RETURN: Final = 0x0D
NONE: Final = -1


@kernel
def find_stop_word(keys: UInt64s, numbers: Int16s, key: np.uint64) -> Integer:
    """Number of a stop word in its language's list, -1 if it is none (open addressing)."""
    mask = keys.size - 1
    slot = np.int64(key & np.uint64(mask))
    while keys[slot] != 0:
        if keys[slot] == key:
            return np.int64(numbers[slot])
        slot = (slot + 1) & mask
    return NONE


@kernel
def hash_marked(data: UInt8s, start: int, stop: int, mark: Integer) -> np.uint64:
    """Hash of a stop word that ends in a mark, from what stands before the mark."""
    return finish(absorb(hash_bytes(data, start, stop), mark))


@kernel
def hash_stop_word(data: UInt8s) -> np.uint64:
    """Key of a stop word in the tables."""
    last = data[data.size - 1]
    if data.size > 1 and last in (APOSTROPHE, HYPHEN, FULL_STOP):
        return hash_marked(data, 0, data.size - 1, last)
    return hash_bytes(data, 0, data.size)


@kernel
def ends_in_ellipsis(data: UInt8s, start: int, stop: int) -> bool:
    """Whether ``data[start:stop]`` ends in three points or in U+2026."""
    if stop - start < 3:
        return False
    first, second, third = data[stop - 3], data[stop - 2], data[stop - 1]
    points = first == FULL_STOP and second == FULL_STOP and third == FULL_STOP
    return bool(points or (first == 0xE2 and second == 0x80 and third == 0xA6))


@kernel
def scan_tokens(
    data: UInt8s,
    start: int,
    end: int,
    classes: UInt8s,
    whitespace: bool,  # noqa: FBT001 - kernels are called by position
    stop_keys: UInt64s,
    stop_numbers: Int16s,
    clitics: bool,  # noqa: FBT001
    seen: Int64s,
    stamp: int,
    hashes: UInt64s,
    chars_before: Int32s,
    counts: Int64s,
) -> int:
    """Scan the tokens of ``data[start:end]``.

    Parameters
    ----------
    whitespace
        Whether tokens are simply what stands between white space.
    stop_keys, stop_numbers
        Table of the language's stop words; a table of one empty slot if there are none.
    clitics
        Whether a hyphen or apostrophe right after a letter belongs to the word before it, as in
        Maltese ``il-`` and ``ta'``.
    seen, stamp
        Stop word *k* was met in this document if ``seen[k] == stamp``.
    hashes, chars_before
        Filled: the hash of each token; the characters in all tokens before token *k*.
    counts
        Filled: this document's row.

    Returns
    -------
    int
        The number of tokens.
    """
    n = 0
    n_chars = 0
    n_words = 0
    n_word_chars = 0
    n_alpha = 0
    n_letters = 0
    n_uppers = 0
    n_numbers = 0
    n_stop_words = 0
    n_lines = 0
    n_bullets = 0
    n_ellipses = 0
    first_point: Integer = NONE
    last_stop = start
    line_start = start
    has_list = stop_keys.any()
    chars_before[0] = 0
    pos = start
    while pos < end:
        byte = data[pos]
        if byte == BLANK:
            pos += 1
            continue
        point, width = decode(data, pos, end)
        kind = classes[point]
        if kind & SPACE:
            pos += width
            if kind & BREAK:
                if point == CARRIAGE_RETURN and pos < end and data[pos] == LINE_FEED:
                    pos += 1
                n_lines += 1
                if first_point in (BULLET, HYPHEN):
                    n_bullets += 1
                if first_point != NONE and ends_in_ellipsis(data, line_start, last_stop):
                    n_ellipses += 1
                first_point = NONE
                line_start = pos
            continue
        if first_point == NONE:
            first_point = point
        token_start = pos
        elision = NONE
        kinds = 0
        length = 0
        if whitespace:
            while pos < end:
                point, width = np.int64(data[np.uint64(pos)]), 1
                if point >= 0x80:
                    point, width = decode(data, pos, end)
                kind = classes[point]
                if kind & SPACE:
                    break
                kinds |= kind
                n_letters += kind & ALPHA != 0
                n_numbers += kind & NUMBER != 0
                n_uppers += kind & UPPER != 0
                length += 1
                pos += width
        elif kind & LETTER_OR_NUMBER:
            before = 0
            while pos < end:
                byte = data[np.uint64(pos)]  # an unsigned index is never counted from the end
                if byte < 0x80:
                    kind = classes[byte]
                    if kind & LETTER_OR_NUMBER:
                        kinds |= kind
                        before = kind
                        n_letters += kind & ALPHA != 0
                        n_numbers += kind & NUMBER != 0
                        n_uppers += kind & UPPER != 0
                        length += 1
                        pos += 1
                        continue
                    if byte == BLANK:
                        break
                point, width = decode(data, pos, end)
                kind = classes[point]
                if kind & INSIDE:
                    if kind & (EXTEND | IGNORED) == 0:
                        before = kind
                    kinds |= kind
                    n_letters += kind & ALPHA != 0
                    n_numbers += kind & NUMBER != 0
                    n_uppers += kind & UPPER != 0
                elif is_joined(data, pos + width, end, point, before, classes):
                    if elision == NONE and point in (APOSTROPHE, RIGHT_QUOTE):
                        elision = pos
                else:
                    break
                length += 1
                pos += width
            if clitics and pos < end and before & ALPHA:
                point, width = decode(data, pos, end)
                if point in (HYPHEN, APOSTROPHE, RIGHT_QUOTE):
                    elision = pos if elision == NONE else elision
                    length += 1
                    pos += width
        else:
            symbol = point
            while pos < end:
                point, width = decode(data, pos, end)
                if point != symbol and classes[point] & (EXTEND | IGNORED) == 0:
                    break
                length += 1
                pos += width
        last_stop = pos
        key = hash_bytes(data, token_start, pos)
        hashes[n] = key
        n += 1
        n_chars += length
        chars_before[n] = n_chars
        n_alpha += kinds & ALPHA != 0
        if kinds & LETTER_OR_NUMBER:
            n_words += 1
            n_word_chars += length
        if not has_list or kinds & ALPHA == 0:
            continue
        number = find_stop_word(stop_keys, stop_numbers, key)
        if number == NONE:
            # Lists hold what other tokenizers cut off: elisions, clitics, abbreviations.
            stem = pos
            if elision != NONE:
                stem = elision
            elif whitespace:
                stem = pos - 1
            if stem < end and data[stem] != BLANK:
                mark, _ = decode(data, stem, end)
                mark = APOSTROPHE if mark == RIGHT_QUOTE else mark
                if mark in (APOSTROPHE, HYPHEN, FULL_STOP):
                    key = hash_marked(data, token_start, stem, mark)
                    number = find_stop_word(stop_keys, stop_numbers, key)
        if number != NONE and seen[number] != stamp:
            seen[number] = stamp
            n_stop_words += 1
    if line_start < end:
        n_lines += 1
        if first_point in (BULLET, HYPHEN):
            n_bullets += 1
        if first_point != NONE and ends_in_ellipsis(data, line_start, last_stop):
            n_ellipses += 1
    counts[TOKENS] = n
    counts[WORDS] = n_words
    counts[WORD_CHARS] = n_word_chars
    counts[ALPHA_TOKENS] = n_alpha
    counts[LETTERS] = n_letters
    counts[UPPERS] = n_uppers
    counts[NUMBERS] = n_numbers
    counts[STOP_WORDS] = n_stop_words
    counts[UNICODE_LINES] = n_lines
    counts[BULLET_LINES] = n_bullets
    counts[ELLIPSIS_LINES] = n_ellipses
    return n
