"""`eurosift.langid.normalise.normalise` over the code points of a text, for kernels.

Where composition or an unusual lower case may have a say, which is rare, it is left to the
definition.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from eurosift.filters.arrays import Int32s, UInt8s
from eurosift.filters.kernel import Integer, kernel
from eurosift.filters.unicode import SPACE
from eurosift.langid.letters import (
    CASED,
    COMBINING,
    DOTTED_I,
    IGNORABLE,
    JOINER,
    RARE,
    SIGMA,
    WORD,
    Letters,
)
from eurosift.langid.normalise import SLUG_HYPHENS
from eurosift.langid.points import encode

UNDONE: Final = -1
"""Instead of a length: the text is for the definition."""
BLANK: Final = 0x20
APOSTROPHE: Final = 0x27
COLON, SLASH, POINT, AT, SMALL_W = 0x3A, 0x2F, 0x2E, 0x40, 0x77
EQUALS, QUOTE, HYPHEN = 0x3D, 0x22, 0x2D
RIGHT_QUOTE: Final = 0x2019
MODIFIER_APOSTROPHE: Final = 0x2BC
DOT_ABOVE: Final = 0x307
DOT_ABOVE_ORDER: Final = 230
"""Its canonical combining class."""
SMALL_SIGMA, FINAL_SIGMA = 0x3C3, 0x3C2


@kernel
def may_have_addresses(points: Int32s, n: int) -> bool:
    """Whether there is ``:/``, ``w.``, ``="`` or ``@``; a loop over many characters at once."""
    found = n > 0 and points[n - 1] == AT
    for i in range(n - 1):
        point, following = points[np.uint64(i)], points[np.uint64(i + 1)]
        found |= point == AT
        found |= (point == COLON) & (following == SLASH)
        found |= (point == SMALL_W) & (following == POINT)
        found |= (point == EQUALS) & (following == QUOTE)
    return found


@kernel
def blank_addresses(points: Int32s, n: int) -> None:
    """Put blanks in place of runs of visible ASCII that hold ``://``, ``www.``, ``="``, ``@``."""
    if not may_have_addresses(points, n):
        return
    pos = 0
    while pos < n:
        start = pos
        found = False
        while pos < n and BLANK < points[pos] < 0x7F:
            point = points[pos]
            if point == AT:
                found = True
            elif point == SLASH and pos - start >= 2:
                found |= points[pos - 1] == SLASH and points[pos - 2] == COLON
            elif point == POINT and pos - start >= 3:
                www = points[pos - 1] == SMALL_W and points[pos - 2] == SMALL_W
                found |= www and points[pos - 3] == SMALL_W
            elif point == QUOTE and pos > start:
                found |= points[pos - 1] == EQUALS
            pos += 1
        if found:
            points[start:pos] = BLANK
        pos += 1


@kernel
def is_plain(points: Int32s, n: int, letters: Letters) -> bool:
    """Whether the text is in NFC, and its lower case, too."""
    last = 0
    for i in range(n):
        point = points[i]
        kind = letters.kinds[point]
        if kind & RARE:
            return False
        if kind & COMBINING:
            order = letters.combining[point]
            if order < last:
                return False
            last = order
        else:
            last = DOT_ABOVE_ORDER if point == DOTTED_I else 0
    return True


@kernel
def small_sigma(points: Int32s, pos: int, n: int, kinds: UInt8s) -> Integer:
    """Lower case of a sigma after a cased character; whether one follows begins at `pos`."""
    while pos < n and kinds[points[pos]] & IGNORABLE:
        pos += 1
    return SMALL_SIGMA if pos < n and kinds[points[pos]] & CASED else FINAL_SIGMA


@kernel
def normalise_points(points: Int32s, n: int, letters: Letters, out: UInt8s, begin: int) -> int:
    """Write the words of ``points[:n]``, which are changed, to ``out[begin:]``.

    Parameters
    ----------
    points, n
        The text.
    letters
        From `eurosift.langid.letters.letters`.
    out, begin
        Where to write UTF-8; room for 4 bytes for each code point.

    Returns
    -------
    Where the words end, or `UNDONE`.
    """
    blank_addresses(points, n)
    if not is_plain(points, n, letters):
        return UNDONE
    # Arrays of a tuple cost a count of references at each use, so they are taken out of it.
    kinds, lower = letters.kinds, letters.lower
    end = begin
    in_word = False
    after_cased = False
    joiners = 0
    # Of the word: where it begins in `out`, its joiners, and whether all are single hyphens.
    word, hyphens, only_hyphens = begin, 0, True
    for i in range(n):
        point = points[i]
        kind = kinds[point]
        if kind & WORD:
            if not in_word:
                split_slug(out, word, end, hyphens, only_hyphens)
                if end > begin:
                    out[end] = BLANK
                    end += 1
                word, hyphens, only_hyphens = end, 0, True
            if joiners > 0:
                hyphens += 1
                only_hyphens &= joiners == 1 and points[i - 1] == HYPHEN
            for k in range(i - joiners, i):
                joiner = points[k]
                end = encode(APOSTROPHE if joiner == RIGHT_QUOTE else joiner, out, end)
            small = lower[point] if point < lower.size else point
            if small == MODIFIER_APOSTROPHE:
                small = APOSTROPHE
            elif point == SIGMA and after_cased:
                small = small_sigma(points, i + 1, n, kinds)
            end = encode(small, out, end)
            if point == DOTTED_I:
                end = encode(DOT_ABOVE, out, end)
            in_word = True
            joiners = 0
        elif in_word and kind & JOINER:
            joiners += 1
        else:
            in_word = False
            joiners = 0
        if kind & IGNORABLE == 0:
            after_cased = kind & CASED != 0
    split_slug(out, word, end, hyphens, only_hyphens)
    return end


@kernel
def split_slug(out: UInt8s, start: int, end: int, hyphens: int, only_hyphens: bool) -> None:  # noqa: FBT001 - kernels are called by position
    """Put blanks in place of the hyphens of a word with many of them, and no other joiners."""
    if hyphens < SLUG_HYPHENS or not only_hyphens:
        return
    for i in range(start, end):
        if out[i] == HYPHEN:
            out[i] = BLANK


@kernel
def join_points(points: Int32s, n: int, classes: UInt8s, out: UInt8s, begin: int) -> int:
    """Write ``points[:n]`` on one line to ``out[begin:]``: NUL and white space as single blanks.

    Parameters
    ----------
    points, n
        The text.
    classes
        From `eurosift.filters.unicode.character_classes`.
    out, begin
        Where to write UTF-8; room for 4 bytes for each code point.

    Returns
    -------
    Where the line ends.
    """
    end = begin
    separated = False
    for i in range(n):
        point = points[i]
        if point == 0 or classes[point] & SPACE:
            separated = True
            continue
        if separated and end > begin:
            out[end] = BLANK
            end += 1
        separated = False
        end = encode(point, out, end)
    return end
