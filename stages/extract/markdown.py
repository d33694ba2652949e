"""Text as Markdown: escaped, so that it reads as what it is, and as headings, code and tables.

CommonMark 0.31 with the tables of GitHub Flavored Markdown 0.29. Only what would be read as markup
gets a backslash: of ``a * b`` and ``snake_case`` nothing does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_INLINE = re.compile(
    r"""
      \\(?=[!-/:-@\[-`{-~]|$)               # would escape what follows, or break the line
    | `
    | (?<!\s)\*+ | \*+(?!\s)                # emphasis, unless there is space on both sides
    | (?<![^\W_])_+ | _+(?![^\W_])          # emphasis, unless within a word
    | ~~+
    | (?<=\])\(                             # the address of a link
    | <(?=[a-zA-Z/!?])                      # tags, comments, addresses
    | &(?=\#?[a-zA-Z0-9]+;)                 # entities
    """,
    re.VERBOSE | re.MULTILINE,
)
_LINE_START = re.compile(
    r"""
      \d{1,9}(?P<mark>[.)])(?=\s|$)                 # an item of a list
    | (?P<sign>
          [-+](?=\s|$)                              # an item of a list
        | \#{1,6}(?=\s|$)                           # a heading
        | >                                         # a quotation
        | [-=|:](?=[-=|:\s]*$)                      # a rule, an underlined heading, a table
        | \[(?=[^\]]*(?:\]:|$))                     # where a reference leads
      )
    """,
    re.VERBOSE,
)
_PIPES = re.compile(r"\|")
_CLOSING = re.compile(r"(?:(?<=\s)|^)(#+)$")
_TICKS = re.compile(r"`+")


def inline(text: str) -> str:
    r"""Escape a text within a line.

    Examples
    --------
    >>> print(inline("2 * 3 *is* <b> snake_case _x_ [1] [a](b)"))
    2 * 3 \*is\* \<b> snake_case \_x\_ [1] [a]\(b)
    """
    return _INLINE.sub(lambda found: "".join("\\" + sign for sign in found.group()), text)


def line(text: str) -> str:
    r"""Escape a line that begins a block of its own, or may be taken for it.

    Examples
    --------
    >>> print(line("1. one"), line("# a"), line("- b"), line("#tag"), line("---"))
    1\. one \# a \- b #tag \---
    """
    text = inline(text)
    start = _LINE_START.match(text)
    if start is None:
        return text
    at = start.start("sign") if start["sign"] else start.start("mark")
    return f"{text[:at]}\\{text[at:]}"


def heading(text: str, level: int) -> str:
    """Return a heading of level 1 to 6."""
    return f"{'#' * level} {_CLOSING.sub(_backslash, inline(one_line(text)))}"


def fenced(text: str) -> list[str]:
    """Lines of preformatted text between fences that do not occur in it."""
    longest = max((len(ticks) for ticks in _TICKS.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return [fence, *text.split("\n"), fence]


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of a table; the first row is its head, rows are of equal length."""
    lines = [f"| {' | '.join(map(_cell, row))} |" for row in rows]
    lines.insert(1, f"|{' --- |' * len(rows[0])}")
    return lines


def one_line(text: str) -> str:
    """Return a text without line breaks."""
    return " ".join(text.split("\n"))


def _cell(text: str) -> str:
    return _PIPES.sub(_backslash, inline(one_line(text)))


def _backslash(found: re.Match[str]) -> str:
    return "\\" + found.group()
