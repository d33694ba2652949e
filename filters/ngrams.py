"""Repeated n-grams of tokens: exact counts, at a cost that falls with every n.

An n-gram that comes twice is made of two (n-1)-grams that come twice. So after the pairs, each
level looks only at the places where both parts were repeated, and names an n-gram by the numbers of
its two parts; in ordinary text almost nothing is left after the third level. Nothing is estimated.

Source of the measures: Rae et al. 2021, arXiv:2112.11446, A1.1, as counted by datatrove 0.10.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from eurosift.filters.arrays import Int32s, Int64s, UInt64s
from eurosift.filters.counts import DUPLICATE_5, TOP_2
from eurosift.filters.kernel import Integer, kernel
from eurosift.filters.lines import table_size
from eurosift.filters.words import PRIME

TOP_FROM: Final = 2
TOP_TO: Final = 4
DUPLICATE_FROM: Final = 5
DUPLICATE_TO: Final = 10

EMPTY: Final = np.uint64(0)
NEVER_EMPTY: Final = np.uint64(1)


@kernel
def count_keys(
    keys: UInt64s,
    m: int,
    slots: Int32s,
    table: UInt64s,
    size: int,
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
    for j in range(m):
        key = keys[j]
        slot = np.int64((key * PRIME) >> shift & np.uint64(size - 1))
        there = table[slot]
        while there != EMPTY and there != key:  # noqa: PLR1714 - numba has no `in` for this
            slot = (slot + 1) & (size - 1)
            there = table[slot]
        if there == EMPTY:
            table[slot] = key
            firsts[slot] = j
            repeats[slot] = 1
        else:
            repeats[slot] += 1
            if repeats[slot] > most or (repeats[slot] == most and firsts[slot] < most_first):
                most = np.int64(repeats[slot])
                most_first = np.int64(firsts[slot])
        slots[j] = slot
    return most, most_first


@kernel
def count_skipping(
    places: Int32s, slots: Int32s, m: int, n: int, repeats: Int32s, chars_before: Int32s
) -> int:
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
    n_tokens: int,
    chars_before: Int32s,
    keys: UInt64s,
    places: Int32s,
    slots: Int32s,
    table: UInt64s,
    firsts: Int32s,
    repeats: Int32s,
    counts: Int64s,
) -> None:
    """Count the characters in the most frequent 2- to 4-grams and in duplicate 5- to 10-grams.

    Parameters
    ----------
    hashes, n_tokens, chars_before
        From `eurosift.filters.tokens.scan_tokens`.
    keys, places, slots, table, firsts, repeats
        Scratch; the first three hold a value per token, the others `table_size` of these.
    counts
        Filled: this document's row.
    """
    m = n_tokens - 1
    for j in range(m):
        places[j] = j
        keys[j] = hashes[j] * PRIME + hashes[j + 1] | NEVER_EMPTY
    for n in range(TOP_FROM, DUPLICATE_TO + 1):
        if n_tokens < n:
            return
        if n > TOP_FROM:
            # Both parts of a repeated n-gram are repeated: keep the neighbours.
            kept = 0
            for j in range(m - 1):
                if places[j + 1] == places[j] + 1:
                    keys[kept] = np.uint64(slots[j] + 1) << np.uint64(32) | np.uint64(slots[j + 1])
                    places[kept] = places[j]
                    kept += 1
            m = kept
        if m <= 0 and n > TOP_TO:
            return
        size = table_size(max(m, 0))
        most, most_first = count_keys(keys, max(m, 0), slots, table, size, firsts, repeats)
        if n <= TOP_TO:
            place = np.int64(places[most_first]) if most > 1 else 0
            length = chars_before[place + n] - chars_before[place] + n - 1
            counts[TOP_2 + n - TOP_FROM] = most * length
        kept = 0
        for j in range(m):
            if repeats[slots[j]] > 1:
                places[kept] = places[j]
                slots[kept] = slots[j]
                kept += 1
        m = kept
        if n >= DUPLICATE_FROM:
            counts[DUPLICATE_5 + n - DUPLICATE_FROM] = count_skipping(
                places, slots, m, n, repeats, chars_before
            )
