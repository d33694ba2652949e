"""The one scan: from the bytes of a batch to the few places where an identifier may be.

Validators are slow and text is long, so each byte is looked at once, by a kernel that knows shapes
only: a run of digits, an at sign, a word with digits in it. All that it finds are hits, ordered by
row; everything else of the text is never seen by a detector.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from eurosift.filters.arrays import Bools, Int64s, UInt8s, UInt64s
from eurosift.filters.kernel import kernel
from eurosift.stages.pii.runs import (
    account_at,
    digits_at,
    is_fiscal,
    is_number,
    key_around,
    word_around,
)
from eurosift.stages.pii.shapes import (
    DIGIT,
    code_points,
    is_at,
    is_begin,
    is_bracketed,
    is_global_v6,
    is_marked_at,
    is_parameter,
    is_prefix,
    labelled_sign,
)
from eurosift.stages.pii.triggers import next_trigger

AT: Final = 1
"""An at sign, however written, or a word for it in brackets."""
NUMBER: Final = 2
"""At least seven digits, or six behind a capital letter, with separators between them."""
IPV4: Final = 4
"""Four numbers with points between them."""
IPV6: Final = 8
"""A colon behind the first group of a global unicast address."""
IBAN: Final = 16
"""Two letters and two digits where a word begins, perhaps with a space between them."""
WORD: Final = 32
"""Letters and digits without a break: six digits among them, or sixteen characters, or nine or ten
capitals and digits, as on identity cards; or two digits, a letter and two digits."""
MRZ: Final = 64
"""A line with two of the fillers of machine-readable zones in a row."""
PARAMETER: Final = 128
"""The equals sign of a parameter of a URL."""
PEM: Final = 256
"""The dashes before BEGIN."""
SPOKEN: Final = 512
"""A word for the at sign, without brackets, where an address may be around it."""
KEY: Final = 1024
"""Letters, digits, hyphens and underscores without a break, fifteen of them, a digit among them or
the prefix of a key before them."""

_LONG_KEY: Final = 15
_MAX_TOKEN: Final = 128
_MOST_AT_ONCE: Final = 6
"""More hits than begin at one byte."""


@kernel
def put(hits: Int64s, n: int, row: int, kind: int, begin: int, stop: int) -> int:
    """Write a hit behind `n` others, and return how many there are now."""
    hits[n, 0] = row
    hits[n, 1] = kind
    hits[n, 2] = begin
    hits[n, 3] = stop
    return n + 1


@kernel
def doubled(hits: Int64s) -> Int64s:
    """The same hits, with as much room again behind them."""
    larger = np.empty((2 * hits.shape[0], 4), np.int64)
    larger[: hits.shape[0]] = hits
    return larger


@kernel
def to_code_points(data: UInt8s, hits: Int64s, start: int) -> None:
    """Turn the places of the hits of a row from bytes to code points of its text."""
    known, point = start, 0
    for hit in range(hits.shape[0]):
        for column in range(2, 4):
            place = hits[hit, column]
            if place >= known:
                point += code_points(data, known, place)
            else:
                point -= code_points(data, place, known)
            known = place
            hits[hit, column] = point


@kernel
def scan_rows(
    data: UInt8s,
    offsets: Int64s,
    valid: Bools,
    classes: UInt8s,
    words: UInt64s,
    prefixes: UInt64s,
) -> Int64s:
    """Find the places where an identifier may be.

    Parameters
    ----------
    data, offsets, valid
        From `eurosift.filters.buffers.string_buffers`.
    classes
        From `eurosift.stages.pii.shapes.byte_classes`.
    words, prefixes
        Digests of words for the at sign in brackets, and of first words of the prefixes of keys,
        from `eurosift.stages.pii.shapes.word_digests`.

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
        token_end = key_end = line_end = start
        while True:
            pos = next_trigger(data, pos, end, classes)
            if pos >= end:
                break
            if n + _MOST_AT_ONCE > hits.shape[0]:
                hits = doubled(hits)
            byte = data[pos]
            if classes[byte] & DIGIT == 0:
                kind = 0
                begin, stop = pos, pos + 1
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
                    else:
                        begin, stop = labelled_sign(data, pos, end, classes)
                        kind = SPOKEN if begin >= 0 else 0
                elif is_marked_at(data, pos, end):
                    kind = SPOKEN
                    begin, stop = pos + 1, pos + 3
                elif byte == 0x2D and is_begin(data, pos, end):
                    kind = PEM
                elif pos >= key_end and is_prefix(
                    data, pos, max(key_end, start), end, classes, prefixes
                ):
                    begin, stop = key_around(data, pos, max(key_end, start), end, classes)
                    key_end = stop
                    kind = KEY if stop - begin >= _LONG_KEY else 0
                elif byte == 0x3C:
                    if pos >= line_end and pos + 1 < end and data[pos + 1] == 0x3C:
                        kind = MRZ
                        while begin > start and data[begin - 1] != 0x0A:
                            begin -= 1
                        while stop < end and data[stop] != 0x0A:
                            stop += 1
                        line_end = stop
                    elif is_bracketed(data, pos, end, words):
                        kind = AT
                if kind:
                    n = put(hits, n, row, kind, begin, stop)
                pos += 1
                continue
            last, digits, most_points = digits_at(data, pos, end, classes)
            kind = NUMBER if is_number(data, pos, last, start, digits, classes) else 0
            if most_points >= 3:
                kind |= IPV4
            if kind:
                n = put(hits, n, row, kind, pos, last)
            if is_fiscal(data, pos, start, end, classes):
                n = put(hits, n, row, WORD, pos, pos + 5)
            account = account_at(data, pos, start, end, classes)
            if account >= 0:
                n = put(hits, n, row, IBAN, account, pos + 2)
            if pos >= token_end:
                lowest = max(token_end, start, pos - _MAX_TOKEN)
                begin, token_end, fits = word_around(data, pos, lowest, end, classes)
                if fits:
                    n = put(hits, n, row, WORD, begin, token_end)
            if pos >= key_end:
                lowest = max(key_end, start, pos - _MAX_TOKEN)
                begin, key_end = key_around(data, pos, lowest, end, classes)
                if key_end - begin >= _LONG_KEY:
                    n = put(hits, n, row, KEY, begin, key_end)
            pos = max(last, pos + 1)
        to_code_points(data, hits[first:n], start)
    return hits[:n]
