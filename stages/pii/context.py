"""Words near a number that say what it is: evidence for identifiers that a check cannot tell apart.

The words are data (``data/context.yaml``). Case, accents and the strokes of letters do not count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
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
_JOINTS = dict.fromkeys(" -'", _BETWEEN) | {".": "\\.[ \u00a0]?"}
_ABBREVIATION = 5
_BREAK = re.compile(r"[0-9\n]")
_NUMBER = re.compile(r"[0-9](?:[ .-]?[0-9]){3}")
_SENTENCE = re.compile(r"[.!?]\s+[^\W\d_]{3}")
# What a later number is: a word behind a comma, long enough not to be an "or".
_NEXT_THING = re.compile(r"[,;]\s+[^\W\d_]{6,}[ .:]{1,3}\Z")
_NEXT_LABEL = re.compile(r"[ .]*[:#№]")
# A label may stand in a line of its own, with nothing else behind it there but a colon.
_NO_LABEL = re.compile(r"\d|\w[^\n:]*\n|\n.*\n", re.DOTALL)
_OTHER, _THING = "other", "thing"
_NEXT_TO = 3
"""A word of `thing` says what a number is of only right before it: "in case", but "case 12"."""
# What sets cells of a table off: the first of these that is in a line.
_CELLS = tuple(map(re.compile, (r"\t", r"\|", ";", "[ \u00a0]{2,}", r",(?=[^\s])")))
_ANY_CELLS = re.compile("|".join(cells.pattern for cells in _CELLS))
_CELL_END = re.compile(r"[\t|;]|  ")
_MAX_ROWS = 40
_MAX_ROW = 400


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
        found[name] = tuple(words) + tuple(".".join(w) for w in words if _is_abbreviation(w))
    return {name: tuple(dict.fromkeys(map(fold, words))) for name, words in found.items()}


def _is_abbreviation(word: str) -> bool:
    """Whether a word may be written with full stops behind its letters ("Е.Г.Н.")."""
    return 1 < len(word) <= _ABBREVIATION and word.isalpha()


def names() -> frozenset[str]:
    """All groups, and all numbers that have words of their own."""
    return frozenset(_words())


def _expression(word: str) -> str:
    """Regular expression of a word, or of the rest of one."""
    return "".join(
        _JOINTS.get(part) or re.escape(part.rstrip("*")) + (r"\w*" if part.endswith("*") else "")
        for part in re.split(r"([ \-.'])", word)
    )


@cache
def pattern(groups: tuple[str, ...]) -> re.Pattern[str]:
    """Regular expression for the words of some groups, over folded text."""
    by_letter: dict[str, list[str]] = {}
    words = {word for group in groups for word in _words().get(group, ())}
    for word in sorted(words, key=lambda word: (-len(word), word)):
        by_letter.setdefault(word[0], []).append(_expression(word[1:]))
    if not by_letter:
        return re.compile("(?!)")
    # One branch for each first letter: most words of a text fail at it.
    joined = "|".join(f"{letter}(?:{'|'.join(rest)})" for letter, rest in by_letter.items())
    return re.compile(rf"(?<![^\W_])(?:{joined})(?![^\W_])")


def heading(text: str, start: int) -> str | None:
    """The heading of the column of a table in which a number is.

    Cells are set off by tabs, bars, semicolons, commas without a space, or several spaces. A
    heading is a line above with as many cells, no digits, and a word that speaks of numbers.

    Parameters
    ----------
    text
        Any text.
    start
        Where the number begins.

    Returns
    -------
    str or None
        Folded; None if there is none.
    """
    line = _line_start(text, start)
    if line is None or line == 0 or _ANY_CELLS.search(text, line, start + 1) is None:
        return None
    row = text[line : start + 1]
    cells = next(cells for cells in _CELLS if cells.search(row))
    column = len(cells.findall(row))
    for _ in range(_MAX_ROWS):
        stop = line - 1
        line = _line_start(text, stop)
        if line is None:
            return None
        row = text[line:stop]
        if cells.search(row) is None:
            return None
        if any(map(str.isalpha, row)) and not any(map(str.isdigit, row)):
            found = cells.split(row)[column : column + 1]
            return _named(fold(found[0].strip())) if found else None
        if line == 0:
            return None
    return None


def _line_start(text: str, at: int) -> int | None:
    """Where the line begins that ends at `at` or goes on; None if that is far."""
    first = max(0, at - _MAX_ROW)
    found = text.rfind("\n", first, at)
    return found + 1 if found >= 0 or first == 0 else None


def _named(head: str) -> str | None:
    """A heading, if a word of it speaks of numbers of any kind."""
    return head if _any_word().search(head) else None


@cache
def _any_word() -> re.Pattern[str]:
    return pattern(tuple(sorted(names())))


class Surroundings:
    """What stands before and behind a number."""

    __slots__ = ("_ends", "_place", "_read", "_text")

    def __init__(self, text: str, start: int, end: int) -> None:
        self._text = text
        self._place = (start, end)
        self._read: tuple[str, str] | None = None
        self._ends: dict[tuple[str, ...], int] = {}

    @property
    def _sides(self) -> tuple[str, str]:
        """What is before and what is behind, folded."""
        if self._read is None:
            text, (start, end) = self._text, self._place
            head = heading(text, start)
            if head is not None:
                after = _CELL_END.split(text[end : end + AFTER], maxsplit=1)[0]
                found = _BREAK.search(after)
                self._read = f"{head}: ", fold(after[: found.start()] if found else after)
                return self._read
            first = max(0, start - BEFORE)
            if first:  # not in the middle of a word
                while first < start and text[first - 1].isalnum() and text[first].isalnum():
                    first += 1
            after = text[end : end + AFTER]
            found = _BREAK.search(after)
            self._read = fold(text[first:start]), fold(after[: found.start()] if found else after)
        return self._read

    def mentions(self, groups: tuple[str, ...]) -> bool:
        """Whether a word of one of the groups is near, whatever else is."""
        return any(map(pattern(groups).search, self._sides))

    def speaks_of(self, groups: tuple[str, ...]) -> bool:
        """Whether a word of one of the groups is near, and no closer one of another thing."""
        last = self._last(groups)
        if last >= 0:
            between = self._sides[0][last:]
            if "\n" in between and _NUMBER.search(between):
                return False  # it speaks of the number in its own line
            return last >= self._last((_OTHER,))
        after = self._sides[1]
        behind = any(
            not _NEXT_LABEL.match(after, found.end()) for found in pattern(groups).finditer(after)
        )
        return behind and not self.is_of_other()

    def is_of_other(self) -> bool:
        """Whether a word before the number says that it belongs to a thing: an order, a case."""
        return self._last((_OTHER,)) >= 0

    def is_labelled(self, groups: tuple[str, ...]) -> bool:
        """Whether a word of one of the groups is the number's label."""
        last = self._last(groups)
        if last < 0:
            return False
        between = self._sides[0][last:]
        return len(between) <= LABEL and _NO_LABEL.search(between) is None

    def is_nearer(self, groups: tuple[str, ...], others: tuple[str, ...]) -> bool:
        """Whether a word of some groups is the number's label, rather than one of others."""
        return self.is_labelled(groups) and self._last(groups) > self._last(others)

    def is_of_next(self, groups: tuple[str, ...]) -> bool:
        """Whether a word of some groups has a number, and this one is of something else."""
        last = self._last(groups)
        between = self._sides[0][last:] if last >= 0 else ""
        number = _NUMBER.search(between)
        return number is not None and any(
            mark.search(between, number.end()) for mark in (_SENTENCE, _NEXT_THING)
        )

    def _last(self, groups: tuple[str, ...]) -> int:
        """Where the last word of some groups before the number ends; -1 if there is none."""
        last = self._ends.get(groups)
        if last is None:
            last = -1
            before = self._sides[0]
            # What a thing is called stands in the line of its number.
            first = before.rfind("\n") + 1 if groups == (_OTHER,) else 0
            for found in pattern(groups).finditer(before, first):
                last = found.end()
            if groups == (_OTHER,):
                near = max(first, len(before) - BEFORE // 2)
                for found in pattern((_THING,)).finditer(before, near):
                    if len(before) - found.end() <= _NEXT_TO:
                        last = max(last, found.end())
            self._ends[groups] = last
        return last
