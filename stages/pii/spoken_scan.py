"""The scan for words that stand for the at sign without brackets: "anna kukac firma pont hu".

They are rare, so nearly all of a text only meets a filter: of each word five bytes are known, so
that four of them begin at every second byte, whose digest is looked up in a table of bits. Where
one is set, the word around is looked up, and for a word for the point also the word for the sign
before it.
"""

from __future__ import annotations

import itertools
from typing import Final, NamedTuple

import numpy as np

from eurosift.filters.arrays import Bools, Int64s, UInt8s, UInt32s, UInt64s
from eurosift.filters.kernel import Integer, kernel
from eurosift.stages.pii import at_words
from eurosift.stages.pii.scan import SPOKEN, doubled, put, to_code_points
from eurosift.stages.pii.shapes import ALNUM, digest_word, is_among, word_digests

_BLOCK: Final = 32
_QUAD: Final = 4
_STEP: Final = 2
_SHIFT: Final = 15
"""Digests have the other 17 bits of 32."""
_FACTOR: Final = 0x9E3779B1
_SMALL: Final = 0x20
_MAX_WORD: Final = 32
_MAX_DOMAIN: Final = 80
_BEFORE: Final = (0x20, 0x5F, 0x2A, 0x2D, 0xA0)
"""Bytes of what sets a word off, right before it: a space, a mark, the end of a no-break space."""
_BEHIND: Final = (0x20, 0x5F, 0x2A, 0x2D, 0xC2)
"""The same right behind it."""


class Tables(NamedTuple):
    """What `spoken_rows` knows of words.

    Attributes
    ----------
    bits
        uint32, shape (4096,): a bit for every digest, set where some word has four such bytes.
    signs, spoken, points
        uint64: digests of words for the sign that say it alone, of those that need a point behind
        them, and of words for the point.
    """

    bits: UInt32s
    signs: UInt64s
    spoken: UInt64s
    points: UInt64s


def _anchors() -> set[bytes]:
    """Five bytes of each form of each word."""
    found = set()
    for anchor in at_words.ANCHORS:
        word = anchor.strip()
        before = [bytes([byte]) for byte in _BEFORE] if anchor[0] == " " else [b""]
        behind = [bytes([byte]) for byte in _BEHIND] if anchor[-1] == " " else [b""]
        forms = [form.encode() for form in (word, word.upper(), word.capitalize())]
        found |= {b"".join(p)[: _QUAD + 1] for p in itertools.product(before, forms, behind)}
    return found


def tables() -> Tables:
    """Tables of the words in `eurosift.stages.pii.at_words`."""
    bits = np.zeros(1 << (32 - _SHIFT - 5), np.uint32)
    for anchor in sorted(_anchors()):
        for begin in range(_STEP):
            digest = int(digest_quad(np.frombuffer(anchor, np.uint8), begin))
            bits[digest >> 5] |= np.uint32(1 << (digest & 31))
    return Tables(
        bits,
        word_digests(at_words.UNMISTAKABLE),
        word_digests((*at_words.UNMISTAKABLE, *at_words.SPOKEN)),
        word_digests(at_words.DOTS),
    )


@kernel
def digest_quad(data: UInt8s, at: Integer) -> np.uint32:
    """Digest of the four bytes at a place, large letters as small ones."""
    place = np.uint64(at)
    quad = (
        np.uint32(data[place])
        | np.uint32(np.uint32(data[place + np.uint64(1)]) << np.uint32(8))
        | np.uint32(np.uint32(data[place + np.uint64(2)]) << np.uint32(16))
        | np.uint32(np.uint32(data[place + np.uint64(3)]) << np.uint32(24))
    )
    folded = np.uint32(quad | np.uint32(_SMALL * 0x01010101))
    return np.uint32(np.uint32(folded * np.uint32(_FACTOR)) >> np.uint32(_SHIFT))


@kernel
def is_set(digest: np.uint32, bits: UInt32s) -> np.uint32:
    """One if the bit of a digest is set, else zero."""
    word = bits[np.uint64(digest >> np.uint32(5))]
    return np.uint32(np.uint32(word >> np.uint32(digest & np.uint32(31))) & np.uint32(1))


@kernel
def next_quad(data: UInt8s, pos: int, stop: int, bits: UInt32s) -> int:
    """Where the next four bytes are that some word has, of every second; -1 if there are none."""
    while pos + _BLOCK <= stop:
        # No branch for each of them: hardly any block has one.
        passed = np.uint32(0)
        for i in range(np.uint64(_BLOCK // _STEP)):
            passed += is_set(digest_quad(data, np.uint64(pos) + i * np.uint64(_STEP)), bits)
        if passed != 0:
            break
        pos += _BLOCK
    while pos < stop:
        if is_set(digest_quad(data, pos), bits) != 0:
            return pos
        pos += _STEP
    return -1


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
    return (begin, stop) if is_among(digest_word(data[begin:stop]), words) else (-1, -1)


@kernel
def spoken_rows(
    data: UInt8s,
    offsets: Int64s,
    valid: Bools,
    classes: UInt8s,
    bits: UInt32s,
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
    bits, signs, spoken, points
        From `tables`.

    Returns
    -------
    int64, shape (n_hits, 4)
        As of `eurosift.stages.pii.scan.scan_rows`: the places of the words.
    """
    hits = np.empty((64, 4), np.int64)
    n = 0
    for row in range(offsets.size - 1):
        if not valid[row]:
            continue
        start, end = offsets[row], offsets[row + 1]
        first = n
        pos = start
        while True:
            pos = next_quad(data, pos, end - _QUAD + 1, bits)
            if pos < 0:
                break
            inside = pos + 1  # before the word there may be what sets it off
            begin = word_begin(data, inside, max(start, inside - _MAX_WORD), classes)
            stop = word_end(data, inside, min(end, inside + _MAX_WORD), classes)
            pos += _STEP
            # Set off where it has to be, so that it does not matter by which bytes it was noticed.
            word = digest_word(data[begin:stop])
            if is_among(word, points):
                is_set_off = stop < end and data[stop] in _BEHIND
                begin, stop = sign_before(data, begin, start, classes, spoken)
            else:
                is_set_off = begin > start and data[begin - 1] in _BEFORE
                is_set_off = is_set_off and is_among(word, signs)
            if begin < 0 or not is_set_off:
                continue
            if n == hits.shape[0]:
                hits = doubled(hits)
            n = put(hits, n, row, SPOKEN, begin, stop)
        to_code_points(data, hits[first:n], start)
    return hits[:n]
