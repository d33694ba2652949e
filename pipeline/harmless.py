"""Text from the web, made harmless for what shows it: terminals and spreadsheets."""

from __future__ import annotations

import re
import unicodedata

_DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Controls of the Unicode bidirectional algorithm: text behind one may read as something else."""
_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[-+]?[\d.,]+%?")


def is_harmful(character: str) -> bool:
    """Whether a character steers what shows it: a control, or one of the writing direction."""
    return character in _DIRECTIONS or unicodedata.category(character) == "Cc"


def printable(text: str) -> str:
    """Text without characters that steer a terminal; line breaks and tabs stay."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if c not in "\n\t" and is_harmful(c) else c
        for c in text.replace("\r\n", "\n")
    )


def spreadsheet_cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula: one that begins like it gets an apostrophe.

    As OWASP recommends against CSV injection; numbers stay as they are.

    Examples
    --------
    >>> spreadsheet_cell("=cmd()"), spreadsheet_cell("-22.0%"), spreadsheet_cell("mlt_Latn")
    ("'=cmd()", '-22.0%', 'mlt_Latn')
    """
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def escaped_json(text: str) -> str:
    r"""JSON in which characters that steer a terminal stand as ``\u`` escapes: the same values."""
    if text.isascii() and "\x7f" not in text:
        return text
    return "".join(f"\\u{ord(c):04x}" if c != "\n" and is_harmful(c) else c for c in text)
