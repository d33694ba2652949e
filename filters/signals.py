"""Signals: numbers about a text, from one pass over its bytes.

Every signal is a count or a ratio of two counts (`eurosift.filters.counts`); a ratio over nothing
is 0. The definitions are those of the published rules as datatrove 0.10 computes them, so that
published thresholds hold, with these differences, on purpose:

- tokens are words and symbols by Unicode (`eurosift.filters.words`), not those of a spaCy or Stanza
  model per language;
- a word holds a letter or a number; datatrove has a list of punctuation marks instead, so that a
  bullet or a currency sign is a word there;
- stop words are also met where the text joins them to the next word (``l'``, ``il-``, ``ta'``);
- a line ends like a sentence by Unicode's Sentence_Terminal, of which datatrove has an older list.

Ratios are float32: compare them with thresholds rounded to float32.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pyarrow as pa

from eurosift.filters.buffers import string_buffers
from eurosift.filters.counts import COUNTS
from eurosift.filters.stopwords import StopTable
from eurosift.filters.unicode import character_classes

Tokens = Literal["unicode", "whitespace"]

GOPHER_QUALITY: Final = "Gopher quality (Rae et al. 2021, arXiv:2112.11446, A1.1)"
GOPHER_REPETITION: Final = "Gopher repetition (Rae et al. 2021, arXiv:2112.11446, Table A1)"
FINEWEB: Final = "FineWeb (Penedo et al. 2024, arXiv:2406.17557, section 3.6)"
OWN: Final = "eurosift"


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal.

    Attributes
    ----------
    name
        Name of the column.
    dtype
        ``int32`` for counts, ``float32`` for ratios.
    count, per
        What is counted, and what it is divided by (None: by nothing).
    definition
        In words.
    source
        Where the definition comes from.
    version
        Raised when the meaning changes.
    """

    name: str
    dtype: pa.DataType
    count: str
    per: str | None
    definition: str
    source: str
    version: int = 1


def counted(name: str, count: str, definition: str, source: str) -> Signal:
    """Make a signal that is a count."""
    return Signal(name, pa.int32(), count, None, definition, source)


def ratio(name: str, count: str, per: str, definition: str, source: str) -> Signal:
    """Make a signal that is a ratio of counts."""
    return Signal(name, pa.float32(), count, per, definition, source)


SIGNALS: Final[tuple[Signal, ...]] = (
    counted("char_count", "chars", "code points", OWN),
    counted("word_count", "words", "tokens with a letter or a number", GOPHER_QUALITY),
    counted("token_count", "tokens", "words and symbols", GOPHER_QUALITY),
    counted("line_count", "text_lines", "lines that are not blank", FINEWEB),
    counted("paragraph_count", "paragraphs", "pieces between blank lines", GOPHER_REPETITION),
    ratio("mean_word_length", "word_chars", "words", "characters per word", GOPHER_QUALITY),
    ratio("alpha_word_ratio", "alpha_tokens", "tokens", "tokens with a letter", GOPHER_QUALITY),
    ratio("hash_ratio", "hashes", "tokens", "number signs per token", GOPHER_QUALITY),
    ratio("ellipsis_ratio", "ellipses", "tokens", "ellipses per token", GOPHER_QUALITY),
    ratio(
        "bullet_line_ratio",
        "bullet_lines",
        "unicode_lines",
        "lines that begin with a bullet or a hyphen, white space aside",
        GOPHER_QUALITY,
    ),
    ratio(
        "ellipsis_line_ratio",
        "ellipsis_lines",
        "unicode_lines",
        "lines that end in an ellipsis, white space aside",
        GOPHER_QUALITY,
    ),
    counted(
        "stop_word_count",
        "stop_words",
        "different stop words of the row's language; null where it has no list",
        GOPHER_QUALITY,
    ),
    ratio(
        "dup_line_ratio",
        "duplicate_lines",
        "lines",
        "lines that came before",
        GOPHER_REPETITION,
    ),
    ratio(
        "dup_line_char_ratio",
        "duplicate_line_chars",
        "chars",
        "characters in lines that came before",
        GOPHER_REPETITION,
    ),
    ratio(
        "dup_paragraph_ratio",
        "duplicate_paragraphs",
        "paragraphs",
        "paragraphs that came before",
        GOPHER_REPETITION,
    ),
    ratio(
        "dup_paragraph_char_ratio",
        "duplicate_paragraph_chars",
        "chars",
        "characters in paragraphs that came before",
        GOPHER_REPETITION,
    ),
    *(
        ratio(
            f"top_{n}_gram_ratio",
            f"top_{n}",
            "chars",
            f"characters in the most frequent {n}-gram, a space between its tokens",
            GOPHER_REPETITION,
        )
        for n in (2, 3, 4)
    ),
    *(
        ratio(
            f"dup_{n}_gram_ratio",
            f"duplicate_{n}",
            "chars",
            f"characters in {n}-grams that came before, spaces aside, none counted twice",
            GOPHER_REPETITION,
        )
        for n in (5, 6, 7, 8, 9, 10)
    ),
    ratio(
        "line_punct_ratio",
        "terminal_lines",
        "text_lines",
        "lines, blank ones aside, whose last character ends a sentence",
        FINEWEB,
    ),
    ratio(
        "short_line_ratio",
        "short_lines",
        "text_lines",
        "lines, blank ones aside, of at most 30 characters",
        FINEWEB,
    ),
    ratio(
        "char_dup_ratio",
        "duplicate_text_line_chars",
        "chars_in_lines",
        "characters in lines that came before, blank ones and line feeds aside",
        FINEWEB,
    ),
    ratio("new_line_ratio", "newlines", "tokens", "line feeds per token", FINEWEB),
    ratio("upper_ratio", "uppers", "letters", "letters that are upper-case", OWN),
    ratio("number_ratio", "numbers", "chars", "characters that are numbers", OWN),
)
"""All signals, in the order of their columns."""

SCHEMA: Final = pa.schema([pa.field(signal.name, signal.dtype) for signal in SIGNALS])
"""Schema of the signals."""


def measure(
    texts: pa.Array,
    languages: pa.Array | None = None,
    *,
    stop_words: StopTable,
    tokens: Tokens = "unicode",
) -> pa.RecordBatch:
    """Measure all signals of some texts.

    Parameters
    ----------
    texts
        ``string`` or ``large_string``, shape (n_rows,); UTF-8.
    languages
        Canonical codes, shape (n_rows,); null or None where unknown.
    stop_words
        From `eurosift.filters.stopwords.build_table`.
    tokens
        ``whitespace`` cuts at white space alone, for comparison with other tools.

    Returns
    -------
    pa.RecordBatch
        With the schema `SCHEMA` and a row per text; nulls where the text is null.
    """
    from eurosift.filters.scan import scan_rows  # noqa: PLC0415 - loads numba

    buffers = string_buffers(texts)
    languages = pa.nulls(len(texts)) if languages is None else languages
    rows = stop_words.rows_for(languages)
    matrix = scan_rows(
        buffers.data,
        buffers.offsets,
        buffers.valid,
        character_classes(),
        tokens == "whitespace",
        rows,
        stop_words.keys,
        stop_words.numbers,
        stop_words.clitics,
    )
    counts = dict(zip(COUNTS, np.ascontiguousarray(matrix.T), strict=True))
    missing = ~buffers.valid
    columns = []
    for signal in SIGNALS:
        values = counts[signal.count]
        if signal.per is not None:
            per = counts[signal.per]
            values = np.divide(values, per, out=np.zeros(len(per)), where=per != 0)
        mask = missing | (rows == 0) if signal.count == "stop_words" else missing
        columns.append(
            pa.array(values.astype(signal.dtype.to_pandas_dtype()), signal.dtype, mask=mask)
        )
    return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)
