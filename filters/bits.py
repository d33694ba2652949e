"""Eight bytes at a time: arithmetic on the class bits of neighbouring characters.

`load_word` reads eight bytes as one number, the first in its lowest bits. A *selection* has in each
byte of such a number the lowest bit set or not.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from eurosift.filters.arrays import UInt8s
from eurosift.filters.kernel import Integer, Intrinsic, kernel

trailing_zeros = Intrinsic("numba.cpython.unsafe.numbers", "trailing_zeros")
load_bytes = Intrinsic("eurosift.filters.vectors", "load_bytes")
count_bits = Intrinsic("eurosift.filters.vectors", "count_bits")

VECTOR: Final = 64
"""Bytes that operations of `eurosift.filters.vectors` take together."""
VALUES: Final = 4
"""Values that `eurosift.filters.vectors.lower_minima` takes together."""
LOWEST: Final = np.uint64(0x0101010101010101)
ONE: Final = np.uint64(1)
ALL: Final = np.uint64(0xFFFFFFFFFFFFFFFF)


@kernel
def load_word(data: UInt8s, pos: np.uint64) -> np.uint64:
    """Eight bytes as one number."""
    return np.uint64(load_bytes(data, pos))


@kernel
def first_bytes(n: Integer) -> np.uint64:
    """Mask of the first one to eight bytes."""
    return ALL >> np.uint64(64 - 8 * n)


@kernel
def count_selected(selection: np.uint64) -> Integer:
    """Number of bytes that are selected."""
    return np.int64(count_bits(selection))


@kernel
def first_selected(selection: np.uint64) -> Integer:
    """Number of bytes before the first that is selected, 8 if none is."""
    return np.int64(trailing_zeros(selection)) >> 3


@kernel
def first_changed(changed: np.uint64) -> Integer:
    """Number of bytes before the first that is not 0; some byte is not."""
    return np.int64(trailing_zeros(changed)) >> 3
