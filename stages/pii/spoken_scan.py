"""The scan for words that stand for the at sign without brackets: "anna kukac firma pont hu".

They are rare, so nearly all of a text only meets a filter: of four bytes, looked up one by one in
tables of sixteen bits, some bit has to be left (Teddy, of the Hyperscan library). Where one is, the
word around is looked up, and for a word for the point also the word for the sign before it.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from eurosift.filters.arrays import Bools, Int64s, UInt8s, UInt16s, UInt32s, UInt64s
from eurosift.filters.kernel import Integer, kernel
from eurosift.stages.pii import at_words
from eurosift.stages.pii.scan import SPOKEN, put, to_code_points
from eurosift.stages.pii.shapes import ALNUM, fold_byte, is_among, word_digests

_BLOCK: Final = 64
_QUAD: Final = 4
_BITS: Final = 16
_MAX_WORD: Final = 32
_MAX_DOMAIN: Final = 80
_DIGEST: Final = 0xCBF29CE484222325


class Tables(NamedTuple):
    """What `spoken_rows` knows of words.

    Attributes
    ----------
    masks
        uint16, shape (4, 256): the bits of each byte at each of four places.
    quads
        uint32, shape (n_quads,), sorted: four bytes that some word has, small letters.
    signs, spoken, points
        uint64: digests of words for the sign that say it alone, of those that need a point behind
        them, and of words for the point.
    """

    masks: UInt16s
    quads: UInt32s
    signs: UInt64s
    spoken: UInt64s
    points: UInt64s


def tables() -> Tables:
    """Tables of the words in `eurosift.stages.pii.at_words`."""
    forms = {
        form
        for anchor in at_words.ANCHORS
        for form in (anchor, anchor.upper(), anchor.capitalize())
    }
    quads = sorted({form.encode()[:_QUAD].lower() for form in forms})
    masks = np.zeros((_QUAD, 256), np.uint16)
    for i, quad in enumerate(quads):
        for place, byte in enumerate(quad):
            for form in {byte, ord(chr(byte).upper())} if byte < 0x80 else {byte}:
                masks[place, form] |= 1 << (_BITS * i // len(quads))
    return Tables(
        masks,
        np.array([int.from_bytes(quad, "big") for quad in quads], np.uint32),
        word_digests(at_words.UNMISTAKABLE),
        word_digests((*at_words.UNMISTAKABLE, *at_words.SPOKEN)),
        word_digests(at_words.DOTS),
    )


@kernel
def is_quad(data: UInt8s, at: Integer, quads: UInt32s) -> bool:
    """Whether the four bytes at a place are those of a word."""
    found = np.int64(0)
    for place in range(np.uint64(at), np.uint64(at + _QUAD)):
        byte = np.int64(data[place])
        found = (found << 8) | (byte | 0x20 if 0x41 <= byte <= 0x5A else byte)
    low, high = 0, quads.size
    while low < high:
        middle = (low + high) >> 1
        if quads[middle] < found:
            low = middle + 1
        else:
            high = middle
    return bool(low < quads.size and quads[low] == found)


@kernel
def next_quad(
    data: UInt8s,
    pos: int,
    stop: int,
    a: UInt16s,
    b: UInt16s,
    c: UInt16s,
    d: UInt16s,
    quads: UInt32s,
) -> int:
    """Where the next four bytes are that some word has; `stop` if there are none."""
    one, two, three = np.uint64(1), np.uint64(2), np.uint64(3)
    while pos < stop:
        last = min(pos + _BLOCK, stop)
        # Without a branch this is vector instructions.
        passed = 0
        for at in range(np.uint64(pos), np.uint64(last)):
            passed += (
                a[data[at]] & b[data[at + one]] & c[data[at + two]] & d[data[at + three]]
            ) != 0
        if passed != 0:
            for at in range(np.uint64(pos), np.uint64(last)):
                if (
                    a[data[at]] & b[data[at + one]] & c[data[at + two]] & d[data[at + three]]
                ) != 0 and is_quad(data, np.int64(at), quads):
                    return np.int64(at)  # type: ignore[return-value]  # an index in a kernel
        pos = last
    return stop


@kernel
def is_part(byte: Integer, classes: UInt8s) -> bool:
    """Whether a byte is of a letter or digit; of other scripts all are."""
    return bool(classes[byte] & ALNUM or byte >= 0x80)


@kernel
def word_begin(data: UInt8s, at: int, lowest: int, classes: UInt8s) -> int:
    """Begin of the word whose bytes end before `at`."""
    while (
        at > lowest
        and is_part(data[at - 1], classes)
        and not (data[at - 1] == 0xA0 and at - 2 >= lowest and data[at - 2] == 0xC2)
    ):
        at -= 1
    return at


@kernel
def word_end(data: UInt8s, at: int, highest: int, classes: UInt8s) -> int:
    """End of the word that goes on at `at`."""
    while (
        at < highest
        and is_part(data[at], classes)
        and not (data[at] == 0xC2 and at + 1 < highest and data[at + 1] == 0xA0)
    ):
        at += 1
    return at


@kernel
def is_one_of(data: UInt8s, begin: int, stop: int, words: UInt64s) -> bool:
    """Whether some bytes are one of some words."""
    digest = np.uint64(_DIGEST)
    for byte in data[begin:stop]:
        digest = fold_byte(digest, np.int64(byte))
    return is_among(digest, words)


@kernel
def gap_before(data: UInt8s, at: int, lowest: int) -> int:
    """Where the space, underscore or no-break space before `at` begins; -1 if there is none."""
    if at - 1 >= lowest and data[at - 1] in (0x20, 0x5F):
        return at - 1
    if at - 2 >= lowest and data[at - 1] == 0xA0 and data[at - 2] == 0xC2:
        return at - 2
    return -1


@kernel
def sign_before(
    data: UInt8s, at: int, lowest: int, classes: UInt8s, words: UInt64s
) -> tuple[int, int]:
    """Begin and end of the word for the sign before the domain before a point at `at`; or -1."""
    domain_end = gap_before(data, at, lowest)
    begin = domain_end
    lowest = max(lowest, at - _MAX_DOMAIN)
    while (
        begin > lowest
        and (is_part(data[begin - 1], classes) or data[begin - 1] in (0x2D, 0x2E))
        and not (data[begin - 1] == 0xA0 and data[begin - 2] == 0xC2)
    ):
        begin -= 1
    stop = gap_before(data, begin, lowest) if 0 <= begin < domain_end else -1
    if stop < 0:
        return -1, -1
    begin = word_begin(data, stop, lowest, classes)
    return (begin, stop) if is_one_of(data, begin, stop, words) else (-1, -1)


@kernel
def spoken_rows(
    data: UInt8s,
    offsets: Int64s,
    valid: Bools,
    classes: UInt8s,
    masks: UInt16s,
    quads: UInt32s,
    signs: UInt64s,
    spoken: UInt64s,
    points: UInt64s,
) -> Int64s:
    """Find words for the at sign where addresses may be.

    Parameters
    ----------
    data, offsets, valid
        From `eurosift.filters.buffers.string_buffers`.
    classes
        From `eurosift.stages.pii.shapes.byte_classes`.
    masks, quads, signs, spoken, points
        From `tables`.

    Returns
    -------
    int64, shape (n_hits, 4)
        As of `eurosift.stages.pii.scan.scan_rows`: the places of the words.
    """
    hits = np.empty((64, 4), np.int64)
    n = 0
    a, b, c, d = masks[0], masks[1], masks[2], masks[3]
    for row in range(offsets.size - 1):
        if not valid[row]:
            continue
        start, end = offsets[row], offsets[row + 1]
        first = n
        pos = start - 1
        while True:
            pos = next_quad(data, pos + 1, end - _QUAD + 1, a, b, c, d, quads)
            if pos > end - _QUAD:
                break
            inside = pos + _QUAD - 1  # before the word there may be a space
            begin = word_begin(data, inside, max(start, inside - _MAX_WORD), classes)
            stop = word_end(data, inside, min(end, inside + _MAX_WORD), classes)
            if is_one_of(data, begin, stop, points):
                begin, stop = sign_before(data, begin, start, classes, spoken)
            elif not is_one_of(data, begin, stop, signs):
                continue
            if begin < 0:
                continue
            if n == hits.shape[0]:
                larger = np.empty((2 * n, 4), np.int64)
                larger[:n] = hits
                hits = larger
            n = put(hits, n, row, SPOKEN, begin, stop)
        to_code_points(data, hits[first:n], start)
    return hits[:n]
