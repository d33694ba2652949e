"""Which keys of a document came before: a hash table of the places of those that did not.

The table holds no keys, but where each was first met, so it is small; collisions are rare in it,
and all else goes without a branch: what comes again is hard to guess for the processor.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from eurosift.filters.arrays import Int32s, UInt64s
from eurosift.filters.kernel import Integer, kernel
from eurosift.filters.words import PRIME

EMPTY: Final = -1
NEXT: Final = np.uint64(1)
ROOMY: Final = 4
"""Slots for each key at least: a collision costs more than room."""


@kernel
def table_size(n: Integer) -> Integer:
    """Slots for a hash table of `n` keys: a power of two."""
    size = ROOMY
    while size < n * ROOMY:
        size *= 2
    return size


@kernel
def clear_table(table: Int32s, size: Integer) -> None:
    """Make ``table[:size]`` empty."""
    table[:size] = EMPTY


@kernel
def first_place(keys: UInt64s, place: Integer, table: Int32s, size: Integer) -> np.uint64:
    """Where in `keys` the key at `place` stands for the first time, among those that were asked.

    Parameters
    ----------
    keys, place
        Asked are places in ascending order, each once.
    table, size
        ``table[:size]``, from `clear_table`; the size is from `table_size`. Changed.
    """
    at = np.uint64(place)
    key = keys[at]
    mask = np.uint64(size - 1)
    slot = (key * PRIME) >> np.uint64(32) & mask
    there = np.int64(table[slot])
    first = np.uint64(place if there == EMPTY else there)
    while keys[first] != key:
        slot = slot + NEXT & mask
        there = np.int64(table[slot])
        first = np.uint64(place if there == EMPTY else there)
    table[slot] = first
    return first
