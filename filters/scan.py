"""The one pass over a batch of texts: rows of UTF-8 in, a matrix of counts out."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from eurosift.filters.arrays import Bools, Int16s, Int32s, Int64s, UInt8s, UInt64s
from eurosift.filters.boundaries import scan_boundaries
from eurosift.filters.characters import PADDING, CharacterTables, scan_characters
from eurosift.filters.counts import BYTES, N_COUNTS, PACKED_BYTES
from eurosift.filters.kernel import Integer, kernel
from eurosift.filters.lines import (
    count_line_repeats,
    count_paragraph_repeats,
    scan_lines,
)
from eurosift.filters.ngrams import count_ngrams
from eurosift.filters.packing import TABLE_SIZE, packed_size
from eurosift.filters.phrases import PhraseTable, find_phrases
from eurosift.filters.repeats import table_size
from eurosift.filters.signs import scan_signs
from eurosift.filters.token_counts import BLOCK, BLOCK_SIZE, count_tokens
from eurosift.filters.tokens import find_pieces, find_tokens

UNICODE: Final = 0
WHITESPACE: Final = 1
SPANS: Final = 2
LONGEST_STOP_WORD: Final = 256
FIRST_TABLE: Final = 1 << 15
"""Slots of the hash table until a text needs more."""
GROWTH: Final = 4
"""So many times larger the table gets then."""


class Languages(NamedTuple):
    """What languages have of their own, by row of these tables.

    Attributes
    ----------
    of_row
        int64, shape (n_texts,): row of the tables for each text.
    segmentation
        int64, shape (n_languages,): bits, see `eurosift.filters.segmentation.SEGMENTATION`.
    stop_keys, stop_numbers
        Shape (n_languages, n_slots), n_slots a power of two.
    joined
        bool, shape (n_languages,): whether stop words end in marks.
    """

    of_row: Int64s
    segmentation: Int64s
    stop_keys: UInt64s
    stop_numbers: Int16s
    joined: Bools


class Spans(NamedTuple):
    """Tokens that were given.

    Attributes
    ----------
    offsets
        int64, shape (n_texts + 1,): where the tokens of each text begin.
    starts, stops
        int32, shape (n_tokens,): bytes, relative to the text.
    """

    offsets: Int64s
    starts: Int32s
    stops: Int32s


@kernel
def copy_text(data: UInt8s, start: Integer, size: Integer, text: UInt8s) -> None:
    """Copy a document, with zeros behind it; a slice would take seconds to compile."""
    for i in range(size):
        text[i] = data[np.uint64(start + i)]
    for i in range(size, size + PADDING):
        text[i] = 0


class Scratch(NamedTuple):
    """Memory of `scan_rows`; it makes no arrays, so that it need not count references to any.

    Attributes
    ----------
    text, marks, ..., lengths
        A value per byte of the longest text is the worst case; what is not touched is not there.
    kind_counts
        int64, shape (n_kinds,).
    window
        int32, shape (`TABLE_SIZE`,).
    stop_word
        uint8, shape (`LONGEST_STOP_WORD`,).
    block, long_tokens
        uint64, int32, shapes (`BLOCK_SIZE`,) and (`BLOCK`,).
    seen
        int64, shape (n_slots + 1,): zeros.
    table
        int32, shape (n_slots,), a power of two.
    """

    text: UInt8s
    marks: UInt8s
    phrase_kinds: UInt8s
    breaks: Int32s
    sentences: Int32s
    curly: Int32s
    phrase_places: Int32s
    starts: Int32s
    stops: Int32s
    chars_before: Int32s
    places: Int32s
    firsts: Int32s
    repeats: Int32s
    hashes: UInt64s
    keys: UInt64s
    lengths: Int64s
    kind_counts: Int64s
    window: Int32s
    stop_word: UInt8s
    block: UInt64s
    long_tokens: Int32s
    seen: Int64s
    table: Int32s


def make_scratch(longest: int, n_kinds: int, n_slots: int) -> Scratch:
    """Make memory for texts of so many bytes, kinds of characters, and slots for stop words."""
    return Scratch(
        text=np.empty(longest, np.uint8),
        marks=np.empty(longest, np.uint8),
        phrase_kinds=np.empty(longest, np.uint8),
        breaks=np.empty(longest, np.int32),
        sentences=np.empty(longest, np.int32),
        curly=np.empty(longest, np.int32),
        phrase_places=np.empty(longest, np.int32),
        starts=np.empty(longest, np.int32),
        stops=np.empty(longest, np.int32),
        chars_before=np.empty(longest, np.int32),
        places=np.empty(longest, np.int32),
        firsts=np.empty(longest, np.int32),
        repeats=np.empty(longest, np.int32),
        hashes=np.empty(longest, np.uint64),
        keys=np.empty(longest, np.uint64),
        lengths=np.empty(longest, np.int64),
        kind_counts=np.empty(n_kinds, np.int64),
        window=np.empty(TABLE_SIZE, np.int32),
        stop_word=np.empty(LONGEST_STOP_WORD, np.uint8),
        block=np.ones(BLOCK_SIZE, np.uint64),  # what is measured in vain has a size, too
        long_tokens=np.empty(BLOCK, np.int32),
        seen=np.zeros(n_slots + 1, np.int64),
        table=np.empty(FIRST_TABLE, np.int32),
    )


def scan_texts(
    data: UInt8s,
    offsets: Int64s,
    valid: Bools,
    characters: CharacterTables,
    phrases: PhraseTable,
    languages: Languages,
    tokens: int,
    spans: Spans,
) -> Int64s:
    """Count everything in `eurosift.filters.counts` for each row.

    Parameters
    ----------
    data, offsets, valid
        From `eurosift.filters.buffers.string_buffers`.
    characters, phrases, languages
        Tables.
    tokens
        `UNICODE`, `WHITESPACE` or `SPANS`.
    spans
        The tokens for `SPANS`, else empty.

    Returns
    -------
    int64, shape (n_rows, n_counts); zeros where the text is null.
    """
    n_rows = offsets.size - 1
    counts = np.zeros((n_rows, N_COUNTS), np.int64)
    longest = int(np.max(np.diff(offsets), where=valid, initial=0))
    longest = max(longest, int(np.max(np.diff(spans.offsets), initial=0)))
    scratch = make_scratch(longest + PADDING, characters.marks.size, languages.stop_keys.shape[1])
    row = 0
    while True:
        row = int(
            scan_rows(
                row,
                data,
                offsets,
                valid,
                characters,
                phrases,
                languages,
                tokens,
                spans,
                scratch,
                counts,
            )
        )
        if row == n_rows:
            return counts
        counts[row] = 0
        scratch.seen[:] = 0
        scratch = scratch._replace(table=np.empty(GROWTH * scratch.table.size, np.int32))


@kernel
def scan_rows(
    first_row: Integer,
    data: UInt8s,
    offsets: Int64s,
    valid: Bools,
    characters: CharacterTables,
    phrases: PhraseTable,
    languages: Languages,
    tokens: int,
    spans: Spans,
    scratch: Scratch,
    counts: Int64s,
) -> Integer:
    """Do the work of `scan_texts` from a row on.

    Returns the number of rows if all is done, else the row for which the table of `scratch` is
    too small; what is counted of it, and what was seen, then has to be put back to zero.
    """
    text, marks, phrase_kinds = scratch.text, scratch.marks, scratch.phrase_kinds
    breaks, sentences, curly = scratch.breaks, scratch.sentences, scratch.curly
    phrase_places, starts, stops = scratch.phrase_places, scratch.starts, scratch.stops
    chars_before, places = scratch.chars_before, scratch.places
    hashes, keys, lengths = scratch.hashes, scratch.keys, scratch.lengths
    firsts, repeats, table = scratch.firsts, scratch.repeats, scratch.table
    n_rows = valid.size
    for row in range(first_row, n_rows):
        if not valid[row]:
            continue
        size = offsets[row + 1] - offsets[row]
        copy_text(data, offsets[row], size, text)
        of_row = counts[row]
        language = languages.of_row[row]
        is_ascii = scan_characters(text, size, characters, scratch.kind_counts, marks, of_row)
        n_breaks, n_sentences, n_curly = scan_signs(
            text, size, marks, is_ascii, breaks, sentences, curly, of_row
        )
        n_phrases = find_phrases(text, size, phrases, phrase_places, phrase_kinds)
        scan_boundaries(
            text,
            size,
            marks,
            is_ascii,
            breaks,
            n_breaks,
            sentences,
            n_sentences,
            curly,
            n_curly,
            phrase_places,
            phrase_kinds,
            n_phrases,
            of_row,
        )
        if tokens == UNICODE:
            n_tokens = find_tokens(
                text, size, marks, languages.segmentation[language], starts, stops
            )
        elif tokens == WHITESPACE:
            n_tokens = find_pieces(marks, size, starts, stops)
        else:
            first, stop = spans.offsets[row], spans.offsets[row + 1]
            n_tokens = stop - first
            for i in range(n_tokens):
                starts[i] = spans.starts[first + i]
                stops[i] = spans.stops[first + i]
        count_tokens(
            text,
            marks,
            starts,
            stops,
            n_tokens,
            languages.stop_keys[language],
            languages.stop_numbers[language],
            tokens == UNICODE and languages.joined[language],
            scratch.seen,
            row + 1,
            scratch.stop_word,
            scratch.block,
            scratch.long_tokens,
            hashes,
            chars_before,
            of_row,
        )
        n_lines = scan_lines(text, size, marks, is_ascii, breaks, n_breaks, keys, lengths, of_row)
        if table_size(max(n_tokens, n_lines + 1)) > table.size:
            return row
        count_line_repeats(text, size, keys, lengths, n_lines, table, of_row)
        count_paragraph_repeats(
            text, size, marks, is_ascii, breaks, n_breaks, keys, lengths, table, of_row
        )
        count_ngrams(hashes, n_tokens, chars_before, keys, places, firsts, repeats, table, of_row)
        of_row[BYTES] = size
        of_row[PACKED_BYTES] = packed_size(text, size, marks, scratch.window)
    return n_rows
