"""Shingle: from text to the hashes of its word n-grams.

A word is what stands between zeros in folded text (`eurosift.dedup.fold`). Its hash takes in eight
bytes at a time, of most words two times: all of them are read first, and then hashed side by side,
without a branch.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from eurosift.dedup.fold import NONE, fold, folding_table, room_to_fold
from eurosift.filters.arrays import Bools, Int64s, UInt8s, UInt32s, UInt64s
from eurosift.filters.bits import ALL, ONE, VECTOR, count_bits, load_word, trailing_zeros
from eurosift.filters.buffers import string_buffers
from eurosift.filters.kernel import Integer, Intrinsic, kernel
from eurosift.filters.words import finish, mix

mask_nonzero = Intrinsic("eurosift.filters.vectors", "mask_nonzero")

EDGES: Final = 12
"""So many edges of words are written together, in 64 bytes mostly two times."""
PART: Final = 8
"""Bytes that a hash takes in together."""
SHORT: Final = 2 * PART
"""Bytes of the longest words that are hashed side by side."""
WORD: Final = np.uint64(64)
LAST_BIT: Final = np.uint64(63)
BASE: Final = np.uint64(0x9FB21C651E98DF25)
"""Odd constant of the polynomial over word hashes."""
TOGETHER: Final = 512
"""So many shingles are hashed side by side."""


class Scratch(NamedTuple):
    """Room for what is made of a text on the way to its shingles.

    Attributes
    ----------
    text, folded
        uint8: the text with zeros behind it, and folded.
    edges
        int64: where words begin and end in the folded text.
    values
        uint64: second parts of words, then sums of shingles.
    """

    text: UInt8s
    folded: UInt8s
    edges: Int64s
    values: UInt64s


@kernel
def room_for_words(size: Integer) -> Integer:
    """How many words a text of `size` bytes may have: at most every second byte begins one."""
    return size // 2 + 1


@kernel
def longest_row(offsets: Int64s, valid: Bools) -> int:
    """Bytes of the longest text of a batch."""
    longest = 0
    for row in range(valid.size):
        if valid[row]:
            longest = max(longest, offsets[row + 1] - offsets[row])
    return longest


@kernel
def make_scratch(longest: int) -> Scratch:
    """Make room for texts of up to `longest` bytes; memory that is not touched is not there."""
    return Scratch(
        np.empty(longest + VECTOR, np.uint8),
        np.empty(room_to_fold(longest), np.uint8),
        np.empty(2 * room_for_words(longest) + 2 * EDGES, np.int64),
        np.empty(max(room_for_words(longest), TOGETHER), np.uint64),
    )


@kernel
def find_words(folded: UInt8s, n_bytes: Integer, edges: Int64s) -> Integer:
    """Write where each word begins and ends to `edges`; return how many words there are.

    The last one of the bytes is 0.
    """
    n: Integer = 0
    before = NONE
    for start in range(0, n_bytes, VECTOR):
        letters = mask_nonzero(folded, start)
        found = letters ^ (letters << ONE | before)
        before = letters >> LAST_BIT
        n_found = count_bits(found)
        # How many there are is hard to guess for the processor: some more are written.
        for i in range(0, n_found, EDGES):
            for j in range(EDGES):
                edges[np.uint64(n + i + j)] = start + np.int64(trailing_zeros(found))
                found &= found - ONE
        n += n_found
    return n // 2


@kernel
def hash_found(
    folded: UInt8s, edges: Int64s, n_words: Integer, seconds: UInt64s, out: UInt64s
) -> None:
    """Write the hash of every word to `out`; `edges` and `seconds` are used up."""
    for word in range(n_words):
        place = np.uint64(2 * word)
        start: Integer = edges[place]
        width = edges[place + ONE] - start
        first = load_word(folded, np.uint64(start))
        if width > SHORT:
            while width > SHORT:
                start += PART
                width -= PART
                first = mix(first) ^ load_word(folded, np.uint64(start))
            edges[place] = start  # as if the word began here, with what came before in its hash
        out[np.uint64(word)] = first
        seconds[np.uint64(word)] = load_word(folded, np.uint64(start + PART))
    for word in range(n_words):
        place = np.uint64(2 * word)
        bits = np.uint64(8) * np.uint64(edges[place + ONE] - edges[place])
        first = out[word] & ALL >> WORD - min(bits, WORD)
        second = seconds[word] & ALL >> WORD + WORD - max(bits, WORD + ONE)
        out[word] = finish(mix(mix(first) ^ (second if bits > WORD else NONE)))


@kernel
def hash_words(
    data: UInt8s, start: Integer, end: Integer, table: UInt64s, scratch: Scratch, out: UInt64s
) -> Integer:
    """Write the hash of every word of one text to `out`; return how many there are.

    `out` must have `room_for_words`, and `scratch` be made for texts of that length.
    """
    size = end - start
    text, folded = scratch.text, scratch.folded
    for i in range(size):
        text[np.uint64(i)] = data[np.uint64(start + i)]
    for i in range(size, size + VECTOR):
        text[np.uint64(i)] = 0
    n_words = find_words(folded, fold(text, size, table, folded), scratch.edges)
    hash_found(folded, scratch.edges, n_words, scratch.values, out)
    return n_words


@kernel
def hash_shingles(
    words: UInt64s,
    n_words: Integer,
    n_grams: int,
    values: UInt64s,
    out: npt.NDArray[np.unsignedinteger[Any]],
) -> Integer:
    """Write the hash of every run of `n_grams` words to `out`; return how many there are.

    Hashes of 32 bits are the upper half of those of 64. `values` is scratch for `TOGETHER` numbers.
    """
    shift = np.uint64(64 - 8 * out.itemsize)
    n_shingles = max(n_words - n_grams + 1, 0)
    for first in range(0, n_shingles, TOGETHER):
        n = min(TOGETHER, n_shingles - first)
        for i in range(n):
            values[i] = words[np.uint64(first + i)]
        for j in range(1, n_grams):
            for i in range(n):
                values[i] = values[i] * BASE + words[np.uint64(first + i + j)]
        for i in range(n):
            out[np.uint64(first + i)] = finish(values[i]) >> shift
    return n_shingles


def word_hashes(text: str) -> UInt64s:
    """Hashes of the words of one text; for tests, notebooks and other slow uses."""
    data, offsets, _ = string_buffers(pa.array([text], pa.large_string()))
    size = int(offsets[1])
    words = np.empty(room_for_words(size), np.uint64)
    return words[: hash_words(data, 0, size, folding_table(), make_scratch(size), words)]


def shingles(text: str, n_grams: int = 5) -> UInt32s:
    """Distinct shingle hashes of one text, ascending; for tests, notebooks and other slow uses."""
    words = word_hashes(text)
    found = np.empty(max(len(words), 1), np.uint32)
    values = np.empty(TOGETHER, np.uint64)
    return np.unique(found[: hash_shingles(words, len(words), n_grams, values, found)])
