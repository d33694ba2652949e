"""Tokens of a document: where they are, their hashes, and what is counted of them.

Tokens are words and symbols (`eurosift.filters.words`), or what stands between white space, or
spans that were given. Beyond the words of deduplication, which are the same whatever the language,
a word here goes on over what spaCy's tokenizers leave whole, on which the published thresholds were
made: points between letters or numbers and after a single letter (``s.r.o.``), but not between a
small and a capital letter; colons and slashes between numbers (``12:30``); a hyphen between a
letter and a number (``covid-19``); ``&`` between letters; underscores and ``@``; addresses from
their scheme to white space. And languages differ (`SEGMENTATION`). Hashes are case-sensitive, as
the published rules are.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from eurosift.filters.arrays import Int16s, Int32s, Int64s, UInt8s, UInt64s
from eurosift.filters.bits import LOWEST, ONE, count_selected, first_bytes, load_word
from eurosift.filters.characters import (
    ALPHA,
    LATER,
    NUMBER,
    PADDING,
    QUIET,
    SPACE,
    UPPER,
    character_tables,
    chars_between,
    find_outside,
    find_space,
    scan_characters,
    skip_spaces,
)
from eurosift.filters.counts import (
    ALPHA_TOKENS,
    LONGEST_WORD,
    N_COUNTS,
    STOP_WORDS,
    TOKENS,
    UPPER_WORDS,
    WORD_CHARS,
    WORD_SQUARES,
    WORDS,
)
from eurosift.filters.kernel import Integer, kernel
from eurosift.filters.signs import AMPERSAND, COLON, FULL_STOP, SLASH
from eurosift.filters.words import APOSTROPHE, COMMA, hash_bytes

HYPHEN: Final = 0x2D
UNDERSCORE: Final = 0x5F
AT: Final = 0x40
BACKTICK: Final = 0x60
PERCENT_SIGN: Final = 0x25
BLANK: Final = 0x20
LONGEST_CHARACTER: Final = 4
"""Bytes of the longest character."""
NONE: Final = -1
EMPTY: Final = np.uint64(0)
NOT_SEEN: Final = -1
"""Place of what is no stop word among those that were seen."""
SYMBOL: Final = np.uint64(3)
"""What tells the hash of a symbol (10 in its lowest bits) from that of a word (01)."""
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

SEGMENTATION: Final = {
    "cat_Latn": ELISION,
    "dan_Latn": HYPHEN_INSIDE | ORDINAL,
    "deu_Latn": HYPHEN_INSIDE | ORDINAL,
    "ell_Grek": HYPHEN_INSIDE | ORDINAL | APOCOPE | PERCENT,
    "eng_Latn": CONTRACTION,
    "fin_Latn": HYPHEN_INSIDE | COLON_INSIDE,
    "fra_Latn": HYPHEN_INSIDE | ELISION,
    "hun_Latn": HYPHEN_INSIDE | ORDINAL | SLASH_INSIDE | PERCENT,
    "ita_Latn": ELISION | APOCOPE,
    "mlt_Latn": CLITIC,
    "nld_Latn": HYPHEN_INSIDE | SLASH_INSIDE | PERCENT,
    "por_Latn": HYPHEN_INSIDE,
    "ron_Latn": HYPHEN_INSIDE | SLASH_INSIDE | PERCENT,
    "slv_Latn": ORDINAL,
    "spa_Latn": HYPHEN_INSIDE | PERCENT,
    "swe_Latn": HYPHEN_INSIDE | COLON_INSIDE,
}
"""How languages differ from the common rules."""


@kernel
def find_stop_word(keys: UInt64s, numbers: Int16s, key: np.uint64) -> Integer:
    """Number of a stop word in its language's list, -1 if it is none (open addressing)."""
    mask = np.uint64(keys.size - 1)
    slot = key & mask
    there = keys[slot]
    while (there != EMPTY) & (there != key):  # one branch, which is hardly ever taken
        slot = slot + ONE & mask
        there = keys[slot]
    return np.int64(numbers[slot])


@kernel
def hash_word(text: UInt8s, start: Integer, stop: Integer) -> np.uint64:
    """Hash of a token as it stands, with the lowest bits of words."""
    return hash_bytes(text, start, stop) & ~SYMBOL | ONE


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
    elif byte in (COMMA, SLASH):
        if both & NUMBER or (byte == SLASH and segmentation & SLASH_INSIDE and both & ALPHA):
            return pos + 1, True
    elif byte == COLON:
        if both & NUMBER or (segmentation & COLON_INSIDE and both & ALPHA):
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
    elif byte in (UNDERSCORE, AT):
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
        elif byte == PERCENT_SIGN and segmentation & PERCENT and before & NUMBER:
            return pos + 1, False
    return pos, False


@kernel
def address_end(text: UInt8s, marks: UInt8s, pos: Integer, size: Integer) -> Integer:
    """Where the address ends whose scheme ends at `pos`: at white space, without closing signs."""
    stop = find_space(marks, pos, size)
    while stop > pos + 3 and marks[stop - 1] & (LETTER_OR_NUMBER | LATER) == 0:
        if text[stop - 1] in (SLASH, HYPHEN, UNDERSCORE):
            break
        stop -= 1
    return stop


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
    if symbol in (FULL_STOP, HYPHEN, APOSTROPHE, BACKTICK):
        while text[pos] == symbol and pos < size:
            pos += 1
    while marks[pos] & (LATER | QUIET) and pos < size:
        pos += 1
    return pos


@kernel
def hash_joined(text: UInt8s, first: Integer, stop: Integer, scratch: UInt8s) -> np.uint64:
    """Hash of a word with the mark behind it, or with its last apostrophe made plain; 0 if neither.

    `scratch` has room for the longest word that is looked for, and seven bytes more.
    """
    if text[stop] in (APOSTROPHE, HYPHEN, FULL_STOP):
        return hash_word(text, first, stop + 1)
    if apostrophe_width(text, stop) == 0:
        stop -= 3
        if stop <= first or apostrophe_width(text, stop) == 0:
            return np.uint64(0)
    length = stop - first
    if length + 8 > scratch.size:
        return np.uint64(0)
    for i in range(length):
        scratch[i] = text[first + i]
    scratch[length] = APOSTROPHE
    return hash_word(scratch, 0, length + 1)


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


@kernel
def count_tokens(
    text: UInt8s,
    marks: UInt8s,
    starts: Int32s,
    stops: Int32s,
    n: Integer,
    stop_keys: UInt64s,
    stop_numbers: Int16s,
    joined: bool,  # noqa: FBT001 - kernels are called by position
    seen: Int64s,
    stamp: Integer,
    scratch: UInt8s,
    hashes: UInt64s,
    chars_before: Int32s,
    counts: Int64s,
) -> None:
    """Count what the tokens of a document hold.

    Parameters
    ----------
    text, marks
        As `eurosift.filters.characters.scan_characters` takes and gives them.
    starts, stops, n
        The tokens.
    stop_keys, stop_numbers
        Table of the language's stop words; a table of one empty slot if there are none.
    joined
        Whether stop words are also met where a mark that the list has as their end is the next
        token, as the point of an abbreviation, or is typographic.
    seen, stamp
        Stop word *k* was met in this document if ``seen[k] == stamp``; the last value is scratch.
    scratch
        Room for a token whose apostrophe is made plain.
    hashes, chars_before
        Filled: the hash of each token, odd for words; the characters in all tokens before token
        *k*.
    counts
        Filled: this document's row.
    """
    n_chars: Integer = 0
    n_words = 0
    n_word_chars: Integer = 0
    n_squares: Integer = 0
    longest: Integer = 0
    n_alpha = 0
    n_upper = 0
    n_stop_words = 0
    chars_before[0] = 0
    seen[NOT_SEEN] = stamp
    zero = np.uint64(0)
    # What a token is, and whether it is a stop word, is hard to guess for the processor: there is
    # no branch but for long tokens.
    for i in range(n):
        first: Integer = np.int64(starts[np.uint64(i)])
        stop: Integer = np.int64(stops[np.uint64(i)])
        length: Integer = stop - first
        n_letters: Integer = 0
        alphas = zero
        numbers = zero
        others = zero
        pos: Integer = first
        while True:
            word = load_word(marks, np.uint64(pos)) & first_bytes(min(stop - pos, 8))
            leads = ~(word >> np.uint64(3)) & LOWEST
            length -= count_selected(word >> np.uint64(3) & LOWEST)
            n_letters += count_selected(word & leads)
            alphas |= word & LOWEST
            numbers |= word >> ONE & LOWEST
            others |= word & ~(word >> np.uint64(6)) & LOWEST
            pos += 8
            if pos >= stop:
                break
        is_alpha = alphas != zero
        is_word = alphas | numbers != zero
        key = hash_word(text, first, stop)
        hashes[np.uint64(i)] = key if is_word else key ^ SYMBOL
        n_chars += length
        chars_before[np.uint64(i + 1)] = n_chars
        word_length = length if is_word else 0
        n_words += is_word
        n_word_chars += word_length
        n_squares += word_length * word_length
        longest = max(longest, word_length)
        n_alpha += is_alpha
        n_upper += (others == zero) & (n_letters > 1)
        number = find_stop_word(stop_keys, stop_numbers, key)
        if joined and number == NONE:
            key = hash_joined(text, first, stop, scratch)
            number = find_stop_word(stop_keys, stop_numbers, key)
        n_stop_words += seen[number] != stamp
        seen[number] = stamp
    counts[TOKENS] = n
    counts[WORDS] = n_words
    counts[WORD_CHARS] = n_word_chars
    counts[WORD_SQUARES] = n_squares
    counts[LONGEST_WORD] = longest
    counts[ALPHA_TOKENS] = n_alpha
    counts[UPPER_WORDS] = n_upper
    counts[STOP_WORDS] = n_stop_words


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
