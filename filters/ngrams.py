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
from eurosift.filters.kernel import Integer, kernel
from eurosift.filters.lines import table_size
from eurosift.filters.words import PRIME

TOP_FROM: Final = 2
TOP_TO: Final = 4
DUPLICATE_FROM: Final = 5
DUPLICATE_TO: Final = 10

EMPTY: Final = np.uint64(0)
WORD: Final = np.uint64(1)
NEXT: Final = np.uint64(1)


@kernel
def count_keys(
    keys: UInt64s,
    m: Integer,
    slots: Int32s,
    table: UInt64s,
    size: Integer,
    firsts: Int32s,
    repeats: Int32s,
) -> tuple[Integer, Integer]:
    """Count ``keys[:m]`` in a hash table; the slot of each goes into `slots`.

    Returns the highest count, if it is above one, and the first place of the key that has it; of
    keys with the same count, the one that came first.
    """
    table[:size] = 0
    most: Integer = 1
    most_first: Integer = 0
    shift = np.uint64(32)
    mask = np.uint64(size - 1)
    for j in range(m):
        key = keys[np.uint64(j)]
        slot = (key * PRIME) >> shift & mask
        there = table[slot]
        while there != EMPTY and there != key:  # noqa: PLR1714 - numba has no `in` for this
            slot = slot + NEXT & mask
            there = table[slot]
        # Whether the key is new is hard to guess for the processor: no branch.
        is_new = there == EMPTY
        times = 1 if is_new else np.int64(repeats[slot]) + 1
        first = j if is_new else np.int64(firsts[slot])
        table[slot] = key
        repeats[slot] = times
        firsts[slot] = first
        slots[np.uint64(j)] = slot
        if times > most or (times == most and most > 1 and first < most_first):
            most = times
            most_first = first
    return most, most_first


@kernel
def count_tokens_alone(
    hashes: UInt64s, m: Integer, slots: Int32s, table: UInt64s, size: Integer, repeats: Int32s
) -> Integer:
    """Count single tokens as `count_keys` does; returns how many different ones are words."""
    table[:size] = 0
    n_words: Integer = 0
    shift = np.uint64(32)
    mask = np.uint64(size - 1)
    for j in range(m):
        key = hashes[np.uint64(j)]
        slot = (key * PRIME) >> shift & mask
        there = table[slot]
        while there != EMPTY and there != key:  # noqa: PLR1714 - numba has no `in` for this
            slot = slot + NEXT & mask
            there = table[slot]
        is_new = there == EMPTY
        table[slot] = key
        repeats[slot] = 1 if is_new else np.int64(repeats[slot]) + 1
        slots[np.uint64(j)] = slot
        n_words += np.int64(key & WORD) & is_new
    return n_words


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
    firsts: Int32s,
    repeats: Int32s,
    counts: Int64s,
) -> None:
    """Count different words, and characters in top 2- to 4-grams and duplicate 5- to 10-grams.

    Parameters
    ----------
    hashes, n_tokens, chars_before
        From `eurosift.filters.tokens.count_tokens`.
    keys, places, slots, table, firsts, repeats
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
            kept = 0
            for j in range(m - 1):
                pair = np.uint64(slots[j] + 1) << np.uint64(32) | np.uint64(slots[j + 1])
                adjoin = places[j + 1] == places[j] + 1
                keys[kept] = pair
                places[kept] = places[j]
                kept += adjoin
            m = kept
        if m == 0 and n > TOP_TO:
            return
        size = table_size(m)
        most: Integer = 1
        most_first: Integer = 0
        if n == 1:
            n_words = count_tokens_alone(hashes, m, slots, table, size, repeats)
            counts[DIFFERENT_WORDS] = n_words
        else:
            most, most_first = count_keys(keys, m, slots, table, size, firsts, repeats)
        if TOP_FROM <= n <= TOP_TO:
            place = np.int64(places[most_first]) if most > 1 else 0
            length = chars_before[place + n] - chars_before[place] + n - 1
            counts[TOP_2 + n - TOP_FROM] = most * length
        kept = 0
        for j in range(m):
            repeated = repeats[slots[j]] > 1
            places[kept] = places[j]
            slots[kept] = slots[j]
            kept += repeated
        m = kept
        if n >= DUPLICATE_FROM:
            counts[DUPLICATE_5 + n - DUPLICATE_FROM] = count_skipping(
                places, slots, m, n, repeats, chars_before
            )
