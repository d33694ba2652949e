"""What the kernels count in a document; every signal is made of one of these counts or of several.

The numbers are columns of the matrix that the kernels fill. They are compiled into kernels (see
`eurosift.filters.kernel`).
"""

from __future__ import annotations

from typing import Final

(
    # bytes and characters
    BYTES,
    PACKED_BYTES,
    CHARS,
    LETTERS,
    LATIN_LETTERS,
    GREEK_LETTERS,
    CYRILLIC_LETTERS,
    UPPERS,
    NUMBERS,
    PUNCTUATION_CHARS,
    SPACES,
    EMOJIS,
    GARBAGE_CHARS,
    # signs
    HASHES,
    ELLIPSES,
    CURLY_BRACKETS,
    URL_CHARS,
    MARKUP_CHARS,
    # tokens
    TOKENS,
    ALPHA_TOKENS,
    WORDS,
    DIFFERENT_WORDS,
    UPPER_WORDS,
    STOP_WORDS,
    WORD_CHARS,
    WORD_SQUARES,
    LONGEST_WORD,
    # lines between line feeds
    NEWLINES,
    CHARS_IN_LINES,
    LINES,
    DUPLICATE_LINES,
    DUPLICATE_LINE_CHARS,
    TEXT_LINES,
    TEXT_LINE_CHARS,
    TEXT_LINE_SQUARES,
    LONGEST_LINE,
    SHORT_LINES,
    LONG_LINES,
    TERMINAL_LINES,
    DUPLICATE_TEXT_LINE_CHARS,
    # lines between any line boundaries
    UNICODE_LINES,
    UNICODE_TEXT_LINES,
    BULLET_LINES,
    ELLIPSIS_LINES,
    SENTENCES,
    LOREM_LINES,
    JAVASCRIPT_LINES,
    COOKIE_LINES,
    POLICY_LINES,
    C4_TERMINAL_LINES,
    C4_FEW_WORD_LINES,
    C4_LINES,
    C4_SENTENCES,
    C4_LOREM_LINES,
    C4_CURLY_LINES,
    # paragraphs
    PARAGRAPHS,
    DUPLICATE_PARAGRAPHS,
    DUPLICATE_PARAGRAPH_CHARS,
    # n-grams
    TOP_2,
    TOP_3,
    TOP_4,
    DUPLICATE_5,
    DUPLICATE_6,
    DUPLICATE_7,
    DUPLICATE_8,
    DUPLICATE_9,
    DUPLICATE_10,
    N_COUNTS,
) = range(68)

LANGUAGE_LETTERS: Final = -1
"""Stands for the letters of the script of a row's language."""
