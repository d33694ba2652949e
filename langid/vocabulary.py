"""From the bytes of a word to rows of a fastText model's input matrix, for kernels.

As in fastText 0.9.2, ``dictionary.cc``: what is in the dictionary has a row of its own; character
n-grams, and n-grams of words, have rows by their hash, of which a quantised model keeps some.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from eurosift.filters.arrays import Int32s, Int64s, UInt8s
from eurosift.filters.kernel import Integer, kernel
from eurosift.langid.model_file import ModelFile

NONE: Final = -1
OFFSET: Final = np.uint64(2166136261)
PRIME: Final = np.uint64(16777619)
LOW: Final = np.uint64(0xFFFFFFFF)
SIGN: Final = np.uint64(0xFFFFFF00)
GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
WORD_PRIME: Final = np.uint64(116049371)
LESS_THAN, MORE_THAN = 0x3C, 0x3E


class Vocabulary(NamedTuple):
    """What turns text into rows.

    Attributes
    ----------
    text, starts, stops
        Entries of the dictionary, words before labels.
    entries
        int32: numbers of entries by hash (open addressing), -1 where there is none.
    n_words
        Number of words, and of the rows before those of n-grams.
    min_n, max_n, word_n, bucket
        As in `eurosift.langid.model_file.ModelFile`.
    pruned
        Whether only some n-grams have rows.
    ngrams
        int32, shape (n_slots, 2): n-gram and row after the words (open addressing), -1 if empty.
    """

    text: UInt8s
    starts: Int64s
    stops: Int64s
    entries: Int32s
    n_words: int
    min_n: int
    max_n: int
    word_n: int
    bucket: int
    pruned: bool
    ngrams: Int32s


def build_vocabulary(model: ModelFile) -> Vocabulary:
    """Make the tables of a model."""
    entries = np.full(_n_slots(len(model.starts)), NONE, np.int32)
    fill_entries(model.text, model.starts, model.stops, entries)
    pairs = np.zeros((0, 2), np.int32) if model.pruned is None else model.pruned
    ngrams = np.full((_n_slots(len(pairs)), 2), NONE, np.int32)
    fill_ngrams(pairs, ngrams)
    return Vocabulary(
        model.text, model.starts, model.stops, entries, model.n_words, model.min_n, model.max_n,
        model.word_n, model.bucket, model.pruned is not None, ngrams,
    )  # fmt: skip


def _n_slots(n: int) -> int:
    """A power of two, more than twice as many as entries: a search always meets an empty slot."""
    return 1 << (2 * n).bit_length()


@kernel
def absorb(key: np.uint64, byte: Integer) -> np.uint64:
    """Hash of a string and one more byte: FNV-1a over signed bytes, fastText's own variant."""
    value = np.uint64(byte)
    if byte >= 0x80:
        value |= SIGN
    return ((key ^ value) * PRIME) & LOW


@kernel
def hash_word(data: UInt8s, start: int, stop: int) -> np.uint64:
    """32-bit hash of ``data[start:stop]``."""
    key = OFFSET
    for pos in range(start, stop):
        key = absorb(key, data[pos])
    return key


@kernel
def find_slot(
    text: UInt8s,
    starts: Int64s,
    stops: Int64s,
    entries: Int32s,
    data: UInt8s,
    start: int,
    stop: int,
    key: np.uint64,
) -> Integer:
    """Slot of a string with the hash `key`, or the empty one where it would be."""
    mask = entries.size - 1
    slot = np.int64(key) & mask
    while entries[slot] != NONE:
        entry = entries[slot]
        if stops[entry] - starts[entry] == stop - start:
            i = 0
            while start + i < stop and text[starts[entry] + i] == data[start + i]:
                i += 1
            if start + i == stop:
                break
        slot = (slot + 1) & mask
    return slot


@kernel
def fill_entries(text: UInt8s, starts: Int64s, stops: Int64s, entries: Int32s) -> None:
    """Enter the dictionary into its table; of equal entries the last one counts."""
    for entry in range(starts.size):
        start, stop = starts[entry], stops[entry]
        key = hash_word(text, start, stop)
        entries[find_slot(text, starts, stops, entries, text, start, stop, key)] = entry


@kernel
def ngram_slot(ngrams: Int32s, ngram: Integer) -> Integer:
    """Slot of an n-gram, or the empty one where it would be."""
    mask = np.uint64(ngrams.shape[0] - 1)
    slot: Integer = ((np.uint64(ngram) * GOLDEN) >> np.uint64(32)) & mask
    # An unsigned index is never counted from the end.
    while ngrams[slot, np.uint64(0)] not in (NONE, ngram):
        slot = (slot + np.uint64(1)) & mask
    return slot


@kernel
def fill_ngrams(pairs: Int32s, ngrams: Int32s) -> None:
    """Enter the n-grams that were kept into their table."""
    for i in range(pairs.shape[0]):
        slot = ngram_slot(ngrams, np.int64(pairs[i, 0]))
        ngrams[slot, 0] = pairs[i, 0]
        ngrams[slot, 1] = pairs[i, 1]


@kernel
def row_of_ngram(words: Vocabulary, ngram: Integer) -> Integer:
    """Row of an n-gram, a hash modulo `bucket`; -1 if it has none."""
    if words.pruned:
        ngram = np.int64(words.ngrams[ngram_slot(words.ngrams, ngram), 1])
    return words.n_words + ngram if ngram >= 0 else NONE


@kernel
def find_entry(words: Vocabulary, data: UInt8s, start: int, stop: int, key: np.uint64) -> Integer:
    """Number of an entry of the dictionary, -1 if it is none."""
    slot = find_slot(words.text, words.starts, words.stops, words.entries, data, start, stop, key)
    return np.int64(words.entries[slot])


@kernel
def find_subwords(
    words: Vocabulary, marked: UInt8s, size: int, begin: int, rows: Int64s
) -> tuple[int, int]:
    """Rows of the character n-grams of ``<word>``, as many as there is room for.

    Parameters
    ----------
    words
        The model's.
    marked, size
        The word between ``<`` and ``>``: the first `size` bytes.
    begin
        Where the first n-gram begins.
    rows
        Filled; room for `max_n` rows at least.

    Returns
    -------
    Where the n-grams that found no room begin, `size` if there are none; how many rows.
    """
    n = 0
    bucket = np.uint64(np.uint32(words.bucket))  # division of 32 bits is faster
    while begin < size and n + words.max_n <= rows.size:
        key = OFFSET
        pos = begin
        length = 1
        while pos < size and length <= words.max_n:
            key = absorb(key, marked[pos])
            pos += 1
            while pos < size and marked[pos] & 0xC0 == 0x80:
                key = absorb(key, marked[pos])
                pos += 1
            if length >= words.min_n and not (length == 1 and (begin == 0 or pos == size)):
                rows[n] = np.int64((key & LOW) % bucket)
                n += 1
            length += 1
        begin += 1
        while begin < size and marked[begin] & 0xC0 == 0x80:
            begin += 1
    # In a loop of its own, so that waiting for memory overlaps.
    found = 0
    for i in range(n):
        row = row_of_ngram(words, rows[i])
        rows[found] = row
        found += 1 if row >= 0 else 0
    return begin, found
