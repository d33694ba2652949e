"""What the tokens of a document hold: letters, lengths, hashes, stop words.

Hashes are case-sensitive, as the published rules are.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from eurosift.filters.arrays import Int16s, Int32s, Int64s, UInt8s, UInt64s
from eurosift.filters.bits import LOWEST, ONE, count_selected, first_bytes, load_word
from eurosift.filters.characters import LATER, UPPER
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
from eurosift.filters.words import APOSTROPHE, PRIME, hash_bytes, mix

NONE: Final = -1
ZERO: Final = np.uint64(0)
EIGHT: Final = np.uint64(8)
LATER_BIT: Final = np.uint64(LATER.bit_length() - 1)
UPPER_BIT: Final = np.uint64(UPPER.bit_length() - 1)
EMPTY: Final = ZERO
NOT_SEEN: Final = -1
"""Place of what is no stop word among those that were seen."""
SYMBOL: Final = np.uint64(3)
"""What tells the hash of a symbol (10 in its lowest bits) from that of a word (01)."""

BLOCK: Final = 64
"""Tokens that are measured together."""
IN_BLOCK: Final = 16
"""Bytes of the longest token that is measured with others."""
MARKS, MORE_MARKS, BYTES, LAST_BYTES, SIZES = (np.uint64(BLOCK * i) for i in range(5))
"""Where parts of a block begin: marks of the first 8 and the next 8 bytes, first and last bytes."""
KEYS, INFOS = BYTES, SIZES
"""Where the results are put."""
BLOCK_SIZE: Final = 5 * BLOCK

INFO_BITS: Final = np.uint64(3)
IS_WORD: Final = np.uint64(1)
IS_ALPHA: Final = np.uint64(2)
IS_UPPER: Final = np.uint64(4)


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
    if text[stop] == APOSTROPHE or text[stop] == HYPHEN or text[stop] == FULL_STOP:
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
def gather_block(
    text: UInt8s,
    marks: UInt8s,
    starts: Int32s,
    stops: Int32s,
    first_token: Integer,
    n: Integer,
    block: UInt64s,
    long: Int32s,
) -> Integer:
    """Bring the bytes and marks of `n` tokens into a block, for `measure_block`.

    Filled, too: which of them are too long for it. Returns how many these are.
    """
    n_long: Integer = 0
    for i in range(n):
        token = np.uint64(first_token + i)
        start: Integer = np.int64(starts[token])
        stop: Integer = np.int64(stops[token])
        size: Integer = stop - start
        at = np.uint64(start)
        k = np.uint64(i)
        block[SIZES + k] = size
        block[MARKS + k] = load_word(marks, at)
        block[MORE_MARKS + k] = load_word(marks, at + EIGHT)
        block[BYTES + k] = load_word(text, at)
        block[LAST_BYTES + k] = load_word(text, np.uint64(stop - min(size, 8)))
        long[np.uint64(n_long)] = i
        n_long += size > IN_BLOCK
    return n_long


@kernel
def measure_block(block: UInt64s) -> None:
    """Measure the tokens of a block, of which the longest has `IN_BLOCK` bytes.

    Filled: keys and infos, see `pack_info`. There is no branch, and the parts of the block are of
    one array, at fixed places: so LLVM makes vector instructions of it.
    """
    for i in range(BLOCK):
        k = np.uint64(i)
        size: Integer = np.int64(block[SIZES + k])
        more = min(size - 8, 8)
        kept = first_bytes(min(size, 8))
        # No shift by all of the 64 bits is defined.
        kept_more = first_bytes(max(more, 1)) if more > 0 else ZERO
        word = block[MARKS + k] & kept
        next_word = block[MORE_MARKS + k] & kept_more
        later = word >> LATER_BIT & LOWEST
        next_later = next_word >> LATER_BIT & LOWEST
        letters = word & LOWEST
        next_letters = next_word & LOWEST
        n_chars = size - count_selected(later | next_later << ONE)
        n_letters = count_selected(letters & ~later | (next_letters & ~next_later) << ONE)
        lower = letters & ~(word >> UPPER_BIT) | next_letters & ~(next_word >> UPPER_BIT)
        alphas = letters | next_letters
        numbers = (word | next_word) >> ONE & LOWEST
        # As `eurosift.filters.words.hash_bytes` does it.
        state = block[BYTES + k] & kept ^ np.uint64(size) * PRIME
        last = block[LAST_BYTES + k] & kept
        block[KEYS + k] = mix(mix(state) ^ last) & ~SYMBOL | ONE
        block[INFOS + k] = pack_info(n_chars, n_letters, alphas, numbers, lower)


@kernel
def pack_info(
    n_chars: Integer,
    n_letters: Integer,
    alphas: np.uint64,
    numbers: np.uint64,
    lower: np.uint64,
) -> np.uint64:
    """Pack what is known of a token: its characters above the bits `IS_WORD` to `IS_UPPER`.

    `alphas`, `numbers` and `lower` select letters, numbers, and letters that are not upper case.
    """
    is_word = IS_WORD if alphas | numbers else ZERO
    is_alpha = IS_ALPHA if alphas else ZERO
    is_upper = IS_UPPER if (lower == ZERO) & (n_letters > 1) else ZERO
    return np.uint64(n_chars) << INFO_BITS | is_word | is_alpha | is_upper


@kernel
def measure_long(
    text: UInt8s, marks: UInt8s, start: Integer, stop: Integer
) -> tuple[np.uint64, np.uint64]:
    """Key and info of a token of any length, as `measure_block` gives them."""
    n_chars: Integer = stop - start
    n_letters: Integer = 0
    alphas, numbers, lower = ZERO, ZERO, ZERO
    for pos in range(start, stop, 8):
        word = load_word(marks, np.uint64(pos)) & first_bytes(min(stop - pos, 8))
        later = word >> LATER_BIT & LOWEST
        n_chars -= count_selected(later)
        n_letters += count_selected(word & LOWEST & ~later)
        alphas |= word & LOWEST
        numbers |= word >> ONE & LOWEST
        lower |= word & ~(word >> UPPER_BIT) & LOWEST
    info = pack_info(n_chars, n_letters, alphas, numbers, lower)
    return hash_word(text, start, stop), info


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
    block: UInt64s,
    long: Int32s,
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
        The tokens, none of which is empty.
    stop_keys, stop_numbers
        Table of the language's stop words; a table of one empty slot if there are none.
    joined
        Whether stop words are also met where a mark that the list has as their end is the next
        token, as the point of an abbreviation, or is typographic.
    seen, stamp
        Stop word *k* was met in this document if ``seen[k] == stamp``; the last value is scratch.
    scratch
        Room for a token whose apostrophe is made plain.
    block, long
        Scratch, shapes (`BLOCK_SIZE`,) and (`BLOCK`,).
    hashes, chars_before
        Filled: the hash of each token, odd for words; the characters in all tokens before token
        *k*.
    counts
        Filled: this document's row.
    """
    n_chars: Integer = 0
    n_words: Integer = 0
    n_word_chars: Integer = 0
    n_squares: Integer = 0
    longest: Integer = 0
    n_alpha: Integer = 0
    n_upper: Integer = 0
    n_stop_words = 0
    chars_before[0] = 0
    seen[NOT_SEEN] = stamp
    # What a token is, and whether it is a stop word, is hard to guess for the processor: there is
    # no branch but for long tokens.
    for first_token in range(0, n, BLOCK):
        n_tokens = min(n - first_token, BLOCK)
        n_long = gather_block(text, marks, starts, stops, first_token, n_tokens, block, long)
        measure_block(block)
        for i in range(n_long):
            token = np.uint64(first_token + long[i])
            key, info = measure_long(text, marks, np.int64(starts[token]), np.int64(stops[token]))
            k = np.uint64(long[i])
            block[KEYS + k] = key
            block[INFOS + k] = info
        for i in range(n_tokens):
            info = block[INFOS + np.uint64(i)]
            is_word = np.int64(info & IS_WORD)
            length = np.int64(info >> INFO_BITS) * is_word
            n_words += is_word
            n_word_chars += length
            n_squares += length * length
            longest = max(longest, length)
            n_alpha += np.int64(info & IS_ALPHA)
            n_upper += np.int64(info & IS_UPPER)
        for i in range(n_tokens):
            token = np.uint64(first_token + i)
            key, info = block[KEYS + np.uint64(i)], block[INFOS + np.uint64(i)]
            hashes[token] = key if info & IS_WORD else key ^ SYMBOL
            n_chars += np.int64(info >> INFO_BITS)
            chars_before[token + ONE] = n_chars
            number = find_stop_word(stop_keys, stop_numbers, key)
            if joined and number == NONE:
                start, stop = np.int64(starts[token]), np.int64(stops[token])
                key = hash_joined(text, start, stop, scratch)
                number = find_stop_word(stop_keys, stop_numbers, key)
            n_stop_words += seen[number] != stamp
            seen[number] = stamp
    counts[TOKENS] = n
    counts[WORDS] = n_words
    counts[WORD_CHARS] = n_word_chars
    counts[WORD_SQUARES] = n_squares
    counts[LONGEST_WORD] = longest
    counts[ALPHA_TOKENS] = n_alpha // np.int64(IS_ALPHA)
    counts[UPPER_WORDS] = n_upper // np.int64(IS_UPPER)
    counts[STOP_WORDS] = n_stop_words
