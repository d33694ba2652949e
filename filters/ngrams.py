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
from eurosift.filters.repeats import clear_table, first_place, table_size

TOP_FROM: Final = 2
TOP_TO: Final = 4
DUPLICATE_FROM: Final = 5
DUPLICATE_TO: Final = 10

WORD: Final = np.uint64(1)
"""Bit of the hashes of words."""


@kernel
@apart
def count_keys(keys: UInt64s, m: Integer, table: Int32s, firsts: Int32s, repeats: Int32s) -> None:
    """Find equal ones among ``keys[:m]``; `table` is scratch.

    Filled: for each key where it stands for the first time, and there how often it comes.
    """
    size = table_size(m)
    clear_table(table, size)
    repeats[:m] = 0
    for j in range(m):
        first = first_place(keys, j, table, size)
        repeats[first] += 1
        firsts[np.uint64(j)] = first


@kernel
def keep_neighbours(
    places: Int32s, firsts: Int32s, m: Integer, repeats: Int32s, keys: UInt64s
) -> Integer:
    """Keep n-grams that are repeated and stand before another such one, and make keys of both.

    Both parts of a repeated (n+1)-gram are repeated. Returns how many there are.
    """
    kept: Integer = 0
    for j in range(m - 1):
        this = firsts[np.uint64(j)]
        following = firsts[np.uint64(j + 1)]
        place = places[np.uint64(j)]
        adjoin = places[np.uint64(j + 1)] == place + 1
        # What comes again is hard to guess for the processor: nothing depends on it.
        keys[np.uint64(kept)] = np.uint64(this) << np.uint64(32) | np.uint64(following)
        places[np.uint64(kept)] = place
        kept += adjoin & (repeats[np.uint64(this)] > 1) & (repeats[np.uint64(following)] > 1)
    return kept


@kernel
def count_skipping(
    places: Int32s, firsts: Int32s, m: Integer, n: Integer, seen: Int32s, chars_before: Int32s
) -> Integer:
    """Characters in n-grams that came before, no character twice; `seen` is scratch.

    Reading goes on behind a repeated n-gram, and only n-grams at which reading stopped count as
    having come before.
    """
    seen[:m] = 0
    n_chars = 0
    resume = 0
    for j in range(m):
        if places[j] < resume:
            continue
        if seen[firsts[j]]:
            n_chars += chars_before[places[j] + n] - chars_before[places[j]]
            resume = places[j] + n
        else:
            seen[firsts[j]] = 1
    return n_chars


@kernel
def count_ngrams(
    hashes: UInt64s,
    n_tokens: Integer,
    chars_before: Int32s,
    keys: UInt64s,
    places: Int32s,
    firsts: Int32s,
    repeats: Int32s,
    table: Int32s,
    counts: Int64s,
) -> None:
    """Count different words, and characters in top 2- to 4-grams and duplicate 5- to 10-grams.

    Parameters
    ----------
    hashes, n_tokens, chars_before
        From `eurosift.filters.token_counts.count_tokens`.
    keys, places, firsts, repeats, table
        Scratch: a value per token, but `table`, which has `table_size` of these.
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
            m = keep_neighbours(places, firsts, m, repeats, keys)
        if m == 0 and n > TOP_TO:
            return
        count_keys(hashes if n == 1 else keys, m, table, firsts, repeats)
        if n == 1:
            n_words: Integer = 0
            for j in range(m):
                is_first = np.int64(firsts[np.uint64(j)]) == j
                n_words += is_first & np.int64(hashes[np.uint64(j)] & WORD)
            counts[DIFFERENT_WORDS] = n_words
        if TOP_FROM <= n <= TOP_TO:
            most: Integer = 1
            most_place: Integer = 0
            for j in range(m):
                times = np.int64(repeats[np.uint64(firsts[np.uint64(j)])])
                if times > most:
                    most = times
                    most_place = np.int64(places[np.uint64(j)])
            length = chars_before[most_place + n] - chars_before[most_place] + n - 1
            counts[TOP_2 + n - TOP_FROM] = most * length
        if n >= DUPLICATE_FROM:
            counts[DUPLICATE_5 + n - DUPLICATE_FROM] = count_skipping(
                places, firsts, m, n, table, chars_before
            )
