"""What the tokens of a document hold: letters, lengths, hashes, stop words.

Hashes are case-sensitive, as the published rules are.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from eurosift.filters.arrays import Int16s, Int32s, Int64s, UInt8s, UInt64s
from eurosift.filters.bits import LOWEST, ONE, count_selected, first_bytes, load_word
from eurosift.filters.counts import (
    ALPHA_TOKENS,
    LONGEST_WORD,
    STOP_WORDS,
    TOKENS,
    UPPER_WORDS,
    WORD_CHARS,
    WORD_SQUARES,
    WORDS,
)
from eurosift.filters.kernel import Integer, kernel
from eurosift.filters.segmentation import HYPHEN, apostrophe_width
from eurosift.filters.signs import FULL_STOP
from eurosift.filters.words import APOSTROPHE, hash_bytes

NONE: Final = -1
EMPTY: Final = np.uint64(0)
NOT_SEEN: Final = -1
"""Place of what is no stop word among those that were seen."""
SYMBOL: Final = np.uint64(3)
"""What tells the hash of a symbol (10 in its lowest bits) from that of a word (01)."""


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
