"""The one scan: from the bytes of a batch to the few places where an identifier may be.

Validators are slow and text is long, so each byte is looked at once, by a kernel that knows shapes
only: a run of digits, an at sign, a word with digits in it. All that it finds are hits, ordered by
row; everything else of the text is never seen by a detector.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from eurosift.filters.arrays import Bools, Int64s, UInt8s, UInt64s
from eurosift.filters.kernel import Integer, kernel

AT: Final = 1
"""An at sign, however written, or a word for it in brackets."""
NUMBER: Final = 2
"""At least seven digits, or six behind a capital letter, with separators between them."""
IPV4: Final = 4
"""Four numbers with points between them."""
IPV6: Final = 8
"""A colon behind the first group of a global unicast address."""
IBAN: Final = 16
"""Two letters and two digits where a word begins, before a letter or digit."""
WORD: Final = 32
"""Letters and digits without a break: six digits among them, or sixteen characters, or nine or ten
capitals and digits, as on identity cards."""
MRZ: Final = 64
"""A line with two of the fillers of machine-readable zones in a row."""
PARAMETER: Final = 128
"""The equals sign of a parameter of a URL."""
PEM: Final = 256
"""The dashes before BEGIN."""
DOT: Final = 512
"""The word `dot` between spaces."""
KEY: Final = 1024
"""Letters, digits, hyphens and underscores without a break, fifteen of them, a digit among them."""

DIGIT: Final = 1
UPPER: Final = 2
LOWER: Final = 4
SEPARATOR: Final = 8
TRIGGER: Final = 16
LETTER: Final = 6
ALNUM: Final = 7

_MIN_DIGITS: Final = 7
_MIN_WORD_DIGITS: Final = 6
_LONG_WORD: Final = 16
_CARD_WORD: Final = 10
_LONG_KEY: Final = 15
_MAX_GAP: Final = 3
_MAX_BRACKET: Final = 30
_MAX_PARAMETER: Final = 40
_MAX_TOKEN: Final = 128


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
    for byte in b"@%&([{<=-:dD\xef":
        classes[byte] |= TRIGGER
    classes[ord("0") : ord("9") + 1] |= TRIGGER
    classes.setflags(write=False)
    return classes


def at_words(words: Iterable[str]) -> UInt64s:
    """Digests of words that stand for the at sign in brackets, in small letters and in capitals.

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
def is_at(data: UInt8s, pos: int, end: int) -> bool:
    """Whether an at sign is written at `pos`: ``@``, ``%40``, a character reference, a variant."""
    byte = data[pos]
    left = end - pos
    if byte == 0x40:
        return True
    if byte == 0x25:
        return bool(left > 2 and data[pos + 1] == 0x34 and data[pos + 2] == 0x30)
    if byte == 0x26:  # "&#64;", "&#x40;", "&commat;": the detector looks closer
        return bool(left > 4 and data[pos + 1] in (0x23, 0x63))
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
    """Digest of a word for `is_bracketed`."""
    digest = np.uint64(0xCBF29CE484222325)
    for byte in word:
        digest = fold_byte(digest, np.int64(byte))
    return digest


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
        if byte in (0x20, 0x29, 0x5D, 0x7D, 0xC2):
            return bool(np.any(words == digest))
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
def is_word(data: UInt8s, pos: int, end: int, first: int, second: int, third: int) -> bool:
    """Whether the lower-case word of three letters stands at `pos` with a space behind it."""
    return bool(
        pos + 3 < end
        and data[pos] | 0x20 == first
        and data[pos + 1] | 0x20 == second
        and data[pos + 2] | 0x20 == third
        and data[pos + 3] == 0x20
    )


@kernel
def is_key_byte(byte: Integer, classes: UInt8s) -> bool:
    """Whether keys are made of a byte: a letter, a digit, a hyphen, an underscore."""
    return bool(classes[byte] & ALNUM or byte in (0x2D, 0x5F))


@kernel
def code_points(data: UInt8s, start: int, stop: int) -> int:
    """Count the code points that begin in ``data[start:stop]``."""
    n = 0
    for at in range(start, stop):
        n += (data[at] & 0xC0) != 0x80
    return n


@kernel
def next_trigger(data: UInt8s, pos: int, end: int, classes: UInt8s) -> int:
    """Where the next byte of class `TRIGGER` is; `end` if there is none."""
    at, stop = np.uint64(pos), np.uint64(end)
    while at < stop and classes[np.uint64(data[at])] & TRIGGER == 0:
        at += np.uint64(1)
    return np.int64(at)  # type: ignore[return-value]  # what an index is in a kernel


@kernel
def scan_rows(
    data: UInt8s, offsets: Int64s, valid: Bools, classes: UInt8s, words: UInt64s
) -> Int64s:
    """Find the places where an identifier may be.

    Parameters
    ----------
    data, offsets, valid
        From `eurosift.filters.buffers.string_buffers`.
    classes
        From `byte_classes`.
    words
        Digests of the words for the at sign, from `at_words`.

    Returns
    -------
    int64, shape (n_hits, 4)
        Row, kinds (bits), start and end in code points of the row's text, end exclusive; ordered by
        row, and within a row by start of the bytes at which a hit was noticed.
    """
    hits = np.empty((1024, 4), np.int64)
    n = 0
    for row in range(offsets.size - 1):
        if not valid[row]:
            continue
        start, end = offsets[row], offsets[row + 1]
        first = n
        pos = start
        token_end = start
        key_end = start
        line_end = start
        while True:
            pos = next_trigger(data, pos, end, classes)
            if pos >= end:
                break
            byte = data[pos]
            bits = classes[byte]
            if n + 5 > hits.shape[0]:
                larger = np.empty((2 * hits.shape[0], 4), np.int64)
                larger[:n] = hits[:n]
                hits = larger
            if bits & DIGIT == 0:
                kind = 0
                stop = pos + 1
                begin = pos
                if byte in (0x40, 0x25, 0x26, 0xEF):
                    if is_at(data, pos, end):
                        kind = AT
                elif byte in (0x28, 0x5B, 0x7B):
                    if is_bracketed(data, pos, end, words):
                        kind = AT
                elif byte == 0x3D:
                    if is_parameter(data, pos, start, classes):
                        kind = PARAMETER
                elif byte == 0x3A:
                    if is_global_v6(data, pos, start, end):
                        kind = IPV6
                        begin = pos - 4
                elif byte == 0x2D:
                    if (
                        pos + 5 < end
                        and data[pos + 5] == 0x42
                        and data[pos + 1] == 0x2D
                        and data[pos + 4] == 0x2D
                    ):
                        kind = PEM
                elif byte == 0x3C:
                    if pos >= line_end and pos + 1 < end and data[pos + 1] == 0x3C:
                        kind = MRZ
                        while begin > start and data[begin - 1] != 0x0A:
                            begin -= 1
                        while stop < end and data[stop] != 0x0A:
                            stop += 1
                        line_end = stop
                elif (
                    pos > start
                    and data[pos - 1] == 0x20
                    and is_word(data, pos, end, 0x64, 0x6F, 0x74)
                ):
                    kind = DOT
                if kind:
                    hits[n, 0] = row
                    hits[n, 1] = kind
                    hits[n, 2] = begin
                    hits[n, 3] = stop
                    n += 1
                pos += 1
                continue
            # A run of digits: to its end, over separators.
            last = pos
            digits = 0
            points = 0
            most_points = 0
            gap = 0
            at = pos
            while at < end:
                byte = data[np.uint64(at)]
                if classes[byte] & DIGIT:
                    if not (gap == 1 and data[at - 1] == 0x2E):
                        points = points if gap == 0 else 0
                    else:
                        points += 1
                        most_points = max(most_points, points)
                    digits += 1
                    at += 1
                    last = at
                    gap = 0
                    continue
                width = separator_width(data, at, end, classes)
                if (
                    width == 0
                    and byte == 0x2B
                    and gap == 0
                    and at + 1 < end
                    and classes[data[at + 1]] & DIGIT
                ):
                    width = 1  # "640823+3234": a person of more than a hundred years
                gap += 1
                if width == 0 or gap > _MAX_GAP:
                    break
                at += width
            kind = 0
            begin = pos
            if digits >= _MIN_DIGITS or (
                digits == _MIN_WORD_DIGITS
                and last - pos == _MIN_WORD_DIGITS
                and pos - 2 >= start
                and data[pos - 1] == 0x20
                and (classes[data[pos - 2]] & UPPER or data[pos - 2] >= 0x80)
            ):
                kind |= NUMBER
            if most_points >= 3:
                kind |= IPV4
            if kind:
                hits[n, 0] = row
                hits[n, 1] = kind
                hits[n, 2] = pos
                hits[n, 3] = last
                n += 1
            if (
                pos + 2 < end
                and pos - 2 >= start
                and classes[data[pos - 1]] & LETTER
                and classes[data[pos - 2]] & LETTER
                and classes[data[pos + 1]] & DIGIT
                and (pos - 3 < start or not (classes[data[pos - 3]] & ALNUM))
            ):
                hits[n, 0] = row
                hits[n, 1] = IBAN
                hits[n, 2] = pos - 2
                hits[n, 3] = pos + 2
                n += 1
            if pos >= token_end:
                begin = pos
                lowest = max(token_end, start, pos - _MAX_TOKEN)
                while begin > lowest and classes[data[begin - 1]] & ALNUM:
                    begin -= 1
                stop = pos
                numerals = 0
                small = False
                while stop < end and classes[data[stop]] & ALNUM:
                    numerals += classes[data[stop]] & DIGIT
                    small |= classes[data[stop]] & LOWER != 0
                    stop += 1
                for before in range(begin, pos):
                    small |= classes[data[before]] & LOWER != 0
                token_end = stop
                length = stop - begin
                if numerals < length and (
                    numerals >= _MIN_WORD_DIGITS
                    or length >= _LONG_WORD
                    or (length in (_CARD_WORD, _CARD_WORD - 1) and not small)
                ):
                    hits[n, 0] = row
                    hits[n, 1] = WORD
                    hits[n, 2] = begin
                    hits[n, 3] = stop
                    n += 1
            if pos >= key_end:
                begin = pos
                lowest = max(key_end, start, pos - _MAX_TOKEN)
                while begin > lowest and is_key_byte(data[begin - 1], classes):
                    begin -= 1
                stop = pos
                while stop < end and is_key_byte(data[stop], classes):
                    stop += 1
                key_end = stop
                if stop - begin >= _LONG_KEY:
                    hits[n, 0] = row
                    hits[n, 1] = KEY
                    hits[n, 2] = begin
                    hits[n, 3] = stop
                    n += 1
            pos = max(last, pos + 1)
        # From bytes to code points.
        known, point = start, 0
        for hit in range(first, n):
            for column in range(2, 4):
                place = hits[hit, column]
                if place >= known:
                    point += code_points(data, known, place)
                else:
                    point -= code_points(data, place, known)
                known = place
                hits[hit, column] = point
    return hits[:n]
