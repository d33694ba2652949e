"""Shapes that the scan knows: classes of bytes, and what stands at a place, by the bytes there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from eurosift.filters.arrays import UInt8s, UInt64s
from eurosift.filters.kernel import Integer, kernel

DIGIT: Final = 1
UPPER: Final = 2
LOWER: Final = 4
SEPARATOR: Final = 8
LETTER: Final = 6
ALNUM: Final = 7
TRIGGER: Final = 16

_MAX_BRACKET: Final = 30
_MAX_PARAMETER: Final = 40
_MAX_LABELLED: Final = 80
_MAX_SHORT: Final = 6
_MAX_PREFIX: Final = 9
_MIN_REST: Final = 8


def byte_classes() -> UInt8s:
    """Class bits by byte.

    Returns
    -------
    uint8, shape (256,).
    """
    classes = np.zeros(256, np.uint8)
    classes[ord("0") : ord("9") + 1] = DIGIT
    classes[ord("A") : ord("Z") + 1] = UPPER
    classes[ord("a") : ord("z") + 1] = LOWER
    for byte in b" \t.-/()":
        classes[byte] |= SEPARATOR
    for byte in b"0123456789@%&([{<=-:_*\xef":
        classes[byte] |= TRIGGER
    classes.setflags(write=False)
    return classes


def word_digests(words: Iterable[str]) -> UInt64s:
    """Digests of words in small letters, in capitals, and with a capital at their front.

    Returns
    -------
    uint64, shape (n_words,).
    """
    forms = sorted({form for word in words for form in (word, word.upper(), word.capitalize())})
    digests = [digest_word(np.frombuffer(form.encode(), np.uint8)) for form in forms]
    found = np.array(digests, np.uint64)
    found.setflags(write=False)
    return found


@kernel
def separator_width(data: UInt8s, pos: int, end: int, classes: UInt8s) -> int:
    """Bytes of the separator of numbers at `pos`; 0 if there is none.

    Beside those of ASCII: no-break, thin, narrow and figure spaces, hyphens and dashes, and the
    minus sign.
    """
    byte = data[pos]
    if classes[byte] & SEPARATOR:
        return 1
    if byte == 0xC2 and pos + 1 < end and data[pos + 1] == 0xA0:
        return 2
    if byte == 0xE2 and pos + 2 < end:
        second, third = data[pos + 1], data[pos + 2]
        if second == 0x80 and (third in (0x87, 0x89, 0xAF) or 0x90 <= third <= 0x94):
            return 3
        if second == 0x88 and third == 0x92:
            return 3
    return 0


@kernel
def separator_before(data: UInt8s, pos: int, start: int) -> int:
    """Bytes of the separator of letters and digits before `pos`: a space or a dash; 0 if none."""
    if pos - 1 < start:
        return 0
    byte = data[pos - 1]
    if byte in (0x20, 0x2D):
        return 1
    if byte == 0xA0 and pos - 2 >= start and data[pos - 2] == 0xC2:
        return 2
    if pos - 3 >= start and data[pos - 3] == 0xE2 and data[pos - 2] == 0x80:
        return 3 if byte in (0x87, 0x89, 0xAF) or 0x90 <= byte <= 0x94 else 0
    return 0


@kernel
def is_at(data: UInt8s, pos: int, end: int) -> bool:
    """Whether an at sign is written at `pos`: ``@``, ``%40``, a character reference, a variant."""
    byte = data[pos]
    left = end - pos
    if byte == 0x40:
        return True
    if byte == 0x25:
        return bool(left > 2 and data[pos + 1] == 0x34 and data[pos + 2] == 0x30)
    if byte == 0x26:  # "&#64;", "&#x40;", "&commat;", "&amp;#64;": the detector looks closer
        second = data[pos + 1] if left > 4 else 0
        return bool(second in (0x23, 0x63) or (second == 0x61 and data[pos + 2] == 0x6D))
    if byte == 0xEF and left > 2:
        second, third = data[pos + 1], data[pos + 2]
        return bool((second == 0xBC and third == 0xA0) or (second == 0xB9 and third == 0xAB))
    return False


@kernel
def fold_byte(digest: np.uint64, byte: Integer) -> np.uint64:
    """Add a byte to a digest of 64 bits (FNV-1a), small letters as capitals."""
    if 0x61 <= byte <= 0x7A:
        byte -= 0x20
    return np.uint64((digest ^ np.uint64(byte)) * np.uint64(0x100000001B3))


@kernel
def digest_word(word: UInt8s) -> np.uint64:
    """Digest of a word for `is_among`."""
    digest = np.uint64(0xCBF29CE484222325)
    for byte in word:
        digest = fold_byte(digest, np.int64(byte))
    return digest


@kernel
def is_among(digest: np.uint64, words: UInt64s) -> bool:
    """Whether a digest is one of those of some words."""
    found = False
    for word in words:  # without a branch, as vector instructions
        found |= word == digest
    return found


@kernel
def is_bracketed(data: UInt8s, pos: int, end: int, words: UInt64s) -> bool:
    """Whether a word for the at sign stands in the brackets that open at `pos`."""
    stop = min(end, pos + _MAX_BRACKET)
    at = pos + 1
    while at < stop and (data[at] == 0x20 or data[at] == 0xC2 or data[at] == 0xA0):
        at += 1
    digest = np.uint64(0xCBF29CE484222325)
    while at < stop:
        byte = np.int64(data[at])
        if byte in (0x20, 0x29, 0x3E, 0x5D, 0x7D, 0xC2):
            return is_among(digest, words)
        digest = fold_byte(digest, byte)
        at += 1
    return False


@kernel
def is_global_v6(data: UInt8s, pos: int, start: int, end: int) -> bool:
    """Whether the colon at `pos` stands behind the first group of an address of 2000::/3."""
    if pos - 4 < start or data[pos - 4] not in (0x32, 0x33):
        return False
    for at in range(pos - 3, pos):
        lower = data[at] | 0x20
        if not (0x30 <= data[at] <= 0x39 or 0x61 <= lower <= 0x66):
            return False
    at = pos + 1
    while at < end and at <= pos + 4:
        lower = data[at] | 0x20
        if not (0x30 <= data[at] <= 0x39 or 0x61 <= lower <= 0x66):
            break
        at += 1
    return at < end and data[at] == 0x3A


@kernel
def is_parameter(data: UInt8s, pos: int, start: int, classes: UInt8s) -> bool:
    """Whether the equals sign at `pos` stands behind the name of a parameter of a URL."""
    at = pos - 1
    stop = max(start, pos - _MAX_PARAMETER)
    while at >= stop and (classes[data[at]] & ALNUM or data[at] in (0x2D, 0x2E, 0x5F)):
        at -= 1
    return stop <= at < pos - 1 and data[at] in (0x3F, 0x26, 0x3B, 0x23)


@kernel
def is_key_byte(byte: Integer, classes: UInt8s) -> bool:
    """Whether keys are made of a byte: a letter, a digit, a hyphen, an underscore."""
    return bool(classes[byte] & ALNUM or byte in (0x2D, 0x5F))


@kernel
def is_marked_at(data: UInt8s, pos: int, end: int) -> bool:
    """Whether the mark at `pos` and the same one behind it set off the word `at`."""
    return bool(
        pos + 3 < end
        and data[pos + 3] == data[pos]
        and data[pos + 1] | 0x20 == 0x61
        and data[pos + 2] | 0x20 == 0x74
    )


@kernel
def labelled_sign(data: UInt8s, pos: int, end: int, classes: UInt8s) -> tuple[int, int]:
    """Begin and end of a short word between a name, right behind a colon, and a domain; or -1.

    Which words may stand for the at sign is for the detector to say.
    """
    stop = min(end, pos + _MAX_LABELLED)
    at = pos + 1
    while at < stop and data[at] == 0x20:
        at += 1
    name = at
    while at < stop and data[at] > 0x20:
        at += 1
    begin = at + 1
    if at == name or begin >= stop or data[at] != 0x20:
        return -1, -1
    at = begin
    while at < stop and data[at] > 0x20:
        at += 1
    if not 0 < at - begin <= _MAX_SHORT or at >= stop or data[at] != 0x20:
        return -1, -1
    word_end = at
    at += 1
    while at < stop and (is_key_byte(data[at], classes) or data[at] >= 0x80):
        at += 1
    if at + 1 < stop and data[at] == 0x2E and classes[data[at + 1]] & LETTER:
        return begin, word_end
    return -1, -1


@kernel
def is_begin(data: UInt8s, pos: int, end: int) -> bool:
    """Whether the dashes at `pos` stand before BEGIN."""
    return bool(
        pos + 5 < end and data[pos + 5] == 0x42 and data[pos + 1] == 0x2D and data[pos + 4] == 0x2D
    )


@kernel
def is_prefix(
    data: UInt8s, pos: int, lowest: int, end: int, classes: UInt8s, prefixes: UInt64s
) -> bool:
    """Whether one of some words, with nothing before it, ends at `pos` before the rest of a key."""
    for at in range(pos + 1, pos + _MIN_REST + 1):
        if at >= end or not is_key_byte(data[at], classes):
            return False  # most hyphens and underscores are of short words
    begin = pos
    while begin > lowest and pos - begin <= _MAX_PREFIX and classes[data[begin - 1]] & ALNUM:
        begin -= 1
    if not 0 < pos - begin <= _MAX_PREFIX or (
        begin > lowest and is_key_byte(data[begin - 1], classes)
    ):
        return False
    return is_among(digest_word(data[begin:pos]), prefixes)


@kernel
def code_points(data: UInt8s, start: int, stop: int) -> int:
    """Count the code points that begin in ``data[start:stop]``."""
    n = 0
    for at in range(np.uint64(start), np.uint64(stop)):
        n += (data[at] & 0xC0) != 0x80
    return n
