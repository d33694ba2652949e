"""Exact duplicates: 128-bit hashes of texts, as they stand or normalised.

XXH3 is called once per text: its C code reads several bytes per cycle, so that the calls cost
little beside the signatures, and 128 bits make chance collisions negligible (below 1e-20 for 10**9
documents).
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import xxhash

from eurosift.dedup.fold import folding_table
from eurosift.dedup.shingle import hash_words, longest_row, make_scratch
from eurosift.filters.arrays import Bools, Int64s, UInt8s, UInt64s
from eurosift.filters.buffers import string_buffers
from eurosift.filters.kernel import kernel

HASH_TYPE = pa.binary(16)


@kernel
def words_of_rows(
    data: UInt8s, offsets: Int64s, valid: Bools, table: UInt64s, words: UInt64s, ends: Int64s
) -> None:
    """Write the word hashes of all rows on end; row *i* ends at ``ends[i + 1]``."""
    scratch = make_scratch(longest_row(offsets, valid))
    n = 0
    for row in range(valid.size):
        if valid[row]:
            n += hash_words(data, offsets[row], offsets[row + 1], table, scratch, words[n:])
        ends[row + 1] = n


def hash_texts(texts: pa.Array | pa.ChunkedArray) -> pa.FixedSizeBinaryArray:
    """XXH3-128 of the UTF-8 bytes of each text; null where the text is null."""
    data, offsets, valid = string_buffers(texts)
    return hash_spans(data.data, offsets, valid)


def hash_normalised(texts: pa.Array | pa.ChunkedArray) -> pa.FixedSizeBinaryArray:
    """XXH3-128 of the normalised words of each text (see `eurosift.dedup.shingle`).

    Texts that differ only in case, diacritics, numbers, punctuation and white space are equal.
    """
    data, offsets, valid = string_buffers(texts)
    n_bytes = np.where(valid, np.diff(offsets), 0)
    words = np.empty(int((n_bytes // 2 + 1).sum()), np.uint64)
    ends = np.zeros(len(valid) + 1, np.int64)
    words_of_rows(data, offsets, valid, folding_table(), words, ends)
    return hash_spans(words.view(np.uint8).data, ends * words.itemsize, valid)


def hash_spans(view: memoryview, offsets: Int64s, valid: Bools) -> pa.FixedSizeBinaryArray:
    """XXH3-128 of ``view[offsets[i]:offsets[i + 1]]`` for every valid row."""
    digest = xxhash.xxh3_128_digest
    spans = zip(offsets[:-1].tolist(), offsets[1:].tolist(), valid.tolist(), strict=True)
    return pa.array(
        [digest(view[start:end]) if is_valid else None for start, end, is_valid in spans],
        HASH_TYPE,
    )


def hash_keys(hashes: pa.FixedSizeBinaryArray) -> UInt64s:
    """View hashes without nulls as integers for `eurosift.dedup.match`: uint64, shape (2, n)."""
    if len(hashes) == 0:
        return np.empty((2, 0), np.uint64)
    data = np.frombuffer(hashes.buffers()[1], ">u8")[2 * hashes.offset :][: 2 * len(hashes)]
    return np.ascontiguousarray(data.reshape(-1, 2).T, np.uint64)
