"""A cache of vectors by word, for kernels: words repeat (Zipf), and a sum costs 25 additions.

It has sets of four slots. A word that is not there takes the place of one that was not asked for
since the set was last full. Words are compared byte by byte: a hit is never another word.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from eurosift.filters.arrays import Float32s, UInt8s, UInt32s, UInt64s
from eurosift.filters.kernel import kernel

KEY_WORDS: Final = 4
KEY_BYTES: Final = 8 * KEY_WORDS
"""Longer words are not kept."""
HASH: Final = KEY_WORDS
COUNT: Final = KEY_WORDS + 1
WAYS: Final = 4
USED: Final = np.uint32(1)
TAKEN: Final = np.uint32(2)
EIGHT: Final = np.uint64(8)
MIX: Final = np.uint64(0x9E3779B97F4A7C15)
HALF: Final = np.uint64(32)


class WordCache(NamedTuple):
    """Sums of vectors by word.

    Attributes
    ----------
    tags
        uint32, shape (n_sets, 4): hash of the word in each slot, a bit that says that there is one,
        and a bit that says that it was asked for.
    heads
        uint64, shape (n_slots, 6): the word itself in 4, filled up with NUL, which no word holds;
        whatever else is to be kept of it in `HASH` and `COUNT`.
    sums
        float32, shape (n_slots, width).
    """

    tags: UInt32s
    heads: UInt64s
    sums: Float32s


def build_cache(width: int, n_bytes: int) -> WordCache:
    """Make an empty cache for vectors of length `width`, of at most `n_bytes` or one set."""
    set_bytes = WAYS * (4 + 8 * (COUNT + 1) + 4 * width)
    n_sets = 1 << max(0, (n_bytes // set_bytes).bit_length() - 1)
    return WordCache(
        np.zeros((n_sets, WAYS), np.uint32),
        np.zeros((n_sets * WAYS, COUNT + 1), np.uint64),
        np.zeros((n_sets * WAYS, width), np.float32),
    )


@kernel
def find_word(
    cache: WordCache, data: UInt8s, start: int, stop: int, key: UInt64s
) -> tuple[int, bool]:
    """Slot of ``data[start:stop]``, at most `KEY_BYTES` long, and whether the word was there.

    If it was not, the slot is now its own, and the caller fills in the rest.

    Parameters
    ----------
    cache, data, start, stop
        Where to look, and for what.
    key
        For its own use, shape (4,).
    """
    mixed = np.uint64(0)
    pos = start
    for part in range(KEY_WORDS):
        bits = np.uint64(0)
        last = min(start + 8 * (part + 1), stop)
        while pos < last:
            bits = bits << EIGHT | np.uint64(data[pos])
            pos += 1
        key[part] = bits
        mixed = (mixed ^ bits) * MIX
        mixed ^= mixed >> HALF
    group = np.int64(mixed) & (cache.tags.shape[0] - 1)
    tag = np.uint32(mixed >> HALF) | USED | TAKEN
    for way in range(WAYS):
        if cache.tags[group, way] | USED == tag:
            slot = group * WAYS + way
            same = True
            for part in range(KEY_WORDS):
                same = same and cache.heads[slot, part] == key[part]
            if same:
                cache.tags[group, way] = tag
                return slot, True
    free = 0
    while free < WAYS and cache.tags[group, free] & USED:
        free += 1
    if free == WAYS:
        for way in range(WAYS):
            cache.tags[group, way] &= ~USED
        free = 0
    cache.tags[group, free] = tag
    slot = group * WAYS + free
    for part in range(KEY_WORDS):
        cache.heads[slot, part] = key[part]
    return slot, False
