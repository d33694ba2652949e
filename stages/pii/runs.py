"""Runs of digits, of letters and digits, and of what keys are made of: how far they go."""

from __future__ import annotations

from typing import Final

import numpy as np

from eurosift.filters.arrays import UInt8s
from eurosift.filters.kernel import kernel
from eurosift.stages.pii.shapes import (
    ALNUM,
    DIGIT,
    LETTER,
    LOWER,
    UPPER,
    is_key_byte,
    separator_before,
    separator_width,
)

_MIN_DIGITS: Final = 7
_MIN_WORD_DIGITS: Final = 6
_LONG_WORD: Final = 16
_CARD_WORD: Final = 10
_MAX_GAP: Final = 4


@kernel
def digits_at(data: UInt8s, pos: int, end: int, classes: UInt8s) -> tuple[int, int, int]:
    """A run of digits to its end, over separators: its end, digits, most numbers with points."""
    last = pos
    digits = 0
    points = 0
    most_points = 0
    gap = 0
    at = pos
    while at < end:
        byte = data[np.uint64(at)]
        if classes[byte] & DIGIT:
            if not (gap == 1 and data[at - 1] == 0x2E):
                points = points if gap == 0 else 0
            else:
                points += 1
                most_points = max(most_points, points)
            digits += 1
            at += 1
            last = at
            gap = 0
            continue
        width = separator_width(data, at, end, classes)
        if (
            width == 0
            and byte == 0x2B
            and gap == 0
            and at + 1 < end
            and classes[data[at + 1]] & DIGIT
        ):
            width = 1  # "640823+3234": a person of more than a hundred years
        gap += 1
        if width == 0 or gap > _MAX_GAP:
            break
        at += width
    return last, digits, most_points


@kernel
def is_number(data: UInt8s, pos: int, last: int, start: int, digits: int, classes: UInt8s) -> bool:
    """Whether a run of digits is long enough: seven, or six behind a capital letter."""
    if digits >= _MIN_DIGITS:
        return True
    if digits != _MIN_WORD_DIGITS:
        return False
    at = pos - separator_before(data, pos, start)
    if at in (pos, start):
        return False
    named = at - 2 >= start and data[at - 1] == 0x72 and data[at - 2] == 0x6E  # "ABC nr 123456"
    return bool(named or classes[data[at - 1]] & UPPER or data[at - 1] >= 0x80)


@kernel
def is_fiscal(data: UInt8s, pos: int, start: int, end: int, classes: UInt8s) -> bool:
    """Whether the birthday of an Italian codice fiscale in groups begins at `pos`: "AB 85T10"."""
    if pos + 4 >= end or not classes[data[pos + 1]] & DIGIT:
        return False
    at = pos + 2
    spaced = data[at] == 0x20
    at += spaced
    if not classes[data[at]] & (UPPER if spaced else LETTER):
        return False
    at += 1
    if at < end and data[at] == 0x20:
        at += 1
    before = pos - separator_before(data, pos, start)
    return bool(
        at + 1 < end
        and classes[data[at]] & DIGIT
        and classes[data[at + 1]] & DIGIT
        and start < before < pos
        and classes[data[before - 1]] & LETTER
    )


@kernel
def account_at(data: UInt8s, pos: int, start: int, end: int, classes: UInt8s) -> int:
    """Where two letters begin a word before two digits at `pos`, perhaps a space apart; -1 if not.

    With a space between them they are capitals.
    """
    if pos + 2 >= end or not classes[data[pos + 1]] & DIGIT:
        return -1
    spaced = pos > start and data[pos - 1] == 0x20
    kind = UPPER if spaced else LETTER
    begin = pos - 2 - spaced
    if begin < start or not (classes[data[begin]] & kind and classes[data[begin + 1]] & kind):
        return -1
    return -1 if begin > start and classes[data[begin - 1]] & ALNUM else begin


@kernel
def word_around(
    data: UInt8s, pos: int, lowest: int, end: int, classes: UInt8s
) -> tuple[int, int, bool]:
    """Letters and digits around `pos`: begin, end, and whether they may be an identifier."""
    begin = pos
    while begin > lowest and classes[data[begin - 1]] & ALNUM:
        begin -= 1
    stop = pos
    numerals = 0
    small = False
    while stop < end and classes[data[stop]] & ALNUM:
        numerals += classes[data[stop]] & DIGIT
        small |= classes[data[stop]] & LOWER != 0
        stop += 1
    for before in range(begin, pos):
        small |= classes[data[before]] & LOWER != 0
    length = stop - begin
    fits = numerals < length and (
        numerals >= _MIN_WORD_DIGITS
        or length >= _LONG_WORD
        or (length in (_CARD_WORD, _CARD_WORD - 1) and not small)
    )
    return begin, stop, bool(fits)


@kernel
def key_around(data: UInt8s, pos: int, lowest: int, end: int, classes: UInt8s) -> tuple[int, int]:
    """Begin and end of what keys are made of, around `pos`."""
    begin = pos
    while begin > lowest and is_key_byte(data[begin - 1], classes):
        begin -= 1
    stop = pos
    while stop < end and is_key_byte(data[stop], classes):
        stop += 1
    return begin, stop
