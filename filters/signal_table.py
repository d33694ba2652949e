"""The table of all signals: names, definitions, types, versions, sources.

``docs/signals.md`` is made of it (`eurosift.filters.signals_page`).
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

import pyarrow as pa

from eurosift.filters import counts as c
from eurosift.filters.definitions import Signal, counted, ratio, spread

GOPHER_QUALITY: Final = "Gopher quality (Rae et al. 2021, arXiv:2112.11446, A1.1)"
GOPHER_REPETITION: Final = "Gopher repetition (Rae et al. 2021, arXiv:2112.11446, Table A1)"
FINEWEB: Final = "FineWeb (Penedo et al. 2024, arXiv:2406.17557, section 3.6)"
C4: Final = "C4 (Raffel et al. 2020, JMLR 21/140, section 2.2)"
MC4: Final = "mC4 (Xue et al. 2021, arXiv:2010.11934, section 3.1)"
LZ4: Final = "LZ4 block format (github.com/lz4/lz4), parsed by eurosift"
OWN: Final = "eurosift"

SIGNALS: Final[tuple[Signal, ...]] = (
    counted("char_count", c.CHARS, "characters (code points)", OWN),
    counted("word_count", c.WORDS, "tokens with a letter or a number", GOPHER_QUALITY, 3),
    counted("token_count", c.TOKENS, "words and symbols", GOPHER_QUALITY, 3),
    counted("line_count", c.TEXT_LINES, "lines that are not blank", FINEWEB),
    counted("paragraph_count", c.PARAGRAPHS, "pieces between blank lines", GOPHER_REPETITION),
    counted(
        "sentence_count",
        c.SENTENCES,
        "sentences of all lines: each ends with marks that end a sentence, and closing quotation"
        " marks and brackets, before white space, or with its line",
        C4,
    ),
    ratio("mean_word_length", c.WORD_CHARS, c.WORDS, "characters per word", GOPHER_QUALITY, 3),
    spread(
        "word_length_std",
        c.WORD_CHARS,
        c.WORDS,
        c.WORD_SQUARES,
        "standard deviation of the characters of a word",
        OWN,
        2,
    ),
    counted("max_word_length", c.LONGEST_WORD, "characters of the longest word", OWN, 2),
    ratio(
        "unique_word_ratio",
        c.DIFFERENT_WORDS,
        c.WORDS,
        "different words, case-sensitive, per word",
        OWN,
        2,
    ),
    ratio(
        "alpha_word_ratio",
        c.ALPHA_TOKENS,
        c.TOKENS,
        "tokens with a letter, per token",
        GOPHER_QUALITY,
        3,
    ),
    ratio(
        "upper_word_ratio",
        c.UPPER_WORDS,
        c.WORDS,
        "words of two letters and more, all upper-case, per word",
        OWN,
        2,
    ),
    ratio("hash_ratio", c.HASHES, c.TOKENS, "number signs per token", GOPHER_QUALITY, 3),
    ratio("ellipsis_ratio", c.ELLIPSES, c.TOKENS, "ellipses per token", GOPHER_QUALITY, 3),
    ratio(
        "bullet_line_ratio",
        c.BULLET_LINES,
        c.UNICODE_LINES,
        "lines that begin with a bullet or a hyphen, white space aside",
        GOPHER_QUALITY,
    ),
    ratio(
        "ellipsis_line_ratio",
        c.ELLIPSIS_LINES,
        c.UNICODE_LINES,
        "lines that end in an ellipsis, white space aside",
        GOPHER_QUALITY,
    ),
    counted(
        "stop_word_count",
        c.STOP_WORDS,
        "different stop words of the row's language; null where it has no list",
        GOPHER_QUALITY,
        3,
    ),
    ratio(
        "dup_line_ratio",
        c.DUPLICATE_LINES,
        c.LINES,
        "lines that came before",
        GOPHER_REPETITION,
    ),
    ratio(
        "dup_line_char_ratio",
        c.DUPLICATE_LINE_CHARS,
        c.CHARS,
        "characters in lines that came before",
        GOPHER_REPETITION,
    ),
    ratio(
        "dup_paragraph_ratio",
        c.DUPLICATE_PARAGRAPHS,
        c.PARAGRAPHS,
        "paragraphs that came before",
        GOPHER_REPETITION,
    ),
    ratio(
        "dup_paragraph_char_ratio",
        c.DUPLICATE_PARAGRAPH_CHARS,
        c.CHARS,
        "characters in paragraphs that came before",
        GOPHER_REPETITION,
    ),
    *(
        ratio(
            f"top_{n}_gram_ratio",
            c.TOP_2 + n - 2,
            c.CHARS,
            f"characters in the most frequent {n}-gram, a space between its tokens",
            GOPHER_REPETITION,
            3,
        )
        for n in (2, 3, 4)
    ),
    *(
        ratio(
            f"dup_{n}_gram_ratio",
            c.DUPLICATE_5 + n - 5,
            c.CHARS,
            f"characters in {n}-grams that came before, spaces aside, none counted twice",
            GOPHER_REPETITION,
            3,
        )
        for n in (5, 6, 7, 8, 9, 10)
    ),
    ratio(
        "line_punct_ratio",
        c.TERMINAL_LINES,
        c.TEXT_LINES,
        "lines, blank ones aside, whose last character ends a sentence",
        FINEWEB,
    ),
    ratio(
        "short_line_ratio",
        c.SHORT_LINES,
        c.TEXT_LINES,
        "lines, blank ones aside, of at most 30 characters",
        FINEWEB,
    ),
    ratio(
        "char_dup_ratio",
        c.DUPLICATE_TEXT_LINE_CHARS,
        c.CHARS_IN_LINES,
        "characters in lines that came before, blank ones and line feeds aside",
        FINEWEB,
    ),
    ratio("new_line_ratio", c.NEWLINES, c.TOKENS, "line feeds per token", FINEWEB, 3),
    ratio(
        "mean_line_length",
        c.TEXT_LINE_CHARS,
        c.TEXT_LINES,
        "characters per line, blank ones aside",
        OWN,
    ),
    spread(
        "line_length_std",
        c.TEXT_LINE_CHARS,
        c.TEXT_LINES,
        c.TEXT_LINE_SQUARES,
        "standard deviation of the characters of a line, blank ones aside",
        OWN,
    ),
    counted("max_line_length", c.LONGEST_LINE, "characters of the longest line not blank", OWN),
    counted("long_line_count", c.LONG_LINES, "lines of at least 200 characters, not blank", MC4),
    ratio(
        "c4_terminal_line_ratio",
        c.C4_TERMINAL_LINES,
        c.UNICODE_TEXT_LINES,
        "lines that end in one of `.?!\"'` and not in three points, white space around the line and"
        " citations at its end (`[1]`, `[edit]`, `[citation needed]`) aside",
        C4,
    ),
    ratio(
        "c4_few_word_line_ratio",
        c.C4_FEW_WORD_LINES,
        c.UNICODE_TEXT_LINES,
        "lines with fewer than three pieces between white space, blank lines aside",
        C4,
    ),
    ratio(
        "c4_kept_line_ratio",
        c.C4_LINES,
        c.UNICODE_TEXT_LINES,
        "lines that C4 keeps: they end as above, have three pieces, none longer than 1,000"
        " characters, no curly bracket, none of `lorem ipsum` and `javascript`, and none of C4's"
        " English phrases on cookies and policies",
        C4,
    ),
    counted("c4_sentence_count", c.C4_SENTENCES, "sentences in the lines that C4 keeps", C4),
    counted(
        "c4_lorem_ipsum_count",
        c.C4_LOREM_LINES,
        "lines with `lorem ipsum` among those with an end and length that C4 keeps",
        C4,
    ),
    counted(
        "c4_curly_bracket_count",
        c.C4_CURLY_LINES,
        "lines with `{` among those with an end and length that C4 keeps, and without `javascript`",
        C4,
    ),
    ratio(
        "lorem_ipsum_line_ratio",
        c.LOREM_LINES,
        c.UNICODE_TEXT_LINES,
        "lines with `lorem ipsum`, blank ones aside",
        OWN,
    ),
    ratio(
        "javascript_line_ratio",
        c.JAVASCRIPT_LINES,
        c.UNICODE_TEXT_LINES,
        "lines with `javascript`, blank ones aside",
        OWN,
    ),
    ratio(
        "cookie_line_ratio",
        c.COOKIE_LINES,
        c.UNICODE_TEXT_LINES,
        "lines with a phrase of consent to cookies in one of 24 languages, blank ones aside",
        OWN,
    ),
    ratio(
        "policy_line_ratio",
        c.POLICY_LINES,
        c.UNICODE_TEXT_LINES,
        "lines with a phrase on privacy, terms or rights in one of 24 languages, blank ones aside",
        OWN,
    ),
    counted("curly_bracket_count", c.CURLY_BRACKETS, "opening curly brackets", OWN),
    ratio(
        "url_ratio",
        c.URL_CHARS,
        c.CHARS,
        "characters of addresses: from a scheme before `://`, or from `www.`, to white space",
        OWN,
    ),
    ratio(
        "markup_ratio",
        c.MARKUP_CHARS,
        c.CHARS,
        "characters of HTML tags (up to 400 bytes), character references, and doubled square or"
        " curly brackets",
        OWN,
    ),
    ratio("upper_ratio", c.UPPERS, c.LETTERS, "letters that are upper-case", OWN),
    ratio("number_ratio", c.NUMBERS, c.CHARS, "characters that are digits or other numbers", OWN),
    ratio("punct_ratio", c.PUNCTUATION_CHARS, c.CHARS, "characters that are punctuation", OWN),
    ratio("space_ratio", c.SPACES, c.CHARS, "characters that are white space", OWN),
    ratio(
        "emoji_ratio",
        c.EMOJIS,
        c.CHARS,
        "characters that are emoji: Emoji_Presentation, and letters of flags",
        "Unicode Technical Standard 51",
    ),
    ratio(
        "garbage_ratio",
        c.GARBAGE_CHARS,
        c.CHARS,
        "characters that are controls other than white space, U+FFFD, of private use, no"
        " characters, or bytes that are no UTF-8",
        OWN,
    ),
    ratio(
        "script_ratio",
        c.LANGUAGE_LETTERS,
        c.LETTERS,
        "letters of the script of the row's language; null where that is not Latin, Greek, or"
        " Cyrillic",
        OWN,
    ),
    ratio(
        "compression_ratio",
        c.PACKED_BYTES,
        c.BYTES,
        "bytes of the text as one LZ4 block per byte",
        LZ4,
    ),
)
"""All signals that come of the text, in the order of their columns."""

SEGMENT_AGREEMENT: Final = Signal(
    "segment_agreement",
    pa.float32(),
    0,
    None,
    None,
    "lines with the row's language among those with a known one, from langid's `seg_langs`; null"
    " where there is none",
    OWN,
    1,
)

ALL_SIGNALS: Final = (*SIGNALS, SEGMENT_AGREEMENT)
"""All signals, in the order of their columns."""

SCHEMA: Final = pa.schema([pa.field(signal.name, signal.dtype) for signal in ALL_SIGNALS])
"""Schema of the signals."""


def versions_digest() -> str:
    """Digest of names and versions of the signals, for fingerprints."""
    said = ",".join(f"{signal.name}={signal.version}" for signal in ALL_SIGNALS)
    return blake2b(said.encode(), digest_size=16).hexdigest()
