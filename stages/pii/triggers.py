"""The bytes at which the scan looks closer: most of a text is passed over in blocks without one."""

from __future__ import annotations

from typing import Final

import numpy as np

from eurosift.filters.arrays import UInt8s
from eurosift.filters.kernel import Integer, kernel
from eurosift.stages.pii.shapes import TRIGGER

_BLOCK: Final = 64


@kernel
def is_trigger(byte: Integer) -> bool:
    """Whether a byte is of class `TRIGGER`, for loops that are to become vector instructions."""
    return bool(
        ((byte >= 0x30) & (byte <= 0x3A))
        | (byte == 0x3C)
        | (byte == 0x3D)
        | (byte == 0x40)
        | (byte == 0x25)
        | (byte == 0x26)
        | (byte == 0x28)
        | (byte == 0x2A)
        | (byte == 0x2D)
        | (byte == 0x5B)
        | (byte == 0x5F)
        | (byte == 0x7B)
        | (byte == 0xEF)
    )


@kernel
def next_trigger(data: UInt8s, pos: int, end: int, classes: UInt8s) -> int:
    """Where the next byte of class `TRIGGER` is; `end` if there is none."""
    at, stop, block = np.uint64(pos), np.uint64(end), np.uint64(_BLOCK)
    while at + block <= stop:
        found = False
        for i in range(block):
            found |= is_trigger(data[at + i])
        if found:
            break
        at += block
    while at < stop and classes[np.uint64(data[at])] & TRIGGER == 0:
        at += np.uint64(1)
    return np.int64(at)  # type: ignore[return-value]  # what an index is in a kernel
