"""Where words end: how a word goes on over signs, by language.

Beyond the words of deduplication (`eurosift.filters.words`), which are the same whatever the
language, a word here goes on over what spaCy's tokenizers leave whole, on which the published
thresholds were made: points between letters or numbers and after a single letter (``s.r.o.``), but
not between a small and a capital letter; colons, slashes and ``=`` before a number (``12:30``); a
hyphen between a letter and a number (``covid-19``); ``&`` between letters; brackets, quotation
marks and other signs that stand between letters or numbers without white space
(``COM(2018)0568``); addresses from their scheme to white space. And languages differ
(`SEGMENTATION`).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from eurosift.filters.arrays import UInt8s
from eurosift.filters.characters import (
    ALPHA,
    LATER,
    NUMBER,
    QUIET,
    UPPER,
    chars_between,
    find_space,
)
from eurosift.filters.kernel import Integer, kernel
from eurosift.filters.signs import (
    AMPERSAND,
    CLOSE_ROUND,
    CLOSE_SQUARE,
    COLON,
    DOUBLE_QUOTE,
    FULL_STOP,
    OPEN_SQUARE,
    SEMICOLON,
    SLASH,
)
from eurosift.filters.words import APOSTROPHE, COMMA

HYPHEN: Final = 0x2D
UNDERSCORE: Final = 0x5F
AT: Final = 0x40
OPEN_ROUND: Final = 0x28
ASTERISK: Final = 0x2A
PLUS: Final = 0x2B
EQUALS: Final = 0x3D
BACKSLASH: Final = 0x5C
BAR: Final = 0x7C
PERCENT_SIGN: Final = 0x25
LETTER_OR_NUMBER: Final = ALPHA | NUMBER
LETTER_OR_NUMBER_OR_UPPER: Final = ALPHA | NUMBER | UPPER

ELISION: Final = 1
"""An apostrophe between letters ends a word: French and Italian ``l'``."""
CLITIC: Final = 2
"""A hyphen or an apostrophe after a letter ends a word: Maltese ``il-``, ``ta'``."""
COLON_INSIDE: Final = 4
"""A colon between letters is inside of a word: Finnish ``EU:n``, Swedish ``EU:s``."""
HYPHEN_INSIDE: Final = 8
"""A hyphen is inside of a word: German ``E-Mail``, Portuguese ``ajudá-lo``."""
ORDINAL: Final = 16
"""A point after a number of one or two digits belongs to it: German ``3. Mai``."""
SLASH_INSIDE: Final = 32
"""A slash between letters is inside of a word: Dutch ``en/of``."""
CONTRACTION: Final = 64
"""An apostrophe between letters begins a word: English ``'s``, ``'ll``."""
APOCOPE: Final = 128
"""An apostrophe after a letter ends a word: Greek ``σ'``, Italian ``po'``."""
PERCENT: Final = 256
"""A percent sign belongs to the number before it."""
BRACKET_APART: Final = 512
"""A bracket or quotation mark between letters is outside of words: German ``Student(in``."""

SEGMENTATION: Final = {
    "cat_Latn": ELISION,
    "dan_Latn": HYPHEN_INSIDE | ORDINAL | BRACKET_APART,
    "deu_Latn": HYPHEN_INSIDE | ORDINAL | BRACKET_APART,
    "ell_Grek": HYPHEN_INSIDE | ORDINAL | APOCOPE | PERCENT,
    "eng_Latn": CONTRACTION,
    "fin_Latn": HYPHEN_INSIDE | COLON_INSIDE | BRACKET_APART,
    "fra_Latn": HYPHEN_INSIDE | ELISION,
    "hun_Latn": HYPHEN_INSIDE | ORDINAL | SLASH_INSIDE | PERCENT | BRACKET_APART,
    "ita_Latn": ELISION | APOCOPE,
    "mlt_Latn": CLITIC,
    "nld_Latn": HYPHEN_INSIDE | SLASH_INSIDE | PERCENT | BRACKET_APART,
    "pol_Latn": BRACKET_APART,
    "por_Latn": HYPHEN_INSIDE,
    "ron_Latn": HYPHEN_INSIDE | SLASH_INSIDE | PERCENT,
    "slv_Latn": ORDINAL,
    "spa_Latn": HYPHEN_INSIDE | PERCENT,
    "swe_Latn": HYPHEN_INSIDE | COLON_INSIDE | BRACKET_APART,
}
"""How languages differ from the common rules."""


@kernel
def apostrophe_width(text: UInt8s, pos: Integer) -> Integer:
    """Bytes of the apostrophe at `pos`, typewriter's or typographer's; 0 if there is none."""
    if text[pos] == APOSTROPHE:
        return 1
    if text[pos] == 0xE2 and text[pos + 1] == 0x80 and text[pos + 2] == 0x99:
        return 3
    return 0


@kernel
def mark_before(marks: UInt8s, first: Integer, pos: Integer) -> Integer:
    """Marks of the letter or number before `pos`, combining marks and the like aside."""
    while pos > first:
        pos -= 1
        if marks[pos] & QUIET == 0:
            return np.int64(marks[pos]) & LETTER_OR_NUMBER_OR_UPPER
    return 0


@kernel
def join(
    text: UInt8s,
    size: Integer,
    marks: UInt8s,
    segmentation: Integer,
    first: Integer,
    part: Integer,
    pos: Integer,
) -> tuple[Integer, bool]:
    """How a word goes on over the sign at `pos`, which is no letter and no number.

    `first` is where the word begins, `part` where it went on for the last time. Returns where the
    sign ends, `pos` if it is not part of the word, and whether the word goes on behind it; if it is
    not part of the word and yet there is no end, it begins the next word.
    """
    byte = text[np.uint64(pos)]
    before = mark_before(marks, part, pos)
    after = marks[np.uint64(pos + 1)]
    both = before & after
    if byte == FULL_STOP:
        if (
            before
            and after & LETTER_OR_NUMBER
            and (after & UPPER == 0 or before & ALPHA == 0 or before & UPPER)
        ):
            return pos + 1, True
        if (
            before & ALPHA
            and (part == first or text[part - 1] == FULL_STOP)
            and chars_between(marks, part, pos, is_ascii=False) == 1
        ):
            return pos + 1, False
        if (
            segmentation & ORDINAL
            and part == first
            and pos - part <= 2
            and before & marks[part] & NUMBER
        ):
            return pos + 1, False
    elif byte == COMMA:
        if both & NUMBER:
            return pos + 1, True
    elif byte == SLASH:
        if before and (after & NUMBER or (segmentation & SLASH_INSIDE and both & ALPHA)):
            return pos + 1, True
    elif byte == COLON:
        if before and (after & NUMBER or (segmentation & COLON_INSIDE and both & ALPHA)):
            return pos + 1, True
        if after & LETTER_OR_NUMBER == 0 and text[pos + 1] == SLASH and text[pos + 2] == SLASH:
            return address_end(text, marks, pos, size), False
    elif byte == HYPHEN:
        if segmentation & CLITIC:
            return (pos + 1, False) if before & ALPHA else (pos, False)
        both_kinds = (before | after) & LETTER_OR_NUMBER == LETTER_OR_NUMBER
        if before and after & LETTER_OR_NUMBER and (segmentation & HYPHEN_INSIDE or both_kinds):
            return pos + 1, True
    elif byte == AMPERSAND:
        if both & ALPHA:
            return pos + 1, True
    elif byte == PLUS or byte == ASTERISK:
        if before and after & LETTER_OR_NUMBER and both & NUMBER == 0:
            return pos + 1, True
    elif byte == EQUALS:
        if before and after & NUMBER:
            return pos + 1, True
    elif (
        byte == OPEN_ROUND
        or byte == CLOSE_ROUND
        or byte == OPEN_SQUARE
        or byte == CLOSE_SQUARE
        or byte == DOUBLE_QUOTE
    ):
        if (
            before
            and after & LETTER_OR_NUMBER
            and (both & ALPHA == 0 or segmentation & BRACKET_APART == 0)
        ):
            return pos + 1, True
    elif byte == UNDERSCORE or byte == AT or byte == BACKSLASH or byte == BAR or byte == SEMICOLON:
        if before and after & LETTER_OR_NUMBER:
            return pos + 1, True
    else:
        width = apostrophe_width(text, pos)
        if width and before & ALPHA:
            if segmentation & CLITIC:
                return pos + width, False
            if marks[pos + width] & ALPHA:
                if segmentation & CONTRACTION:
                    return pos, True
                return pos + width, segmentation & ELISION == 0
            if segmentation & APOCOPE:
                return pos + width, False
        elif byte == PERCENT_SIGN and before & NUMBER:
            if after & ALPHA:
                return pos + 1, True
            if segmentation & PERCENT:
                return pos + 1, False
    return pos, False


@kernel
def address_end(text: UInt8s, marks: UInt8s, pos: Integer, size: Integer) -> Integer:
    """Where the address ends whose scheme ends at `pos`: at white space, without closing signs."""
    stop = find_space(marks, pos, size)
    while stop > pos + 3 and marks[stop - 1] & (LETTER_OR_NUMBER | LATER) == 0:
        if text[stop - 1] == SLASH or text[stop - 1] == HYPHEN or text[stop - 1] == UNDERSCORE:
            break
        stop -= 1
    return stop
