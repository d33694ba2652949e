"""How much of each block another engine took: a second voice beside the trees.

Words are compared by hashes of pairs of them, in the order of the page, so that a single word in
the menu is not taken for the same word in the article.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from eurosift.filters.arrays import Bools, Float64s, Int64s, UInt8s, UInt32s, UInt64s
from eurosift.filters.kernel import Integer, kernel
from eurosift.filters.unicode import ALPHA, EXTEND, NUMBER, character_classes
from eurosift.stages.extract.blocks.scan import END, START, Blocks

_MULTIPLIER: Final = np.uint64(0x9E3779B97F4A7C15)
_SEED: Final = np.uint64(7)


def taken(blocks: Blocks, text: str) -> Float64s:
    """Share of the words of each block that stand in a text with a neighbour of theirs.

    Returns
    -------
    Float64s
        Shape (n_blocks,), from 0 to 1.
    """
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    classes = character_classes()
    other, _ = pairs(points, np.array([[0, len(points)]]), classes)
    ours, owners = pairs(blocks.text, blocks.table[:, START : END + 1], classes)
    found = np.isin(ours, other[:-1])
    found[-1:] = False  # the last word has none after it
    shares = np.zeros(len(blocks.table))
    share_taken(ours, owners, found, shares)
    return shares


def pairs(points: UInt32s, bounds: Int64s, classes: UInt8s) -> tuple[Int64s, Int64s]:
    """Hash of each word with the next one, and the row of `bounds` that the word is in."""
    hashes = np.empty(len(points) // 2 + len(bounds) + 1, np.uint64)
    owners = np.empty(len(hashes), np.int64)
    n = hash_words(points, bounds, classes, hashes, owners)
    words = hashes[:n]
    following = np.concatenate([words[1:], np.zeros(1, np.uint64)])[:n]
    return (words * _MULTIPLIER ^ following).view(np.int64), owners[:n]


@kernel
def hash_words(
    points: UInt32s, bounds: Int64s, classes: UInt8s, hashes: UInt64s, owners: Int64s
) -> Integer:
    """Hash the words within bounds; the number of words."""
    n = 0
    for row in range(len(bounds)):
        in_word = False
        digest = np.uint64(0)
        for i in range(bounds[row, 0], bounds[row, 1]):
            point = points[i]
            klass = classes[point] if point < len(classes) else 0
            if klass & (ALPHA | NUMBER | EXTEND):
                if not in_word:
                    in_word = True
                    digest = _SEED
                digest = (digest ^ np.uint64(point)) * _MULTIPLIER
                digest ^= digest >> np.uint64(29)
            elif in_word:
                in_word = False
                hashes[n], owners[n] = digest, row
                n += 1
        if in_word:
            hashes[n], owners[n] = digest, row
            n += 1
    return n


@kernel
def share_taken(pairs: Int64s, owners: Int64s, found: Bools, shares: Float64s) -> None:
    """Count words of which the pair with the word before or after is found, for each owner."""
    counts = np.zeros(len(shares))
    for i in range(len(pairs)):
        counts[owners[i]] += 1
        if found[i] or (i and found[i - 1]):
            shares[owners[i]] += 1
    for row in range(len(shares)):
        if counts[row]:
            shares[row] /= counts[row]
