"""The one pass over a batch of texts: rows of UTF-8 in, a matrix of counts out."""

from __future__ import annotations

import numpy as np

from eurosift.filters.arrays import Bools, Int16s, Int64s, UInt8s, UInt64s
from eurosift.filters.counts import N_COUNTS
from eurosift.filters.kernel import kernel
from eurosift.filters.lines import (
    count_line_repeats,
    count_paragraph_repeats,
    scan_lines,
    table_size,
)
from eurosift.filters.ngrams import count_ngrams
from eurosift.filters.tokens import scan_tokens


@kernel
def scan_rows(
    data: UInt8s,
    offsets: Int64s,
    valid: Bools,
    classes: UInt8s,
    whitespace: bool,  # noqa: FBT001 - kernels are called by position
    languages: Int64s,
    stop_keys: UInt64s,
    stop_numbers: Int16s,
    clitics: Bools,
) -> Int64s:
    """Count everything in `eurosift.filters.counts.COUNTS` for each row.

    Parameters
    ----------
    data, offsets, valid
        From `eurosift.filters.buffers.string_buffers`.
    classes
        Class bits by code point.
    whitespace
        Whether tokens are what stands between white space.
    languages
        Per row, which row of the stop-word tables applies.
    stop_keys, stop_numbers
        Shape (n_languages, n_slots), n_slots a power of two.
    clitics
        Shape (n_languages,): whether clitics keep their mark.

    Returns
    -------
    int64, shape (n_rows, n_counts); zeros where the text is null.
    """
    n_rows = offsets.size - 1
    counts = np.zeros((n_rows, N_COUNTS), np.int64)
    longest = 0
    for row in range(n_rows):
        if valid[row]:
            longest = max(longest, offsets[row + 1] - offsets[row])
    # One entry per byte is the worst case; memory that is not touched is not there.
    hashes = np.empty(longest + 2, np.uint64)
    keys = np.empty(longest + 2, np.uint64)
    lengths = np.empty(longest + 2, np.int64)
    chars_before = np.empty(longest + 2, np.int32)
    places = np.empty(longest + 2, np.int32)
    slots = np.empty(longest + 2, np.int32)
    capacity = table_size(1024)
    table = np.empty(capacity, np.uint64)
    firsts = np.empty(capacity, np.int32)
    repeats = np.empty(capacity, np.int32)
    seen = np.zeros(stop_keys.shape[1], np.int64)
    for row in range(n_rows):
        if not valid[row]:
            continue
        start, end = offsets[row], offsets[row + 1]
        of_row = counts[row]
        language = languages[row]
        n_tokens = scan_tokens(
            data,
            start,
            end,
            classes,
            whitespace,
            stop_keys[language],
            stop_numbers[language],
            clitics[language],
            seen,
            row + 1,
            hashes,
            chars_before,
            of_row,
        )
        n_lines = scan_lines(data, start, end, classes, keys, lengths, of_row)
        needed = table_size(max(n_tokens, n_lines + 1))
        if needed > capacity:
            capacity = needed
            table = np.empty(capacity, np.uint64)
            firsts = np.empty(capacity, np.int32)
            repeats = np.empty(capacity, np.int32)
        count_line_repeats(data, start, end, keys, lengths, n_lines, table, of_row)
        count_paragraph_repeats(data, start, end, classes, keys, lengths, table, of_row)
        count_ngrams(
            hashes,
            n_tokens,
            chars_before,
            keys,
            places,
            slots,
            table,
            firsts,
            repeats,
            of_row,
        )
    return counts
