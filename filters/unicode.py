"""Character classes and simple lower case, one byte and one code point per code point.

The ranges are stored (``data/unicode.json``), not asked of the interpreter: ``unicodedata`` changes
with the Python version, and data must not. They were written once by ``python -m
eurosift.filters.unicode``: the classes from the Unicode Character Database as the `regex` package
carries it, lower case from the interpreter's.

Source: Unicode Standard Annex 44 (General_Category, White_Space, Sentence_Terminal, Script,
Simple_Lowercase_Mapping) and Unicode Technical Standard 51 (Emoji_Presentation). The bits are
compiled into kernels (see `eurosift.filters.kernel`).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

CODE_POINTS: Final = 0x110000

ALPHA: Final = 1
"""Letters, as ``str.isalpha``."""
NUMBER: Final = 2
"""Digits and other numbers (Nd, Nl, No)."""
EXTEND: Final = 4
"""Combining marks: part of the character before them."""
IGNORED: Final = 8
"""Invisible inside of words: soft hyphen, zero-width (non-)joiner, word joiner."""
SPACE: Final = 16
"""White space, as ``str.isspace``."""
BREAK: Final = 32
"""Line boundaries, as ``str.splitlines``."""
UPPER: Final = 64
"""Upper-case and title-case letters."""
TERMINAL: Final = 128
"""Marks that end a sentence."""

BITS: Final = {
    "alpha": ALPHA,
    "number": NUMBER,
    "extend": EXTEND,
    "ignored": IGNORED,
    "space": SPACE,
    "break": BREAK,
    "upper": UPPER,
    "terminal": TERMINAL,
}

PATTERNS: Final = {
    "alpha": r"\p{L}",
    "number": r"\p{N}",
    "extend": r"\p{M}",
    "ignored": r"[\u00AD\u200C\u200D\u2060]",
    "space": r"[\p{White_Space}\x1c-\x1f]",
    "break": r"[\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029]",
    "upper": r"[\p{Lu}\p{Lt}]",
    "terminal": r"\p{Sentence_Terminal}",
}

LATIN: Final = 1
"""Latin letters."""
GREEK: Final = 2
"""Greek letters."""
CYRILLIC: Final = 3
"""Cyrillic letters."""
EMOJI: Final = 4
"""Emoji that are shown as pictures without being asked for."""
PUNCTUATION: Final = 5
"""Punctuation marks (P)."""
GARBAGE: Final = 6
"""What no text holds: control characters but white space, U+FFFD, private use, non-characters."""

GROUPS: Final = {
    "latin": LATIN,
    "greek": GREEK,
    "cyrillic": CYRILLIC,
    "emoji": EMOJI,
    "punctuation": PUNCTUATION,
    "garbage": GARBAGE,
}

GROUP_PATTERNS: Final = {
    "latin": r"[\p{L}&&\p{Script=Latin}]",
    "greek": r"[\p{L}&&\p{Script=Greek}]",
    "cyrillic": r"[\p{L}&&\p{Script=Cyrillic}]",
    "emoji": r"[\p{Emoji_Presentation}\U0001F1E6-\U0001F1FF]",
    "punctuation": r"\p{P}",
    "garbage": r"[\p{Cc}\p{Co}\uFFFD\p{Noncharacter_Code_Point}--[\p{White_Space}\x1c-\x1f]]",
}


class Kinds(NamedTuple):
    """Kinds of characters: what has the same class bits and is in the same group.

    Attributes
    ----------
    numbers
        uint8, shape (0x110000,): kind of every code point.
    classes, groups
        uint8, shape (n_kinds,): class bits and group (0: none) of each kind.
    """

    numbers: npt.NDArray[np.uint8]
    classes: npt.NDArray[np.uint8]
    groups: npt.NDArray[np.uint8]


@cache
def read_data() -> dict[str, Any]:
    """Read the stored ranges."""
    text = files("eurosift.filters").joinpath("data/unicode.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    return data


@cache
def character_classes() -> npt.NDArray[np.uint8]:
    """Class bits of every code point: uint8, shape (0x110000,)."""
    classes = np.zeros(CODE_POINTS, np.uint8)
    for name, bit in BITS.items():
        for first, last in read_data()["classes"][name]:
            classes[first : last + 1] |= bit
    classes.setflags(write=False)
    return classes


@cache
def character_kinds() -> Kinds:
    """Kind of every code point; groups exclude each other."""
    pairs = character_classes().astype(np.uint16)
    for name, group in GROUPS.items():
        for first, last in read_data()["groups"][name]:
            pairs[first : last + 1] |= group << 8
    there = np.flatnonzero(np.bincount(pairs, minlength=1 << 16))
    number_of = np.zeros(1 << 16, np.uint8)
    number_of[there] = np.arange(there.size)
    kinds = Kinds(number_of[pairs], there.astype(np.uint8), (there >> 8).astype(np.uint8))
    for table in kinds:
        table.setflags(write=False)
    return kinds


@cache
def lower_case() -> npt.NDArray[np.int32]:
    """Simple lower case: int32, shape (n,); code points from n on are their own lower case."""
    pairs = read_data()["lower"]
    lower = np.arange(max(int(first) for first in pairs) + 1, dtype=np.int32)
    for first, to in pairs.items():
        lower[int(first)] = to
    lower.setflags(write=False)
    return lower


def to_ranges(points: Iterable[int]) -> list[list[int]]:
    """Ascending numbers as inclusive ranges."""
    ranges: list[list[int]] = []
    for point in points:
        if ranges and ranges[-1][1] == point - 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    return ranges


def derive() -> dict[str, Any]:
    """Derive the stored data from the libraries at hand."""
    import regex  # noqa: PLC0415 - only the maintainer's command needs it

    points = [p for p in range(CODE_POINTS) if not 0xD800 <= p < 0xE000]
    classes, groups = (
        {
            name: to_ranges(p for p in points if regex.match(pattern, chr(p), regex.VERSION1))
            for name, pattern in patterns.items()
        }
        for patterns in (PATTERNS, GROUP_PATTERNS)
    )
    lower = {str(p): ord(chr(p).lower()[0]) for p in points if chr(p).lower()[0] != chr(p)}
    source = f"regex {regex.__version__}"
    return {"source": source, "classes": classes, "groups": groups, "lower": lower}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(derive(), separators=(",", ":")) + "\n")
