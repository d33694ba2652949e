"""How numbers are written: the shape of a text, and the kinds of numbers that have it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from eurosift.stages.pii.national.numbers import NUMBERS, Number


class _Shape(dict[int, str]):
    """Translation of a text into its shape."""

    def __missing__(self, point: int) -> str:
        return "?" if chr(point).isalpha() else ";"

    def __init__(self) -> None:
        super().__init__()
        self.update(dict.fromkeys(range(ord("0"), ord("9") + 1), "9"))
        self.update(dict.fromkeys(range(ord("A"), ord("Z") + 1), "A"))
        self.update(dict.fromkeys(range(ord("a"), ord("z") + 1), "a"))
        self.update(dict.fromkeys(map(ord, " \t\u00a0\u2007\u2009\u202f"), " "))
        self.update(dict.fromkeys(map(ord, "-\u2010\u2011\u2012\u2013\u2014\u2212"), "-"))
        self.update({ord(c): c for c in "./+"} | dict.fromkeys(map(ord, "\n\r;|"), "|"))


_SHAPE = _Shape()
_NOT_COMPACT = re.compile(r"[^0-9A-Za-z]+")


def shape(text: str) -> str:
    """Shape of a text, character for character.

    Other letters are ``?``, ends of lines and of a table's cells ``|``, other marks ``;``.
    """
    return text.translate(_SHAPE)


def compact(written: str, keep: str = "") -> str:
    """Digits and letters only, and the marks in `keep`, in upper case."""
    if not keep:
        return _NOT_COMPACT.sub("", written).upper()
    shapes = shape(written)
    return "".join(
        s if s in keep else c for c, s in zip(written, shapes, strict=True) if s in keep + "9Aa"
    ).upper()


def _compiled(shapes: str) -> re.Pattern[str]:
    return re.compile(shapes.replace("_", " ?"))


# People set dashes and slashes off with spaces, which is nobody's official way.
_SPACED_MARK = re.compile(" ([-/]) ")
_MARKS = re.compile("[^9Aa]")

_SHAPES = tuple(
    (
        number,
        _compiled(f"{number.shapes}|{number.official}" if number.official else number.shapes),
        _compiled(number.official) if number.official else None,
    )
    for number in NUMBERS
)
# Most of what is looked up is in no shape at all.
_ANY = re.compile("|".join(f"(?:{shapes.pattern})" for _, shapes, _ in _SHAPES))
_ANY_LOOSE = re.compile(
    "|".join(f"(?:{shapes.pattern})" for number, shapes, _ in _SHAPES if number.may_be_loose)
)

Evidence = Literal["official", "usual", "loose"]
"""What the way of writing says: official separators, a usual way, or any groups of that length."""


@lru_cache(maxsize=1 << 16)
def of_shape(written: str) -> tuple[tuple[Number, Evidence], ...]:
    """Kinds of numbers that are written in this shape, and what their separators say.

    Dashes and slashes may be set off with spaces; then they are not evidence. People group numbers
    in any way: what has the right length without separators is a loose form of the kind.
    """
    tight = _SPACED_MARK.sub(r"\1", written)
    bare = _MARKS.sub("", written).upper()
    is_grouped = bare != written and not any(mark in written for mark in "?|+")
    if not _ANY.fullmatch(tight) and not (is_grouped and _ANY_LOOSE.fullmatch(bare)):
        return ()
    found: list[tuple[Number, Evidence]] = []
    for number, shapes, official in _SHAPES:
        if shapes.fullmatch(tight):
            is_official = official is not None and official.fullmatch(written) is not None
            found.append((number, "official" if is_official else "usual"))
        elif is_grouped and number.may_be_loose and shapes.fullmatch(bare):
            found.append((number, "loose"))
    return tuple(found)


def is_any(written: str, detector: str) -> bool:
    """Whether something is valid as any number of its shape.

    Numbers without a check are valid whatever they are, so they count for the country of `detector`
    only, whose words may stand beside it.
    """
    country = detector.partition(".")[0]
    return any(
        number.check(compact(written, number.keep))
        for number, _ in of_shape(shape(written))
        if number.is_checked or number.name.startswith(f"{country}.")
    )
