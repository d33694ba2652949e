"""Fold: texts as near-duplicates are told by.

Texts are normalised as is usual for that (datatrove's ``simplify_text``, used for FineWeb): lower
case, diacritics removed, numbers as ``0``, punctuation as white space. Two points differ, both in
favour of recall: every symbol separates words, not a list of them, and characters that are
invisible inside of words (soft hyphen, joiners) are ignored.

Folded text is bytes: a 0 for whatever separates words, and UTF-8 for all else, but that a letter of
`LETTERS` is one byte of those that elsewhere only go on a character. So nearly each letter of the
official languages of the EU is one byte, and words are short enough to be hashed in one go.
"""

from __future__ import annotations

from functools import cache
from typing import Final
from unicodedata import ucd_3_2_0

import numpy as np

from eurosift.filters.arrays import UInt8s, UInt32s, UInt64s
from eurosift.filters.bits import ONE, VECTOR, count_bits, load_word, trailing_zeros
from eurosift.filters.kernel import Integer, Intrinsic, kernel
from eurosift.filters.unicode import (
    ALPHA,
    EXTEND,
    NUMBER,
    character_classes,
    lower_case,
)
from eurosift.filters.unicode import IGNORED as INVISIBLE
from eurosift.filters.words import decode

fold_letters = Intrinsic("eurosift.filters.vectors", "fold_letters")
mask_characters = Intrinsic("eurosift.filters.vectors", "mask_characters")
NONE: Final = np.uint64(0)
"""An empty mask."""

SEPARATOR, IGNORED, DIGIT, DECIMAL = 0, 1, 2, 3
"""Classes of characters among folded code points; all other entries are code points."""
TABLE_SIZE = 0x20000
"""Planes 0 and 1. Planes 2 and 3 are ideographs, which fold to themselves."""
IDEOGRAPHS_END = 0x40000
FINAL_SIGMA, SIGMA = 0x03C2, 0x03C3
DECIMAL_MARKS = ".,\u060c\u066b\u2396\u2397\u2398"

LETTERS: Final = "ßæøđħłœαβγδεζηθικλμνξοπρστυφχψωабвгдежзиклмнопрстуфхцчшщъыьэюя"
"""Letters that have a byte of their own, from `FIRST_LETTER` on."""
FIRST_LETTER: Final = 0x80

WIDTH: Final = np.uint64(32)
"""Where the number of bytes begins in a spelling; below it are the bytes, the first one lowest."""
WIDTH_MASK: Final = np.uint64(7)
IS_DIGIT: Final = np.uint64(1 << 40)
IS_DECIMAL: Final = np.uint64(1 << 41)
LOW_HALF: Final = np.uint64(0xFFFFFFFF)
IDEOGRAPH: Final = np.uint64(4 << 32)

DENSE: Final = 16
"""From so many characters in 64 bytes on that are no ASCII letters, all are looked at singly."""


def strip_marks(code: int) -> int:
    """Code point without its diacritics; itself if more than one character remains.

    Decompositions are those of Unicode 3.2, which every Python carries: they never change for a
    character once it is assigned, but newer tables know more characters, and data must not depend
    on the interpreter.
    """
    parts = ucd_3_2_0.normalize("NFD", chr(code))
    base = [part for part in parts if ucd_3_2_0.category(part) != "Mn"]
    return ord(base[0]) if len(base) == 1 else code


@cache
def folded_points() -> UInt32s:
    """Classes and folded code points by code point: uint32, shape (TABLE_SIZE,)."""
    table = np.arange(TABLE_SIZE, dtype=np.uint32)
    lower = lower_case()[:TABLE_SIZE]
    table[: lower.size] = lower
    table[FINAL_SIGMA] = SIGMA  # text in capitals folds to the same words
    classes = character_classes()[:TABLE_SIZE]
    in_word = (classes & (ALPHA | NUMBER)) != 0
    for code in np.flatnonzero(in_word):
        if ucd_3_2_0.category(chr(code)) == "Nd":
            table[code] = DIGIT
        elif ucd_3_2_0.decomposition(chr(table[code])):
            table[code] = strip_marks(int(table[code]))
    mark = (classes & EXTEND) != 0
    for code in np.flatnonzero(mark):
        if ucd_3_2_0.category(chr(code)) != "Mc":  # vowel signs that take up space are letters
            table[code] = IGNORED
    table[~in_word & ~mark] = SEPARATOR
    table[(classes & INVISIBLE) != 0] = IGNORED
    table[[ord(mark) for mark in DECIMAL_MARKS]] = DECIMAL
    return table


def spell(points: UInt32s) -> UInt64s:
    """Spell code points in UTF-8: the bytes, the first one lowest, and their number (`WIDTH`)."""
    code = points.astype(np.uint64)
    low, middle, high = (
        code >> np.uint64(6 * i) & np.uint64(0x3F) | np.uint64(0x80) for i in range(3)
    )
    spelled = (
        code,
        0xC0 | code >> 6 | low << 8,
        0xE0 | code >> 12 | middle << 8 | low << 16,
        0xF0 | code >> 18 | high << 8 | middle << 16 | low << 24,
    )
    longer = np.digitize(points, (0x80, 0x800, 0x10000))
    found: UInt64s = np.choose(longer, spelled) | (longer + 1).astype(np.uint64) << WIDTH
    return found


@cache
def folding_table() -> UInt64s:
    """How each code point is spelled in folded text: uint64, shape (TABLE_SIZE,).

    See `spell`; digits and decimal marks are told by a bit.
    """
    points = folded_points()
    table = spell(points)
    for number, letter in enumerate(LETTERS, FIRST_LETTER):
        table[points == ord(letter)] = 1 << 32 | number
    table[points == SEPARATOR] = 1 << 32
    table[points == IGNORED] = 0
    table[points == DIGIT] = IS_DIGIT | 1 << 32 | ord("0")
    table[points == DECIMAL] = IS_DECIMAL | 1 << 32
    table.setflags(write=False)
    return table


@kernel
def read_character(
    text: UInt8s, pos: Integer, size: Integer, table: UInt64s
) -> tuple[np.uint64, Integer]:
    """Spelling of the character at `pos`, and how many bytes it has there."""
    first: Integer = np.int64(text[np.uint64(pos)])
    second = np.int64(text[np.uint64(pos + 1)]) ^ 0x80
    # Whether it has one byte or two is hard to guess for the processor: there is a branch for what
    # is rare alone.
    is_ascii = first < 0x80
    limit = 0x100 if is_ascii else 0x40
    if second < (limit if (first < 0xE0) & (is_ascii | (first >= 0xC2)) else 0):
        code = first if is_ascii else (first & 0x1F) << 6 | second
        return table[np.uint64(code)], 2 - is_ascii
    code, width = decode(text, pos, size)
    if code < TABLE_SIZE:
        return table[np.uint64(code)], width
    if code < IDEOGRAPHS_END:
        return load_word(text, np.uint64(pos)) & LOW_HALF | IDEOGRAPH, width
    return NONE, width


@kernel
def end_number(text: UInt8s, pos: Integer, size: Integer, table: UInt64s) -> Integer:
    """Where the number ends of which a digit is before `pos`: behind a last digit.

    Numbers have one decimal mark at most, between digits.
    """
    end = pos
    has_mark = False
    while pos < size:
        spelling, width = read_character(text, pos, size, table)
        pos += width
        if spelling & IS_DIGIT:
            end = pos
        elif spelling & IS_DECIMAL and not has_mark:
            has_mark = True
        elif spelling != NONE:
            break
    return end


@kernel
def from_bit(mask: np.uint64, bit: Integer) -> np.uint64:
    """Mask without the bits before one, which may be behind the last."""
    return mask >> np.uint64(bit) << np.uint64(bit) if bit < VECTOR else NONE


@kernel
def fold(text: UInt8s, size: Integer, table: UInt64s, out: UInt8s) -> Integer:
    """Fold ``text[:size]``; return the number of bytes, of which the last one is 0.

    Behind `size` the text needs `VECTOR` zeros. `out` has room for `room_to_fold` bytes; there are
    `VECTOR` zeros behind what is folded, too.
    """
    pos: Integer = np.int64(0)
    place: Integer = np.int64(0)
    while pos < size:
        start = pos
        # All is copied, to be written over from the first character on that takes more than that;
        # behind it the rest is copied, and so on. Where nearly every character does, each is
        # written by itself.
        chosen = fold_letters(text, pos, out, place)
        is_dense = count_bits(chosen) > DENSE
        if is_dense:
            chosen = mask_characters(text, pos)
        while chosen != NONE:
            found = start + np.int64(trailing_zeros(chosen))
            chosen &= chosen - ONE
            if is_dense and pos != found:  # between are bytes that are not UTF-8
                fold_letters(text, pos, out, place)
            place += found - pos
            spelling, width = read_character(text, found, size, table)
            pos = found + width
            # In a kernel of their own these four, of which one store is made, take longer.
            out[np.uint64(place)] = spelling
            out[np.uint64(place + 1)] = spelling >> np.uint64(8)
            out[np.uint64(place + 2)] = spelling >> np.uint64(16)
            out[np.uint64(place + 3)] = spelling >> np.uint64(24)
            place += np.int64(spelling >> WIDTH & WIDTH_MASK)
            if spelling & IS_DIGIT:
                pos = end_number(text, pos, size, table)
                chosen = from_bit(chosen, pos - start)
            if not is_dense:
                fold_letters(text, pos, out, place)
        if pos < start + VECTOR:
            fold_letters(text, pos, out, place)
            place += start + VECTOR - pos
            pos = start + VECTOR
    fold_letters(text, size, out, place)
    return place + 1


@kernel
def room_to_fold(size: Integer) -> Integer:
    """How many bytes a text of `size` bytes may take: a few letters of two bytes get three."""
    return size + size // 2 + 3 * VECTOR


def folded_words(text: str) -> list[bytes]:
    """Words of one text, folded; for tests, notebooks and other slow uses.

    Examples
    --------
    >>> folded_words("Über 1.250,50 Kč – ça va?")
    [b'uber', b'0', b'0', b'kc', b'ca', b'va']
    """
    content = text.encode()
    size = len(content)
    padded = np.frombuffer(content + bytes(VECTOR), np.uint8)
    out = np.empty(room_to_fold(size), np.uint8)
    n = fold(padded, size, folding_table(), out)
    return out[:n].tobytes().replace(b"\0", b" ").split()
