"""Shingle: from text to the hashes of its word n-grams.

Texts are normalised as is usual for near-duplicates (datatrove's ``simplify_text``, used for
FineWeb): lower case, diacritics removed, numbers as ``0``, punctuation as white space. A word is
what stands between white space then. Two points differ, both in favour of recall: every symbol
separates words, not a list of them, and characters that are invisible inside of words (soft
hyphen, joiners) are ignored.

All of it happens in one pass over the UTF-8 bytes; normalised text is never written anywhere.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final
from unicodedata import ucd_3_2_0

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from eurosift.filters.arrays import UInt8s, UInt32s, UInt64s
from eurosift.filters.buffers import string_buffers
from eurosift.filters.kernel import Integer, kernel
from eurosift.filters.unicode import (
    ALPHA,
    EXTEND,
    NUMBER,
    character_classes,
    lower_case,
)
from eurosift.filters.unicode import IGNORED as INVISIBLE
from eurosift.filters.words import SEED, absorb, decode, finish

SEPARATOR, IGNORED, DIGIT, DECIMAL = 0, 1, 2, 3
"""Classes of characters in the folding table; all other entries are folded code points."""
NO_NUMBER, INTEGER, POINT, FRACTION = 0, 1, 2, 3
"""Where the scan stands in a number."""

TABLE_SIZE = 0x20000
"""Planes 0 and 1. Planes 2 and 3 are ideographs, which fold to themselves."""
IDEOGRAPHS_END = 0x40000
ZERO = 0x30
BLANK = 0x20
SPARE: Final = 2
"""Room for words that `hash_words` needs beyond one for every second byte."""
FINAL_SIGMA, SIGMA = 0x03C2, 0x03C3
DECIMAL_MARKS = ".,\u060c\u066b\u2396\u2397\u2398"
BASE: Final = np.uint64(0x9FB21C651E98DF25)
"""Odd constant of the polynomial over word hashes."""


def strip_marks(code: int) -> int:
    """Code point without its diacritics; itself if more than one character remains.

    Decompositions are those of Unicode 3.2, which every Python carries: they never change for a
    character once it is assigned, but newer tables know more characters, and data must not depend
    on the interpreter.
    """
    parts = ucd_3_2_0.normalize("NFD", chr(code))
    base = [part for part in parts if ucd_3_2_0.category(part) != "Mn"]
    return ord(base[0]) if len(base) == 1 else code


@cache
def folding_table() -> UInt32s:
    """Build the table of classes and folded code points: uint32, shape (TABLE_SIZE,)."""
    table = np.arange(TABLE_SIZE, dtype=np.uint32)
    lower = lower_case()[:TABLE_SIZE]
    table[: lower.size] = lower
    table[FINAL_SIGMA] = SIGMA  # text in capitals folds to the same words
    classes = character_classes()[:TABLE_SIZE]
    in_word = (classes & (ALPHA | NUMBER)) != 0
    for code in np.flatnonzero(in_word):
        if ucd_3_2_0.category(chr(code)) == "Nd":
            table[code] = DIGIT
        elif ucd_3_2_0.decomposition(chr(table[code])):
            table[code] = strip_marks(int(table[code]))
    mark = (classes & EXTEND) != 0
    for code in np.flatnonzero(mark):
        if ucd_3_2_0.category(chr(code)) != "Mc":  # vowel signs that take up space are letters
            table[code] = IGNORED
    table[~in_word & ~mark] = SEPARATOR
    table[(classes & INVISIBLE) != 0] = IGNORED
    table[[ord(mark) for mark in DECIMAL_MARKS]] = DECIMAL
    table.setflags(write=False)
    return table


@kernel
def fold(data: UInt8s, i: Integer, end: Integer, table: UInt32s) -> tuple[Integer, np.uint32]:
    """Where the character at `i` ends, and its class or folded code point."""
    code: Integer = np.int64(data[np.uint64(i)])
    width = 1
    if code >= 0x80:
        code, width = decode(data, i, end)
    folded = np.uint32(IGNORED)
    if code < TABLE_SIZE:
        folded = table[np.uint64(code)]
    elif code < IDEOGRAPHS_END:
        folded = np.uint32(code)
    return i + width, folded


@kernel
def absorb_folded(
    folded: np.uint32, n_words: Integer, in_word: Integer, number: Integer, value: np.uint64
) -> tuple[Integer, Integer, Integer, np.uint64]:
    """Take one character; gives the number of words that have ended, and the rest as it is then.

    `in_word` is 1 inside of a word, of whose hash `value` is the state, else 0; `number` is where
    the scan stands in a number.
    """
    if (number == NO_NUMBER) & (folded != IGNORED) & (folded != DIGIT):
        # Nearly all characters come here, and where words end cannot be predicted: without
        # branches this is half as fast again.
        letter = np.int64(folded > DECIMAL)
        mask = np.uint64(0) - np.uint64(letter)
        value = (absorb(value, folded) & mask) | (SEED & ~mask)
        n_words += in_word & (1 - letter)
        in_word = letter
    elif folded == DIGIT:
        if number == POINT:
            number = FRACTION
        elif number == NO_NUMBER:
            number = INTEGER
            value = absorb(value, np.uint32(ZERO))
            in_word = 1
    elif folded == DECIMAL and number == INTEGER:
        number = POINT
    elif folded != IGNORED:
        if number == POINT or folded <= DECIMAL:
            n_words += 1
            value = SEED
            in_word = 0
        number = NO_NUMBER
        if folded > DECIMAL:
            value = absorb(value, folded)
            in_word = 1
    return n_words, in_word, number, value


@kernel
def hash_words(data: UInt8s, start: int, end: int, table: UInt32s, out: UInt64s) -> int:
    """Write the hash of every word of one text to `out`; return how many there are.

    `out` must have room for ``(end - start) // 2 + SPARE`` words: at most every second byte begins
    one, and each half of the text needs one more.
    """
    # A hash is a chain of multiplications. Two of them, in the two halves of the text, take the
    # time of one.
    middle: Integer = (start + end) // 2
    while middle < end and data[middle] != BLANK:
        middle += 1
    second = out[(middle - start) // 2 + 1 :]
    i: Integer = start
    j: Integer = middle
    n_first: Integer = 0
    n_second: Integer = 0
    in_first: Integer = 0
    in_second: Integer = 0
    number_first: Integer = NO_NUMBER
    number_second: Integer = NO_NUMBER
    first_value = SEED
    second_value = SEED
    while i < middle or j < end:
        if i < middle:
            i, folded = fold(data, i, middle, table)
            n_first, in_first, number_first, first_value = absorb_folded(
                folded, n_first, in_first, number_first, first_value
            )
            out[np.uint64(n_first)] = first_value
        if j < end:
            j, folded = fold(data, j, end, table)
            n_second, in_second, number_second, second_value = absorb_folded(
                folded, n_second, in_second, number_second, second_value
            )
            second[np.uint64(n_second)] = second_value
    n_first += in_first
    n_second += in_second
    for word in range(n_first):
        out[word] = finish(out[word])
    for word in range(n_second):
        out[n_first + word] = finish(second[word])
    return n_first + n_second


@kernel
def hash_shingles(
    words: UInt64s, n_words: int, n_grams: int, out: npt.NDArray[np.unsignedinteger[Any]]
) -> int:
    """Write the hash of every run of `n_grams` words to `out`; return how many there are.

    Hashes of 32 bits are the upper half of those of 64.
    """
    shift = np.uint64(64 - 8 * out.itemsize)
    power = np.uint64(1)  # the weight of the word that leaves the window
    for _ in range(n_grams):
        power *= BASE
    value = np.uint64(0)
    for i in range(n_words):
        value = value * BASE + words[i]
        if i >= n_grams:
            value -= power * words[i - n_grams]
        if i >= n_grams - 1:
            out[i - n_grams + 1] = finish(value) >> shift
    return max(n_words - n_grams + 1, 0)


def word_hashes(text: str) -> UInt64s:
    """Hashes of the words of one text; for tests, notebooks and other slow uses."""
    data, offsets, _ = string_buffers(pa.array([text], pa.large_string()))
    words = np.empty(int(offsets[1]) // 2 + SPARE, np.uint64)
    return words[: hash_words(data, 0, int(offsets[1]), folding_table(), words)]


def shingles(text: str, n_grams: int = 5) -> UInt32s:
    """Distinct shingle hashes of one text, ascending; for tests, notebooks and other slow uses."""
    words = word_hashes(text)
    found = np.empty(max(len(words), 1), np.uint32)
    return np.unique(found[: hash_shingles(words, len(words), n_grams, found)])
