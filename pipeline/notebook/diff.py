"""What differs between two texts, word by word."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Final, Literal, NamedTuple

from markupsafe import Markup

from eurosift.pipeline.html.visible import marked

WORDS: Final = 1500
"""So many words of either text are compared: the time grows with their product."""
CONTEXT: Final = 12
"""So many equal words stay on either side of a difference."""
_CHANGED: Final = {
    "only_first": Markup("<del>{}</del>"),
    "only_second": Markup("<ins>{}</ins>"),
}
_WORD: Final = re.compile(r"\S+\s*|\s+")


class Piece(NamedTuple):
    """A stretch of words: in both texts, in the first alone, or in the second alone."""

    kind: Literal["equal", "only_first", "only_second"]
    words: list[str]

    @property
    def text(self) -> str:
        """The words as they stand in the text."""
        return "".join(self.words)


def words_of(text: str, limit: int = WORDS) -> list[str]:
    """The first words of a text, each with the white space behind it."""
    return [match[0] for match, _ in zip(_WORD.finditer(text), range(limit), strict=False)]


def pieces(first: list[str], second: list[str]) -> list[Piece]:
    """Differences of two lists of words, in order; white space alone is none.

    Examples
    --------
    >>> [(p.kind, p.text) for p in pieces(words_of("a b c"), words_of("a x c"))]
    [('equal', 'a '), ('only_first', 'b '), ('only_second', 'x '), ('equal', 'c')]
    """
    bare, other = ([word.rstrip() for word in side] for side in (first, second))
    matcher = SequenceMatcher(None, bare, other, autojunk=False)
    found: list[Piece] = []
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind == "equal":
            # Of two spaces behind a word the longer one, so that no word sticks to the next.
            both = zip(first[i:j], second[k:m], strict=True)
            found.append(Piece("equal", [max(pair, key=len) for pair in both]))
            continue
        found += [Piece("only_first", first[i:j])] if j > i else []
        found += [Piece("only_second", second[k:m])] if m > k else []
    return found


def as_markup(found: list[Piece]) -> Markup:
    """Differences as deletions and insertions; long equal stretches are told by their length."""
    parts = []
    for number, piece in enumerate(found):
        if piece.kind != "equal":
            parts.append(_CHANGED[piece.kind].format(marked(piece.text)))
            continue
        before = CONTEXT if number else 0
        behind = CONTEXT if number < len(found) - 1 else 0
        left_out = len(piece.words) - before - behind
        if left_out <= CONTEXT:
            parts.append(marked(piece.text))
            continue
        parts += [
            marked("".join(piece.words[:before])),
            Markup('<span class="soft">[… {:,} equal words …] </span>').format(left_out),
            marked("".join(piece.words[before + left_out :])),
        ]
    return Markup().join(parts)


def as_text(found: list[Piece]) -> str:
    """The same on one line: ``[-in the first alone-]``, ``{+in the second alone+}``."""
    signs = {"only_first": ("[-", "-]"), "only_second": ("{+", "+}")}
    parts = []
    for piece in found:
        if piece.kind == "equal":
            ends = piece.words[:CONTEXT], piece.words[-CONTEXT:]
            is_long = len(piece.words) > 3 * CONTEXT
            parts.append(" … ".join("".join(e).strip() for e in ends) if is_long else piece.text)
        else:
            opening, closing = signs[piece.kind]
            parts.append(f" {opening}{piece.text.strip()}{closing} ")
    return " ".join("".join(parts).split())
