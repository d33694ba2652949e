"""What the kernels count in a document; every signal is one of these counts or a ratio of two.

The positions are compiled into kernels (see `eurosift.filters.kernel`).
"""

from __future__ import annotations

from typing import Final

COUNTS: Final = (
    "chars",
    "chars_in_lines",
    "tokens",
    "words",
    "word_chars",
    "alpha_tokens",
    "letters",
    "uppers",
    "numbers",
    "stop_words",
    "hashes",
    "ellipses",
    "newlines",
    "unicode_lines",
    "bullet_lines",
    "ellipsis_lines",
    "text_lines",
    "terminal_lines",
    "short_lines",
    "duplicate_text_line_chars",
    "lines",
    "duplicate_lines",
    "duplicate_line_chars",
    "paragraphs",
    "duplicate_paragraphs",
    "duplicate_paragraph_chars",
    "top_2",
    "top_3",
    "top_4",
    "duplicate_5",
    "duplicate_6",
    "duplicate_7",
    "duplicate_8",
    "duplicate_9",
    "duplicate_10",
)
"""Names of the columns of the matrix that the kernels fill, in order."""

N_COUNTS: Final = len(COUNTS)

CHARS: Final = COUNTS.index("chars")
CHARS_IN_LINES: Final = COUNTS.index("chars_in_lines")
TOKENS: Final = COUNTS.index("tokens")
WORDS: Final = COUNTS.index("words")
WORD_CHARS: Final = COUNTS.index("word_chars")
ALPHA_TOKENS: Final = COUNTS.index("alpha_tokens")
LETTERS: Final = COUNTS.index("letters")
UPPERS: Final = COUNTS.index("uppers")
NUMBERS: Final = COUNTS.index("numbers")
STOP_WORDS: Final = COUNTS.index("stop_words")
HASHES: Final = COUNTS.index("hashes")
ELLIPSES: Final = COUNTS.index("ellipses")
NEWLINES: Final = COUNTS.index("newlines")
UNICODE_LINES: Final = COUNTS.index("unicode_lines")
BULLET_LINES: Final = COUNTS.index("bullet_lines")
ELLIPSIS_LINES: Final = COUNTS.index("ellipsis_lines")
TEXT_LINES: Final = COUNTS.index("text_lines")
TERMINAL_LINES: Final = COUNTS.index("terminal_lines")
SHORT_LINES: Final = COUNTS.index("short_lines")
DUPLICATE_TEXT_LINE_CHARS: Final = COUNTS.index("duplicate_text_line_chars")
LINES: Final = COUNTS.index("lines")
DUPLICATE_LINES: Final = COUNTS.index("duplicate_lines")
DUPLICATE_LINE_CHARS: Final = COUNTS.index("duplicate_line_chars")
PARAGRAPHS: Final = COUNTS.index("paragraphs")
DUPLICATE_PARAGRAPHS: Final = COUNTS.index("duplicate_paragraphs")
DUPLICATE_PARAGRAPH_CHARS: Final = COUNTS.index("duplicate_paragraph_chars")
TOP_2: Final = COUNTS.index("top_2")
DUPLICATE_5: Final = COUNTS.index("duplicate_5")
