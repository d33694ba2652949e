"""How far a document can be packed: the size of its LZ4 block, without writing it.

A library's compressor gives other sizes with other versions, and signals must not change with
these. So this is a parser of our own: greedy, with one place remembered for every hash of four
bytes, and looking for matches where words begin only; sizes are those of the LZ4 block format
(github.com/lz4/lz4, doc/lz4_Block_format.md).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from eurosift.filters.arrays import Int32s, UInt8s
from eurosift.filters.bits import LOWEST, first_changed, first_selected, load_word
from eurosift.filters.kernel import Integer, kernel

TABLE_BITS: Final = 12
TABLE_SIZE: Final = 1 << TABLE_BITS
MATCH: Final = 4
"""Bytes of the shortest match."""
TAIL: Final = 12
"""No match begins in so many last bytes."""
LITERAL_TAIL: Final = 5
"""No match reaches into so many last bytes."""
WINDOW: Final = 0xFFFF
HASH: Final = np.uint64(2654435761)
LOW: Final = np.uint64(0xFFFFFFFF)


@kernel
def length_bytes(length: Integer) -> Integer:
    """Bytes that a length takes behind the four bits of the token."""
    return 0 if length < 15 else (length - 15) // 255 + 1


@kernel
def next_place(marks: UInt8s, pos: Integer) -> Integer:
    """Where a match is looked for next: behind white space, or behind eight bytes without any."""
    spaces = load_word(marks, np.uint64(pos)) >> np.uint64(4) & LOWEST
    return pos + first_selected(spaces) + 1


@kernel
def packed_size(text: UInt8s, size: Integer, marks: UInt8s, table: Int32s) -> Integer:
    """Size of a document as an LZ4 block, in bytes.

    `text`, `size` and `marks` are as `eurosift.filters.characters.scan_characters` takes and gives
    them; `table` is scratch: `TABLE_SIZE` values.
    """
    # A slot that was not used yet stands for the first place, which is always found in its own.
    table[:] = 0
    packed = 0
    anchor = 0
    pos = next_place(marks, 0)
    shift = np.uint64(32 - TABLE_BITS)
    limit = size - LITERAL_TAIL
    while pos <= size - TAIL:
        word = load_word(text, np.uint64(pos)) & LOW
        slot = (word * HASH & LOW) >> shift
        candidate = np.int64(table[slot])
        table[slot] = pos
        there = load_word(text, np.uint64(candidate)) & LOW
        if (there != word) | (pos - candidate > WINDOW):
            pos = next_place(marks, pos)
            continue
        stop = pos + MATCH
        offset = np.uint64(pos - candidate)
        while stop < limit:
            here = np.uint64(stop)
            changed = load_word(text, here) ^ load_word(text, here - offset)
            if changed != np.uint64(0):
                stop += first_changed(changed)
                break
            stop += 8
        stop = min(stop, limit)
        packed += 3 + pos - anchor + length_bytes(pos - anchor) + length_bytes(stop - pos - MATCH)
        pos = stop
        anchor = stop
    return packed + 1 + size - anchor + length_bytes(size - anchor)
