"""What another engine's text says of the blocks, a second voice beside the trees, and of the text.

How much of a block it took is compared by hashes of pairs of words, in the order of the page, so
that a single word in the menu is not taken for the same word in the article.
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
    classes = character_classes()
    other, _ = pairs(*_as_row(text), classes)
    ours, owners = pairs(blocks.text, blocks.table[:, START : END + 1], classes)
    found = np.zeros(len(ours), bool)
    find(ours[:-1], other[:-1], found)  # the last word has none after it
    shares = np.zeros(len(blocks.table))
    share_taken(ours, owners, found, shares)
    return shares


def agreement(one: str, other: str) -> float:
    """Share of words that two texts have in common (Dice coefficient of the bags of words).

    Examples
    --------
    >>> agreement("the old bridge", "The bridge, the")
    0.6666666666666666
    >>> agreement("", "")
    1.0
    """
    classes = character_classes()
    a, b = (np.sort(words(*_as_row(text), classes)[0]) for text in (one, other))
    return 2 * in_common(a, b) / (len(a) + len(b)) if len(a) + len(b) else 1.0


def count_words(text: str) -> int:
    """Count the words of a text."""
    return len(words(*_as_row(text), character_classes())[0])


def _as_row(text: str) -> tuple[UInt32s, Int64s]:
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    return points, np.array([[0, len(points)]])


def pairs(points: UInt32s, bounds: Int64s, classes: UInt8s) -> tuple[Int64s, Int64s]:
    """Hash of each word with the next one, and the row of `bounds` that the word is in."""
    hashes, owners = words(points, bounds, classes)
    following = np.concatenate([hashes[1:], np.zeros(1, np.uint64)])[: len(hashes)]
    return (hashes * _MULTIPLIER ^ following).view(np.int64), owners


def words(points: UInt32s, bounds: Int64s, classes: UInt8s) -> tuple[UInt64s, Int64s]:
    """Hash of each word, and the row of `bounds` that it is in."""
    hashes = np.empty(len(points) // 2 + len(bounds) + 1, np.uint64)
    owners = np.empty(len(hashes), np.int64)
    points = points.view()
    points.flags.writeable = False  # so that the kernel is compiled for one type
    n = hash_words(points, np.ascontiguousarray(bounds), classes, hashes, owners)
    return hashes[:n], owners[:n]


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
def find(wanted: Int64s, among: Int64s, found: Bools) -> None:
    """Tell which numbers are among others, by a table of these with room for twice as many."""
    size = 2
    while size < 2 * len(among):
        size *= 2
    known = np.zeros(size, np.int64)
    used = np.zeros(size, np.bool_)
    for number in among:
        place = number & (size - 1)
        while used[place] and known[place] != number:
            place = (place + 1) & (size - 1)
        known[place], used[place] = number, True
    for i in range(len(wanted)):
        place = wanted[i] & (size - 1)
        while used[place] and known[place] != wanted[i]:
            place = (place + 1) & (size - 1)
        found[i] = used[place]


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


@kernel
def in_common(one: UInt64s, other: UInt64s) -> int:
    """Count what two sorted arrays have in common, as often as both have it."""
    i = k = count = 0
    while i < len(one) and k < len(other):
        if one[i] == other[k]:
            count += 1
            i += 1
            k += 1
        elif one[i] < other[k]:
            i += 1
        else:
            k += 1
    return count
