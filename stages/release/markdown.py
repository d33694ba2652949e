"""Pieces of Markdown that hold text from outside, which must not become markup."""

from __future__ import annotations

import re
from collections.abc import Sequence

_ABSENT = "n/a"
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_MARKUP = re.compile(r"[\\`*_\[\]|~$]|^(?:[#>+-]|\d+[.)])")


def number(n: int | None) -> str:
    """A figure, in groups of three digits."""
    return _ABSENT if n is None else f"{n:,}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Table whose columns of figures are set to the right; cells are taken as they are."""
    numeric = [
        all(line[i] in {"", _ABSENT} or line[i][0].isdigit() for line in rows)
        for i in range(len(head))
    ]
    rule = ["---:" if right else "---" for right in numeric]
    return "\n".join(row(line) for line in [head, rule, *rows])


def row(cells: Sequence[str]) -> str:
    """Line of a table."""
    return f"| {' | '.join(cells)} |"


def cell(text: str) -> str:
    """Text that cannot end a code span or a table cell."""
    return one_line(text).replace("`", "'").replace("|", "/").replace("<", "&lt;")


def plain(text: str) -> str:
    r"""Text on one line that no reader of Markdown takes for anything else.

    Examples
    --------
    >>> print(plain("# A *corpus*\n<script>"))
    \# A \*corpus\* &lt;script>
    """
    text = one_line(text).replace("&", "&amp;").replace("<", "&lt;")
    return _MARKUP.sub(lambda match: f"{match[0][:-1]}\\{match[0][-1]}", text)


def one_line(text: str) -> str:
    """Without line breaks, control characters and marks of direction."""
    return " ".join(_CONTROLS.sub(" ", text).split())
