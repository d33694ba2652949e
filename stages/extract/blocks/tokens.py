"""Parts of written markup: hints in values, attributes that tell, entities, ends of raw content."""

from __future__ import annotations

from typing import Final

import numpy as np

from eurosift.filters.arrays import UInt32s
from eurosift.filters.kernel import Integer, kernel
from eurosift.stages.extract.blocks.vocabulary import Vocabulary

LESS, MORE, AMPERSAND, QUOTE, SLASH, EQUALS, BANG = 0x3C, 0x3E, 0x26, 0x22, 0x2F, 0x3D, 0x21
SEMICOLON, HYPHEN, COMMA, LINE_FEED, BLANK, NO_BREAK = 0x3B, 0x2D, 0x2C, 0x0A, 0x20, 0xA0
SMALL_A, SMALL_C, SMALL_D, SMALL_G, SMALL_H, SMALL_I = 0x61, 0x63, 0x64, 0x67, 0x68, 0x69
SMALL_L, SMALL_M, SMALL_N, SMALL_Q, SMALL_R, SMALL_S = 0x6C, 0x6D, 0x6E, 0x71, 0x72, 0x73
MULTIPLIER: Final = 1_000_003
MASK: Final = (1 << 40) - 1


@kernel
def hints_of(points: UInt32s, begin: int, end: int, known: Vocabulary) -> tuple[Integer, Integer]:
    """Groups of the hints in a value, as bits, and a hash of the value."""
    found = np.int64(0)
    digest = np.int64(17)
    for i in range(begin, end):
        point = np.int64(points[i])
        if 0x41 <= point <= 0x5A:
            point += 0x20
        digest = (digest * MULTIPLIER + point) & MASK
        if point >= 128:
            continue
        for hint in range(known.firsts[point], known.firsts[point + 1]):
            first, size = known.hint_ends[hint], known.hint_ends[hint + 1] - known.hint_ends[hint]
            if i + size > end:
                continue
            same = True
            for k in range(1, size):
                letter = np.int64(points[i + k])
                if 0x41 <= letter <= 0x5A:
                    letter += 0x20
                if letter != known.hint_letters[first + k]:
                    same = False
                    break
            if same:
                found |= known.hint_groups[hint]
    return found, digest


@kernel
def find_end(points: UInt32s, begin: int, name_begin: int, name_end: int) -> int:
    """Where the end tag of an element with raw content begins; the end of the page without."""
    n = len(points)
    size = name_end - name_begin
    i = begin
    while i + 2 + size <= n:
        if points[i] == LESS and points[i + 1] == SLASH:
            k = 0
            while k < size and points[i + 2 + k] == points[name_begin + k]:
                k += 1
            if k == size:
                return i
        i += 1
    return n


@kernel
def is_telling(points: UInt32s, begin: int, end: int) -> bool:
    """Whether an attribute names what an element is for: class, id, role, itemprop."""
    size = end - begin
    first = points[begin] if size else np.uint32(0)
    if size == 5:
        return bool(
            first == SMALL_C
            and points[begin + 1] == SMALL_L
            and points[begin + 2] == SMALL_A
            and points[begin + 3] == SMALL_S
        )
    if size == 2:
        return bool(first == SMALL_I and points[begin + 1] == SMALL_D)
    return bool(
        (size == 4 and first == SMALL_R and points[begin + 3] == 0x65)
        or (size == 8 and first == SMALL_I and points[begin + 4] == 0x70)
    )


@kernel
def hides(points: UInt32s, name: int, name_end: int, begin: int, end: int) -> bool:
    """Whether an attribute hides its element: ``hidden``, or ``none`` in its style."""
    size = name_end - name
    if size == 6 and points[name] == SMALL_H and points[name + 5] == SMALL_N:
        return True
    if size != 5 or points[name] != SMALL_S or points[name + 4] != 0x65:
        return False
    for i in range(begin, end - 3):
        if (
            points[i] == SMALL_N
            and points[i + 1] == 0x6F
            and points[i + 2] == SMALL_N
            and points[i + 3] == 0x65
        ):
            return True
    return False


@kernel
def is_modal(points: UInt32s, name: int, name_end: int, begin: int, end: int) -> bool:
    """Whether an attribute says that its element lies over the page: ``aria-modal="true"``."""
    return bool(
        name_end - name == 10
        and points[name] == SMALL_A
        and points[name + 5] == SMALL_M
        and points[name + 9] == SMALL_L
        and end - begin == 4
        and points[begin] == 0x74
    )


@kernel
def entity(points: UInt32s, i: int) -> tuple[int, int]:
    """Character of the entity at `i`, and its length; those that a parser writes."""
    n = len(points)
    if i + 3 < n and points[i + 3] == SEMICOLON:
        if points[i + 1] == SMALL_L:
            return LESS, 4
        if points[i + 1] == SMALL_G:
            return MORE, 4
    if i + 4 < n and points[i + 4] == SEMICOLON and points[i + 1] == SMALL_A:
        return AMPERSAND, 5
    if i + 5 < n and points[i + 5] == SEMICOLON:
        if points[i + 1] == SMALL_N:
            return NO_BREAK, 6
        if points[i + 1] == SMALL_Q:
            return QUOTE, 6
    return AMPERSAND, 1
