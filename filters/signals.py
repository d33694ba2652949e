"""Signals: numbers about a text, from one pass over its bytes.

Every signal is a count, a ratio of two counts, or a standard deviation (`eurosift.filters.counts`);
over nothing it is 0. The definitions (`eurosift.filters.signal_table`) are those of the published
rules as datatrove 0.10 computes them, so that published thresholds hold; where they differ on
purpose is in docs/signals.md. Ratios are float32: compare them with thresholds rounded to float32.
"""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from eurosift.filters import counts as c
from eurosift.filters.arrays import Bools, Float64s, Int64s
from eurosift.filters.buffers import StringBuffers, string_buffers
from eurosift.filters.definitions import Signal
from eurosift.filters.signal_table import ALL_SIGNALS, SCHEMA, SIGNALS, versions_digest
from eurosift.filters.stopwords import StopTable

__all__ = ["ALL_SIGNALS", "SCHEMA", "SIGNALS", "Signal", "Tokens", "measure", "versions_digest"]

Tokens = Literal["unicode", "whitespace"]

SCRIPTS: Final = {
    "Latn": c.LATIN_LETTERS,
    "Grek": c.GREEK_LETTERS,
    "Cyrl": c.CYRILLIC_LETTERS,
}
"""Scripts whose letters are counted."""


def measure(
    texts: pa.Array,
    languages: pa.Array | None = None,
    segments: pa.Array | None = None,
    *,
    stop_words: StopTable,
    tokens: Tokens | pa.Array = "unicode",
) -> pa.RecordBatch:
    """Measure all signals of some texts.

    Parameters
    ----------
    texts
        ``string`` or ``large_string``, shape (n_rows,); UTF-8.
    languages
        Canonical codes, shape (n_rows,); null or None where unknown.
    segments
        Languages of the lines of each text, ``list<string>``, shape (n_rows,); ``und`` where
        unknown. None if there are none.
    stop_words
        From `eurosift.filters.stopwords.build_table`.
    tokens
        ``unicode`` for words and symbols; ``whitespace`` cuts at white space alone; tokens of your
        own as ``list<struct<start: int32, stop: int32>>``, in bytes, shape (n_rows,).

    Returns
    -------
    pa.RecordBatch
        With the schema `SCHEMA` and a row per text; nulls where the text is null.
    """
    buffers = string_buffers(texts)
    languages = pa.nulls(len(texts)) if languages is None else languages
    if pa.types.is_dictionary(languages.type):
        languages = languages.dictionary_decode()
    missing = ~buffers.valid
    rows = stop_words.rows_for(languages)
    counts = count_all(buffers, stop_words, rows, tokens)
    script = scripts_of(languages)
    masks = {
        c.STOP_WORDS: missing | ~stop_words.has_list[rows],
        c.LANGUAGE_LETTERS: missing | (script < 0),
    }
    of_script = counts[script, np.arange(len(texts))]
    some_missing = missing if missing.any() else None
    columns = []
    for signal in SIGNALS:
        count = of_script if signal.count == c.LANGUAGE_LETTERS else counts[signal.count]
        columns.append(
            pa.array(
                values_of(signal, count, counts).astype(signal.dtype.to_pandas_dtype()),
                signal.dtype,
                mask=masks.get(signal.count, some_missing),
            )
        )
    columns.append(agreement(languages, segments, buffers.valid))
    return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)


def values_of(signal: Signal, count: Int64s, counts: Int64s) -> Int64s | Float64s:
    """Values of one signal from its count, shape (n_rows,), and the others, by column."""
    if signal.per is None:
        return count
    per = counts[signal.per]
    mean = quotients(count, per)
    if signal.squares is None:
        return mean
    squares = quotients(counts[signal.squares], per)
    spread: Float64s = np.sqrt(np.maximum(squares - mean * mean, 0))
    return spread


def quotients(counts: Int64s, per: Int64s) -> Float64s:
    """Counts by others, 0 where these are 0."""
    if per.all():
        found: Float64s = counts / per
        return found
    return np.divide(counts, per, out=np.zeros(len(per)), where=per != 0)


def count_all(
    buffers: StringBuffers, stop_words: StopTable, rows: Int64s, tokens: Tokens | pa.Array
) -> Int64s:
    """Run the kernels: counts of shape (n_counts, n_rows)."""
    from eurosift.filters import scan  # noqa: PLC0415 - loads numba
    from eurosift.filters.characters import character_tables  # noqa: PLC0415
    from eurosift.filters.phrases import phrase_table  # noqa: PLC0415

    nothing = np.zeros(0, np.int32)
    spans = scan.Spans(np.zeros(1, np.int64), nothing, nothing)
    if isinstance(tokens, str):
        mode = {"unicode": scan.UNICODE, "whitespace": scan.WHITESPACE}[tokens]
    else:
        mode = scan.SPANS
        flat = tokens.flatten()
        lengths = pc.fill_null(pc.list_value_length(tokens), 0).to_numpy(zero_copy_only=False)
        starts, stops = (
            flat.field(name).to_numpy(zero_copy_only=False).astype(np.int32)
            for name in ("start", "stop")
        )
        spans = scan.Spans(
            np.cumsum(np.concatenate([[0], lengths])).astype(np.int64), starts, stops
        )
    matrix = scan.scan_texts(
        *buffers,
        character_tables(),
        phrase_table(),
        scan.Languages(
            rows,
            stop_words.segmentation,
            stop_words.keys,
            stop_words.numbers,
            stop_words.joined,
        ),
        mode,
        spans,
    )
    return np.ascontiguousarray(matrix.T)


def scripts_of(languages: pa.Array) -> Int64s:
    """Column of the counts for the letters of each language's script; -1 where there is none."""
    if pa.types.is_null(languages.type):
        return np.full(len(languages), -1)
    codes = pc.utf8_slice_codeunits(languages, -4)
    found = pc.fill_null(pc.index_in(codes, pa.array(SCRIPTS, codes.type)), -1)
    columns: Int64s = np.array([*SCRIPTS.values(), -1])
    script: Int64s = columns[found.to_numpy(zero_copy_only=False).astype(np.int64)]
    return script


def agreement(languages: pa.Array, segments: pa.Array | None, valid: Bools) -> pa.Array:
    """Share of the lines that have the language of their row, see `SEGMENT_AGREEMENT`."""
    n_rows = len(languages)
    if segments is None or pa.types.is_null(segments.type) or pa.types.is_null(languages.type):
        return pa.nulls(n_rows, pa.float32())
    of_line = pc.list_parent_indices(segments)
    labels = segments.flatten()
    if pa.types.is_dictionary(labels.type):
        labels = labels.dictionary_decode()
    known = pc.fill_null(pc.not_equal(labels, "und"), fill_value=False)
    same = pc.fill_null(
        pc.equal(labels, languages.take(of_line).cast(labels.type)), fill_value=False
    )
    parents = of_line.to_numpy()
    n_known, n_same = (
        np.bincount(parents, chosen.to_numpy(zero_copy_only=False), n_rows)
        for chosen in (known, pc.and_(known, same))
    )
    share = np.divide(n_same, n_known, out=np.zeros(n_rows), where=n_known != 0)
    unknown = (n_known == 0) | ~valid | languages.is_null().to_numpy(zero_copy_only=False)
    return pa.array(share.astype(np.float32), pa.float32(), mask=unknown)
