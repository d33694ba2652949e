"""Words near a number that say what it is: evidence for identifiers that a check cannot tell apart.

The words are data (``data/context.yaml``). Case, accents and the strokes of letters do not count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import Any

from eurosift.filters.yaml12 import parse

BEFORE = 60
"""Code points before a number in which a word speaks of it."""
AFTER = 30
"""The same behind it, but in its line and before any other digit."""
LABEL = 24
"""A word so close before a number, with nothing but marks between them, is its label."""

_NAME = "data/context.yaml"
_STROKES = str.maketrans("łøđħıßæœ", "lodhisao")
_BETWEEN = r"[ .\-\u00a0'’]{0,2}"
_BREAK = re.compile(r"[0-9\n]")
_OTHER = "other"


def source() -> bytes:
    """Content of the file of words."""
    return files("eurosift.stages.pii").joinpath(_NAME).read_bytes()


def digest() -> str:
    """Digest of the words, for fingerprints."""
    return blake2b(source(), digest_size=16).hexdigest()


def fold(text: str) -> str:
    """Text without case, accents and strokes; ASCII is only put into lower case."""
    if text.isascii():
        return text.lower()
    bare = unicodedata.normalize("NFD", text.casefold())
    return "".join(c for c in bare if not unicodedata.combining(c)).translate(_STROKES)


@cache
def _words() -> Mapping[str, tuple[str, ...]]:
    """Words of each group and of each number, folded."""
    data: dict[str, Any] = parse(source().decode(), _NAME).data
    found = {
        group: tuple(w for words in languages.values() for w in words)
        for group, languages in data["groups"].items()
    }
    for name, words in data["names"].items():
        found[name] = tuple(words)
    return {name: tuple(dict.fromkeys(map(fold, words))) for name, words in found.items()}


def names() -> frozenset[str]:
    """All groups, and all numbers that have words of their own."""
    return frozenset(_words())


@cache
def pattern(groups: tuple[str, ...]) -> re.Pattern[str]:
    """Regular expression for the words of some groups, over folded text."""
    words = sorted({w for group in groups for w in _words().get(group, ())}, key=_length)
    written = [
        _BETWEEN.join(map(re.escape, re.split(r"[ \-.']", word.rstrip("*").replace("’", "'"))))
        + (r"\w*" if word.endswith("*") else "")
        for word in (re.sub(r"(\w)\* ", r"\1§ ", w) for w in words)
    ]
    joined = "|".join(w.replace("§", r"\w*") for w in written)
    return re.compile(rf"(?<![^\W_])(?:{joined})(?![^\W_])" if joined else r"(?!)")


def _length(word: str) -> tuple[int, str]:
    return (-len(word), word)


class Surroundings:
    """What stands before and behind a number."""

    __slots__ = ("_after", "_before")

    def __init__(self, text: str, start: int, end: int) -> None:
        first = max(0, start - BEFORE)
        if first:  # not in the middle of a word
            while first < start and text[first - 1].isalnum() and text[first].isalnum():
                first += 1
        self._before = fold(text[first:start])
        after = text[end : end + AFTER]
        found = _BREAK.search(after)
        self._after = fold(after[: found.start()] if found else after)

    def speaks_of(self, groups: Iterable[str]) -> bool:
        """Whether a word of one of the groups is near, and no closer one of another thing."""
        words = pattern(tuple(groups))
        last = self._last(words)
        if last >= 0:
            return last > self._last(pattern((_OTHER,)))
        if self.is_of_other():
            return False
        return any(
            self._after[found.end() : found.end() + 1] not in (":", "#", "№")
            for found in words.finditer(self._after)
        )

    def is_of_other(self) -> bool:
        """Whether a word before the number says that it belongs to a thing: an order, a case."""
        return self._last(pattern((_OTHER,))) >= 0

    def is_labelled(self, groups: Iterable[str]) -> bool:
        """Whether a word of one of the groups is the number's label."""
        last = self._last(pattern(tuple(groups)))
        if last < 0:
            return False
        between = self._before[last:]
        return len(between) <= LABEL and not re.search(r"[\d\n]", between)

    def _last(self, words: re.Pattern[str]) -> int:
        last = -1
        for found in words.finditer(self._before):
            last = found.end()
        return last
