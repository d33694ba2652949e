"""fastText's classifiers over Arrow string arrays: the label of each row, and its probability.

Follows fastText 0.9.2 (``fasttext.cc``, ``model.cc``, ``loss.cc``) but for the order of additions:
fastText adds up the vectors of all words and n-grams of a line one by one; here those of a word and
its n-grams are added first, then the words, then n-grams of words. A word that was met before can
so be taken from a cache without a change to any bit: what is said of a row depends on nothing but
the row. Probabilities differ from fastText's by some 0.000002 with the embedded model, by more
where a model multiplies rounding by weights in the hundreds. With one-vs-all and negative
sampling, whose sigmoid is a table of 512 steps as in fastText, a score at the edge of a step may
fall on its other side, which is 1/128 away at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Final

import numpy as np
import pyarrow as pa

from eurosift.filters.arrays import Bools, Float32s, Int32s, Int64s, UInt8s
from eurosift.filters.buffers import StringBuffers, string_buffers
from eurosift.filters.kernel import Integer, kernel
from eurosift.langid.losses import rank, score_labels
from eurosift.langid.model_file import read_model
from eurosift.langid.vocabulary import (
    LESS_THAN,
    MORE_THAN,
    NONE,
    WORD_PRIME,
    Vocabulary,
    build_vocabulary,
    find_entry,
    find_subwords,
    hash_word,
    row_of_ngram,
)
from eurosift.langid.weights import Weights, add_rows, build_weights
from eurosift.langid.word_cache import (
    COUNT,
    HASH,
    KEY_BYTES,
    KEY_WORDS,
    WordCache,
    build_cache,
    find_word,
)

CACHE_BYTES = 16 << 20
ROWS: Final = 512
"""So many rows are looked up at a time; more than the longest n-gram has characters."""
LINE_FEED: Final = 0x0A
BLANK: Final = 0x20
LABEL: Final = -1
"""Instead of a number of vectors: the word is a label, which fastText does not read."""


@kernel
def is_space(byte: Integer) -> bool:
    """Whether a byte separates words: blank, tab, line feed and their like, NUL."""
    return bool(byte <= BLANK and (byte == BLANK or 9 <= byte <= 13 or byte == 0))


@kernel
def equals(data: UInt8s, start: int, stop: int, other: UInt8s) -> bool:
    """Whether ``data[start:stop]`` begins with `other`."""
    if stop - start < other.size:
        return False
    for i in range(other.size):  # noqa: SIM110 - kernels have no generators
        if data[start + i] != other[i]:
            return False
    return True


@kernel
def sum_word(
    weights: Weights,
    words: Vocabulary,
    data: UInt8s,
    start: int,
    stop: int,
    key: np.uint64,
    marked: UInt8s,
    rows: Int64s,
    total: Float32s,
) -> Integer:
    """Sum the vectors of a word and its n-grams into `total`; how many, or `LABEL`."""
    total[:] = 0
    entry = find_entry(words, data, start, stop, key)
    if entry >= words.n_words:
        return LABEL
    if entry == NONE and equals(data, start, stop, weights.label_prefix):
        return LABEL
    count = 0
    if entry >= 0:
        rows[0] = entry
        add_rows(weights, rows, 1, total)
        count = 1
    if words.max_n == 0 or (
        stop - start == weights.end_of_line.size and equals(data, start, stop, weights.end_of_line)
    ):
        return count
    size = stop - start + 2
    marked[0] = LESS_THAN
    for i in range(stop - start):  # a slice would bring in the formatting of an error message
        marked[1 + i] = data[start + i]
    marked[size - 1] = MORE_THAN
    begin = 0
    while begin < size:
        begin, found = find_subwords(words, marked, size, begin, rows)
        add_rows(weights, rows, found, total)
        count += found
    return count


@kernel
def classify(
    weights: Weights,
    words: Vocabulary,
    cache: WordCache,
    data: UInt8s,
    offsets: Int64s,
    valid: Bools,
    labels: Int32s,
    best: Float32s,
) -> None:
    """Fill in the best labels of each row, see `Classifier.classify`."""
    n_rows = offsets.size - 1
    width = cache.sums.shape[1]
    n_labels = weights.output.shape[1]
    longest = 0
    for row in range(n_rows):
        if valid[row]:
            longest = max(longest, offsets[row + 1] - offsets[row])
    marked = np.empty(longest + weights.end_of_line.size + 2, np.uint8)
    # Between two words there is white space.
    hashes = np.empty(longest // 2 + 2 if words.word_n > 1 else 1, np.int64)
    rows = np.empty(ROWS, np.int64)
    key = np.empty(KEY_WORDS, np.uint64)
    total = np.empty(width, np.float32)
    of_word = np.empty(width, np.float32)
    scores = np.empty(n_labels, np.float32)
    nodes = np.empty(2 * n_labels - 1, np.float32)
    sums = np.empty(weights.n_groups, np.float32)
    for row in range(n_rows):
        labels[row] = NONE
        best[row] = 0
        if not valid[row]:
            continue
        pos, end = offsets[row], offsets[row + 1]
        total[:] = 0
        n_vectors = 0
        n_words = 0
        count: Integer = 0
        in_line = True
        while in_line:
            while pos < end and is_space(data[pos]) and data[pos] != LINE_FEED:
                pos += 1
            start = pos
            while pos < end and not is_space(data[pos]):
                pos += 1
            source, stop = data, pos
            if start == pos:
                source, start, stop = weights.end_of_line, 0, weights.end_of_line.size
            size = stop - start
            in_line = size != weights.end_of_line.size or not equals(
                source, start, stop, weights.end_of_line
            )
            if size <= KEY_BYTES:
                slot, known = find_word(cache, source, start, stop, key)
                vector = cache.sums[slot]
                if not known:
                    word = hash_word(source, start, stop)
                    count = sum_word(
                        weights, words, source, start, stop, word, marked, rows, vector
                    )
                    cache.heads[slot, HASH] = word
                    cache.heads[slot, COUNT] = np.uint64(count)
                word = cache.heads[slot, HASH]
                count = np.int64(cache.heads[slot, COUNT])
            else:
                word = hash_word(source, start, stop)
                count = sum_word(weights, words, source, start, stop, word, marked, rows, of_word)
                vector = of_word
            if count == LABEL:
                continue
            for j in range(width):
                total[j] += vector[j]
            n_vectors += int(count)
            if words.word_n > 1:
                hashes[n_words] = np.int64(np.int32(np.uint32(word)))  # signed, as in fastText
            n_words += 1
        if words.word_n > 1:
            for first in range(n_words):
                ngram = np.uint64(hashes[first])
                for i in range(first + 1, min(first + words.word_n, n_words)):
                    ngram = ngram * WORD_PRIME + np.uint64(hashes[i])
                    rows[0] = row_of_ngram(words, np.int64(ngram % np.uint64(words.bucket)))
                    if rows[0] >= 0:
                        add_rows(weights, rows, 1, total)
                        n_vectors += 1
        if n_vectors == 0:
            continue
        share = np.float32(1 / n_vectors)
        for j in range(width):
            total[j] *= share
        score_labels(weights, total, scores, nodes)
        rank(scores, weights.groups, sums, labels[row], best[row])


class Classifier:
    """A fastText classifier in memory.

    Parameters
    ----------
    path
        A fastText model.
    cache_bytes
        Memory for the sums of words; never a matter of results.

    Raises
    ------
    ModelError
        If the file cannot be used, see `eurosift.langid.model_file.read_model`.

    Attributes
    ----------
    labels
        Labels of the model, as they stand in the file.
    """

    def __init__(self, path: Path, *, cache_bytes: int = CACHE_BYTES) -> None:
        model = read_model(path)
        self.labels = model.labels
        self._weights = build_weights(model, range(len(model.labels)))
        self._words = build_vocabulary(model)
        self._cache = build_cache(len(self._weights.output), cache_bytes)
        self._lock = Lock()

    def merge(self, groups: Sequence[int]) -> None:
        """From now on, answer with groups of labels: add up what labels of one number get.

        Parameters
        ----------
        groups
            Number of the group of each label, from 0 on without gaps.
        """
        self._weights = self._weights._replace(
            groups=np.array(groups, np.int32), n_groups=max(groups) + 1
        )

    def classify(
        self, texts: pa.Array | pa.ChunkedArray | StringBuffers, k: int
    ) -> tuple[Int32s, Float32s]:
        """Label each row, which ends at its first line feed if it holds one.

        Parameters
        ----------
        texts
            Strings; bytes that are no UTF-8 do no harm.
        k
            Number of labels for each row.

        Returns
        -------
        int32 and float32, both of shape (n_rows, k): labels (or groups), best first, and their
        probabilities as fastText reports them, which is 0.00001 too high; -1 and 0 where there are
        no more, or the row is null or holds nothing that the model knows.
        """
        buffers = texts if isinstance(texts, StringBuffers) else string_buffers(texts)
        n_rows = len(buffers.valid)
        labels = np.empty((n_rows, k), np.int32)
        best = np.empty((n_rows, k), np.float32)
        with self._lock:  # of the cache
            classify(self._weights, self._words, self._cache, *buffers, labels, best)
        return labels, best
