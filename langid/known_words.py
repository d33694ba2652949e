"""A second look at short texts: in which languages the words of a text are known.

A model of character n-grams knows what words look like, not which there are; of two words, that is
the better half of what there is to know. So beside a model may lie a table of words that it is
wrong about, each with the languages in whose lists it stands (`eurosift.langid.choose_words`). Each
such word speaks against all other languages that have a list: what the model gives to them is
multiplied by a factor, and what is left is scaled to the sum that it had. Languages without a list
are not spoken against.

Words are kept as hashes of 28 bits, so some are taken for others: with 600,000 in the table, two
of a thousand words that are not in it.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from eurosift.filters.arrays import Bools, Float32s, Int32s, Int64s, UInt8s, UInt16s, UInt32s
from eurosift.filters.buffers import StringBuffers
from eurosift.filters.kernel import Integer, kernel
from eurosift.langid.errors import ModelError
from eurosift.langid.normalise_kernel import BLANK
from eurosift.langid.vocabulary import GOLDEN, NONE, hash_word

SHORT: Final = 50
"""Texts of fewer characters are looked at."""
WIDTH: Final = 16
"""So many of the model's best labels are looked at."""
VERSION = 1
KEY_BITS: Final = 28
SHIFT: Final = np.uint64(64 - KEY_BITS)
GROUP_BITS: Final = 12
"""Keys that differ in these last bits only are searched one by one."""
MOST_SETS = 1 << 16


class WordsFile(NamedTuple):
    """A table of words.

    Attributes
    ----------
    languages
        Canonical codes of the languages that have a list.
    factor
        What a word leaves of the score of each of them that does not have it.
    keys
        uint32, shape (n_words,): `hash_words` of the words, ascending, none twice.
    sets
        uint16, shape (n_words,): number of the set of languages that have the word.
    members
        bool, shape (n_sets, n_languages): which languages are in each set.
    """

    languages: tuple[str, ...]
    factor: float
    keys: UInt32s
    sets: UInt16s
    members: Bools


def dump_words(table: WordsFile) -> bytes:
    """A table as the bytes of a file: compressed, distances between keys instead of keys."""
    head = {
        "version": VERSION,
        "languages": table.languages,
        "factor": table.factor,
        "words": len(table.keys),
        "sets": len(table.members),
    }
    gaps = np.diff(table.keys, prepend=np.uint32(0)).astype("<u4")
    parts = (
        json.dumps(head).encode() + b"\n",
        np.packbits(table.members, axis=1).tobytes(),
        # All low bytes, then all higher ones: what is alike stands together.
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
        return _read(zlib.decompress(data))
    except (zlib.error, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{name}: no table of words, or damaged ({error})") from error


def _read(data: bytes) -> WordsFile:
    head, _, body = data.partition(b"\n")
    said = json.loads(head)
    if said["version"] != VERSION:
        raise ValueError(f"version {said['version']!r}")
    languages, n, n_sets = tuple(said["languages"]), int(said["words"]), int(said["sets"])
    width = -(-len(languages) // 8)
    ends = np.cumsum([n_sets * width, 4 * n, 2 * n])
    if len(body) != ends[-1]:
        raise ValueError(f"{len(body)} bytes instead of {ends[-1]}")
    bits, low, sets = np.split(np.frombuffer(body, np.uint8), ends[:-1])
    members = np.unpackbits(bits.reshape(n_sets, width), axis=1, count=len(languages))
    gaps = low.reshape(4, n).T.copy().view("<u4").ravel()
    keys = np.cumsum(gaps, dtype=np.int64)
    numbers = sets.reshape(2, n).T.copy().view("<u2").ravel()
    if n and not (gaps[1:].all() and keys[-1] < 1 << KEY_BITS and numbers.max() < n_sets):
        raise ValueError("keys or sets that cannot be")
    return WordsFile(
        languages,
        float(said["factor"]),
        keys.astype(np.uint32),
        numbers.astype(np.uint16),
        members.astype(np.bool_),
    )


class Words(NamedTuple):
    """A table as kernels read it.

    Attributes
    ----------
    groups
        int64: where the keys of each group (`GROUP_BITS`) begin, and where the last ones end.
    keys, sets
        As in `WordsFile`.
    against
        bool, shape (n_sets, n_labels): the labels that a word of each set speaks against.
    factor
        As in `WordsFile`.
    """

    groups: Int64s
    keys: UInt32s
    sets: UInt16s
    against: Bools
    factor: np.float32


class KnownWords:
    """Looks at short texts a second time.

    Parameters
    ----------
    codes
        Canonical codes of the model's labels.
    table
        The words.
    """

    def __init__(self, codes: Sequence[str], table: WordsFile) -> None:
        against = np.zeros((len(table.members), len(codes)), np.bool_)
        for place, language in enumerate(table.languages):
            if language in codes:
                against[:, codes.index(language)] = ~table.members[:, place]
        edges = np.arange((1 << KEY_BITS - GROUP_BITS) + 1, dtype=np.int64) << GROUP_BITS
        self._words = Words(
            np.searchsorted(table.keys, edges).astype(np.int64),
            table.keys,
            table.sets,
            against,
            np.float32(table.factor),
        )

    def weigh(self, lines: StringBuffers, labels: Int32s, scores: Float32s) -> None:
        """Change labels and scores by what the words of each line say.

        Parameters
        ----------
        lines, labels, scores
            As for `eurosift.langid.close.CloseLanguages.decide`, but `k` at least `WIDTH`.
        """
        weigh_words(self._words, lines.data, lines.offsets, labels, scores)


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
def find_key(words: Words, key: np.uint32) -> int:
    """Place of a key, -1 if the table does not have it."""
    group = np.int64(key) >> GROUP_BITS
    for at in range(words.groups[group], words.groups[group + 1]):
        if words.keys[at] == key:
            return at
    return NONE


@kernel
def weigh_words(
    words: Words, data: UInt8s, offsets: Int64s, labels: Int32s, scores: Float32s
) -> None:
    """See `KnownWords.weigh`."""
    n_rows, k = labels.shape
    for row in range(n_rows):
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
            at = find_key(words, key_of(data, start, pos)) if pos > start else NONE
            pos += 1
            if at == NONE:
                continue
            for i in range(n):
                if words.against[words.sets[at], labels[row, i]]:
                    scores[row, i] *= words.factor
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
