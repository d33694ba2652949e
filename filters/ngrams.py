"""Different words and repeated n-grams: exact counts, at a cost that falls with every n.

An n-gram that comes twice is made of two (n-1)-grams that come twice. So after the single tokens,
each level looks only at the places where both parts were repeated, and names an n-gram by the
numbers of its two parts; in ordinary text almost nothing is left after the fourth level. Nothing is
estimated.

Source of the measures: Rae et al. 2021, arXiv:2112.11446, A1.1, as counted by datatrove 0.10.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from eurosift.filters.arrays import Int32s, Int64s, UInt64s
from eurosift.filters.counts import DIFFERENT_WORDS, DUPLICATE_5, TOP_2
from eurosift.filters.kernel import Integer, apart, kernel
from eurosift.filters.lines import table_size
from eurosift.filters.words import PRIME

TOP_FROM: Final = 2
TOP_TO: Final = 4
DUPLICATE_FROM: Final = 5
DUPLICATE_TO: Final = 10

ROOMY: Final = 2
"""So many times larger than need be are the hash tables: a collision costs more than room."""
EMPTY: Final = np.uint64(0)
WORD: Final = np.uint64(1)
NEXT: Final = np.uint64(1)


@kernel
@apart
def count_keys(
    keys: UInt64s, m: Integer, slots: Int32s, table: UInt64s, size: Integer, repeats: Int32s
) -> None:
    """Count ``keys[:m]``, none of which is 0, in a hash table.

    Filled: the slot of each key, and for each slot its key in ``table[:size]``, 0 if it is empty,
    and how often that came in ``repeats[:size]``.
    """
    table[:size] = 0
    repeats[:size] = 0
    shift = np.uint64(32)
    mask = np.uint64(size - 1)
    for j in range(m):
        key = keys[np.uint64(j)]
        slot = (key * PRIME) >> shift & mask
        there = table[slot]
        while there != EMPTY and there != key:  # noqa: PLR1714 - numba has no `in` for this
            slot = slot + NEXT & mask
            there = table[slot]
        # Whether the key is new is hard to guess for the processor: nothing depends on it.
        table[slot] = key
        repeats[slot] += 1
        slots[np.uint64(j)] = slot


@kernel
def count_skipping(
    places: Int32s, slots: Int32s, m: Integer, n: Integer, repeats: Int32s, chars_before: Int32s
) -> Integer:
    """Characters in n-grams that came before, no character twice.

    Reading goes on behind a repeated n-gram, and only n-grams at which reading stopped count as
    having come before. `repeats` is used up.
    """
    n_chars = 0
    resume = 0
    for j in range(m):
        if places[j] < resume:
            continue
        if repeats[slots[j]] == 0:
            n_chars += chars_before[places[j] + n] - chars_before[places[j]]
            resume = places[j] + n
        else:
            repeats[slots[j]] = 0
    return n_chars


@kernel
def count_ngrams(
    hashes: UInt64s,
    n_tokens: Integer,
    chars_before: Int32s,
    keys: UInt64s,
    places: Int32s,
    slots: Int32s,
    table: UInt64s,
    repeats: Int32s,
    counts: Int64s,
) -> None:
    """Count different words, and characters in top 2- to 4-grams and duplicate 5- to 10-grams.

    Parameters
    ----------
    hashes, n_tokens, chars_before
        From `eurosift.filters.token_counts.count_tokens`.
    keys, places, slots, table, repeats
        Scratch; the first three hold a value per token, the others `table_size` of these.
    counts
        Filled: this document's row.
    """
    m = n_tokens
    for j in range(m):
        places[j] = j
    for n in range(1, DUPLICATE_TO + 1):
        if n_tokens < n:
            return
        if n > 1:
            # Both parts of a repeated n-gram are repeated: keep the neighbours.
            kept: Integer = 0
            for j in range(m - 1):
                this = np.uint64(j)
                following = np.uint64(j + 1)
                pair = np.uint64(slots[this] + 1) << np.uint64(32) | np.uint64(slots[following])
                first = places[this]
                adjoin = places[following] == first + 1
                keys[np.uint64(kept)] = pair
                places[np.uint64(kept)] = first
                kept += adjoin
            m = kept
        if m == 0 and n > TOP_TO:
            return
        size = table_size(ROOMY * m)
        count_keys(hashes if n == 1 else keys, m, slots, table, size, repeats)
        if n == 1:
            n_words: Integer = 0
            for entry in range(size):
                n_words += np.int64(table[np.uint64(entry)] & WORD)
            counts[DIFFERENT_WORDS] = n_words
        most: Integer = 1
        most_place: Integer = 0
        kept = 0
        for j in range(m):
            slot = slots[np.uint64(j)]
            times = np.int64(repeats[np.uint64(slot)])
            place = places[np.uint64(j)]
            places[np.uint64(kept)] = place
            slots[np.uint64(kept)] = slot
            kept += times > 1
        if TOP_FROM <= n <= TOP_TO:
            for j in range(kept):
                times = np.int64(repeats[np.uint64(slots[np.uint64(j)])])
                if times > most:
                    most = times
                    most_place = np.int64(places[np.uint64(j)])
            length = chars_before[most_place + n] - chars_before[most_place] + n - 1
            counts[TOP_2 + n - TOP_FROM] = most * length
        m = kept
        if n >= DUPLICATE_FROM:
            counts[DUPLICATE_5 + n - DUPLICATE_FROM] = count_skipping(
                places, slots, m, n, repeats, chars_before
            )
