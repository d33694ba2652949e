"""A second look at short texts: in which languages the words of a text are known.

A model of character n-grams knows what words look like, not which there are; of two words, that is
the better half of what there is to know. So beside a model may lie a table of words that it is
wrong about, each with how usual it is in the languages that have a list of words, in a few levels
(`eurosift.langid.choose_words`). Each such word speaks against those of them where it is less usual
than elsewhere: what the model gives to them is multiplied by the factor of the level, and what is
left is scaled to the sum that it had. The shorter the text, the more a word says. Languages without
a list are not spoken against.

Words are kept as hashes of 28 bits, so some are taken for others: with 1,500,000 in the table, six
of a thousand words that are not in it.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from eurosift.filters.arrays import Float32s, Float64s, Int32s, Int64s, UInt8s, UInt16s, UInt32s
from eurosift.filters.buffers import StringBuffers
from eurosift.filters.kernel import Integer, kernel
from eurosift.langid.errors import ModelError
from eurosift.langid.normalise_kernel import BLANK
from eurosift.langid.vocabulary import GOLDEN, NONE, hash_word

WIDTH: Final = 16
"""So many of the model's best labels are looked at."""
VERSION = 2
KEY_BITS: Final = 28
SHIFT: Final = np.uint64(64 - KEY_BITS)
GROUP_BITS: Final = 10
"""Keys that differ in these last bits only are searched one by one."""
LAST: Final = np.uint32((1 << GROUP_BITS) - 1)
SET_BITS: Final = np.uint32(16)
MOST_SETS: Final = 1 << 16
MOST_BYTES: Final = 1 << 28
"""No table is longer when it is unpacked."""


class WordsFile(NamedTuple):
    """A table of words.

    Attributes
    ----------
    languages
        Canonical codes of the languages that have a list.
    lengths
        Ends of the classes of lengths, ascending: a text of fewer characters is in the class.
    factors
        float64, shape (n_lengths, n_levels): what a word of each level leaves of the score of a
        language, in texts of each class.
    keys
        uint32, shape (n_words,): `hash_words` of the words, ascending, none twice.
    sets
        uint16, shape (n_words,): number of the word's set of levels.
    levels
        uint8, shape (n_sets, n_languages): the level of each language.
    """

    languages: tuple[str, ...]
    lengths: tuple[int, ...]
    factors: Float64s
    keys: UInt32s
    sets: UInt16s
    levels: UInt8s


def dump_words(table: WordsFile) -> bytes:
    """A table as the bytes of a file: compressed, distances between keys instead of keys."""
    head = {
        "version": VERSION,
        "languages": table.languages,
        "lengths": table.lengths,
        "factors": table.factors.tolist(),
        "words": len(table.keys),
        "sets": len(table.levels),
    }
    gaps = np.diff(table.keys, prepend=np.uint32(0)).astype("<u4")
    parts = (
        json.dumps(head).encode() + b"\n",
        # Column by column, and all low bytes before all higher ones: what is alike stands together.
        table.levels.T.tobytes(),
        gaps.view(np.uint8).reshape(-1, 4).T.tobytes(),
        table.sets.astype("<u2").view(np.uint8).reshape(-1, 2).T.tobytes(),
    )
    return zlib.compress(b"".join(parts), 9)


def load_words(data: bytes, name: str) -> WordsFile:
    """Read a table, and check all that kernels rely on.

    Raises
    ------
    ModelError
        If it is damaged, or of another version.
    """
    try:
        return _read(_unpacked(data))
    except (zlib.error, ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise ModelError(f"{name}: no table of words, or damaged ({error})") from error


def _unpacked(data: bytes) -> bytes:
    reader = zlib.decompressobj()
    unpacked = reader.decompress(data, MOST_BYTES)
    if not reader.eof or reader.unused_data:
        raise ValueError("cut off, too long, or followed by something else")
    return unpacked


def _read(data: bytes) -> WordsFile:
    head, _, body = data.partition(b"\n")
    said = json.loads(head)
    if said["version"] != VERSION:
        raise ValueError(f"version {said['version']!r}")
    languages, lengths = tuple(said["languages"]), tuple(map(int, said["lengths"]))
    if not isinstance(said["languages"], list) or {*map(type, languages)} != {str}:
        raise ValueError("languages that cannot be")
    factors = np.array(said["factors"], np.float64)
    n, n_sets = int(said["words"]), int(said["sets"])
    ends = np.cumsum([n_sets * len(languages), 4 * n, 2 * n])
    if len(body) != ends[-1]:
        raise ValueError(f"{len(body)} bytes instead of {ends[-1]}")
    levels, low, sets = np.split(np.frombuffer(body, np.uint8), ends[:-1])
    gaps = low.reshape(4, n).T.copy().view("<u4").ravel()
    keys = np.cumsum(gaps, dtype=np.int64)
    numbers = sets.reshape(2, n).T.copy().view("<u2").ravel()
    if n and not (gaps[1:].all() and keys[-1] < 1 << KEY_BITS and numbers.max() < n_sets):
        raise ValueError("keys or sets that cannot be")
    if not lengths or factors.shape[:-1] != (len(lengths),) or (np.diff(lengths) <= 0).any():
        raise ValueError("lengths that cannot be")
    if not ((factors > 0) & (factors <= 1)).all() or levels.max(initial=0) >= factors.shape[1]:
        raise ValueError("factors or levels that cannot be")
    return WordsFile(
        languages,
        lengths,
        factors,
        keys.astype(np.uint32),
        numbers.astype(np.uint16),
        levels.reshape(len(languages), n_sets).T.copy(),
    )


class Words(NamedTuple):
    """A table as kernels read it.

    Attributes
    ----------
    groups
        int32: where the entries of each group (`GROUP_BITS`) begin, and where the last ones end.
    entries
        uint32, shape (n_words,): the last bits of a word's key, and behind them the number of its
        set.
    levels
        As in `WordsFile`.
    columns
        int32, shape (n_labels,): the column of levels of each label, -1 if it has no list.
    factors
        float32, as in `WordsFile`.
    """

    groups: Int32s
    entries: UInt32s
    levels: UInt8s
    columns: Int32s
    factors: Float32s


class KnownWords:
    """Looks at short texts a second time.

    Parameters
    ----------
    codes
        Canonical codes of the model's labels.
    table
        The words.

    Attributes
    ----------
    longest
        Texts of fewer characters are looked at.
    """

    def __init__(self, codes: Sequence[str], table: WordsFile) -> None:
        columns = {language: column for column, language in enumerate(table.languages)}
        edges = np.arange((1 << KEY_BITS - GROUP_BITS) + 1, dtype=np.uint32) << GROUP_BITS
        self.longest = table.lengths[-1]
        self._lengths = np.array(table.lengths)
        self._words = Words(
            np.searchsorted(table.keys, edges).astype(np.int32),
            (table.keys & LAST) << SET_BITS | table.sets,
            table.levels,
            np.array([columns.get(code, NONE) for code in codes], np.int32),
            table.factors.astype(np.float32),
        )

    def weigh(
        self, lines: StringBuffers, characters: Int32s, labels: Int32s, scores: Float32s
    ) -> None:
        """Change labels and scores by what the words of each line say.

        Parameters
        ----------
        lines, labels, scores
            As for `eurosift.langid.close.CloseLanguages.decide`, but `k` at least `WIDTH`.
        characters
            int32, shape (n_rows,): of each line; from `longest` on it stays as it is.
        """
        classes = np.searchsorted(self._lengths, characters, side="right")
        weigh_words(self._words, lines.data, lines.offsets, classes, labels, scores)


@kernel
def key_of(data: UInt8s, start: int, stop: int) -> np.uint32:
    """28-bit hash of a word."""
    return np.uint32((hash_word(data, start, stop) * GOLDEN) >> SHIFT)


@kernel
def hash_words(data: UInt8s, offsets: Int64s) -> UInt32s:
    """Key of each row, which is one word: shape (n_rows,)."""
    keys = np.empty(offsets.size - 1, np.uint32)
    for row in range(keys.size):
        keys[row] = key_of(data, offsets[row], offsets[row + 1])
    return keys


@kernel
def find_set(words: Words, key: np.uint32) -> int:
    """Number of the set of a key, -1 if the table does not have it."""
    group, last = np.int32(key >> np.uint32(GROUP_BITS)), key & LAST
    for at in range(words.groups[group], words.groups[group + 1]):
        if words.entries[at] >> SET_BITS == last:
            return int(np.int32(words.entries[at] & np.uint32(MOST_SETS - 1)))
    return NONE


@kernel
def weigh_words(
    words: Words,
    data: UInt8s,
    offsets: Int64s,
    classes: Int64s,
    labels: Int32s,
    scores: Float32s,
) -> None:
    """See `KnownWords.weigh`."""
    n_rows, k = labels.shape
    for row in range(n_rows):
        if classes[row] == words.factors.shape[0]:
            continue
        factors = words.factors[classes[row]]
        n = 0
        before = np.float32(0)
        while n < k and labels[row, n] != NONE:
            before += scores[row, n]
            n += 1
        spoken = False
        pos, end = offsets[row], offsets[row + 1]
        while n and pos < end:
            start = pos
            while pos < end and data[pos] != BLANK:
                pos += 1
            number = find_set(words, key_of(data, start, pos)) if pos > start else NONE
            pos += 1
            if number == NONE:
                continue
            levels = words.levels[number]
            for i in range(n):
                column = words.columns[labels[row, i]]
                if column != NONE and factors[levels[column]] < 1:
                    scores[row, i] *= factors[levels[column]]
                    spoken = True
        if spoken:
            restore(labels[row], scores[row], n, before)


@kernel
def restore(labels: Int32s, scores: Float32s, n: Integer, total: np.float32) -> None:
    """Sort the first `n` scores, of equal ones the first first, and scale them to a sum."""
    after = np.float32(0)
    for i in range(n):
        label, score = labels[i], scores[i]
        after += score
        at = i
        while at > 0 and score > scores[at - 1]:
            labels[at], scores[at] = labels[at - 1], scores[at - 1]
            at -= 1
        labels[at], scores[at] = label, score
    if after > 0:
        for i in range(n):
            scores[i] *= total / after
