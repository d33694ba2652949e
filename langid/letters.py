"""What normalisation has to know of each character, for kernels.

All of it is as in Unicode 14, that of the oldest supported Python: later versions have changed
nothing of these characters, and characters that they added are no letters here, so that every
Python gives the same lines. Letters, marks and lower case are those that `eurosift.filters.unicode`
stores; the rest is stored in ``data/letters.json``, written by ``python3.11 -m
eurosift.langid.letters``.

Source: Unicode Standard, section 3.13 (final sigma); Annex 15, section 9 (quick check for NFC).
The bits are compiled into kernels (see `eurosift.filters.kernel`).
"""

from __future__ import annotations

import json
import sys
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Any, Final, NamedTuple

import numpy as np

from eurosift.filters.arrays import Int32s, UInt8s
from eurosift.filters.unicode import (
    ALPHA,
    CODE_POINTS,
    EXTEND,
    character_classes,
    lower_case,
    to_ranges,
)

TABLE = "data/letters.json"
"""The stored table, relative to this package."""
UNICODE = "14.0.0"

WORD: Final = 1
"""Letters and their marks."""
JOINER: Final = 2
"""What joins letters within a word, unless it is a letter itself."""
CASED: Final = 4
"""Characters with case, which make a sigma after them a final one."""
IGNORABLE: Final = 8
"""Characters that a search for cased ones passes over."""
COMBINING: Final = 16
"""Marks whose order matters."""
RARE: Final = 32
"""Characters that composition may change."""

JOINERS = "'\u2019\u00b7-\u200c"
SIGMA: Final = 0x3A3
DOTTED_I: Final = 0x130
"""The one letter with a lower case of two characters."""


class Letters(NamedTuple):
    """Tables by code point.

    Attributes
    ----------
    kinds
        uint8, shape (0x110000,): the bits above.
    combining
        uint8, shape (0x110000,): canonical combining class.
    lower
        int32, shape (n,): lower case; code points from n on are their own.
    """

    kinds: UInt8s
    combining: UInt8s
    lower: Int32s


@cache
def read_table() -> dict[str, Any]:
    """Read the stored ranges."""
    text = files("eurosift.langid").joinpath(TABLE).read_text(encoding="utf-8")
    table: dict[str, Any] = json.loads(text)
    return table


@cache
def letters() -> Letters:
    """Make the tables."""
    kinds = np.zeros(CODE_POINTS, np.uint8)
    for name, bit in (("cased", CASED), ("ignorable", IGNORABLE), ("rare", RARE)):
        for first, last in read_table()[name]:
            kinds[first : last + 1] |= bit
    combining = np.zeros(CODE_POINTS, np.uint8)
    for first, last, number in read_table()["combining"]:
        combining[first : last + 1] = number
    kinds[combining > 0] |= COMBINING
    word = character_classes() & (ALPHA | EXTEND) > 0
    for first, last in read_table()["assigned"]:
        kinds[first : last + 1] |= word[first : last + 1] * np.uint8(WORD)
    for joiner in JOINERS:
        kinds[ord(joiner)] |= JOINER
    for table in (kinds, combining):
        table.setflags(write=False)
    return Letters(kinds, combining, lower_case())


def derive() -> dict[str, Any]:
    """Derive the stored table from this interpreter's Unicode database.

    Raises
    ------
    RuntimeError
        If that has another version than the table is of.
    """
    if unicodedata.unidata_version != UNICODE:
        raise RuntimeError(f"this Python has Unicode {unicodedata.unidata_version}, not {UNICODE}")
    sigma = chr(SIGMA)
    characters = [chr(p) for p in range(CODE_POINTS) if not 0xD800 <= p < 0xE000]
    # A sigma at the end is a final one if a cased character comes before it.
    cased = {c for c in characters if (c + sigma).lower()[-1] == "ς"}
    ignorable = {c for c in characters if (f"a{c}{sigma}").lower()[-1] == "ς"} - cased
    rare = {c for c in characters if not unicodedata.is_normalized("NFC", c)} | _seconds()
    combining: list[list[int]] = []
    for c in characters:
        if number := unicodedata.combining(c):
            if combining and combining[-1][1:] == [ord(c) - 1, number]:
                combining[-1][1] += 1
            else:
                combining.append([ord(c), ord(c), number])
    assigned = (c for c in characters if unicodedata.category(c) != "Cn")
    return {
        "source": f"Unicode {UNICODE}",
        "assigned": to_ranges(map(ord, assigned)),
        "cased": to_ranges(sorted(map(ord, cased))),
        "ignorable": to_ranges(sorted(map(ord, ignorable))),
        "rare": to_ranges(sorted(map(ord, rare))),
        "combining": combining,
    }


def _seconds() -> set[str]:
    """Characters that may become one with a character before them."""
    found = {chr(p) for p in [*range(0x1161, 0x1176), *range(0x11A8, 0x11C3)]}  # of Hangul
    for p in range(CODE_POINTS):
        parts = unicodedata.decomposition(chr(p)).split()
        whole = unicodedata.is_normalized("NFC", chr(p))  # else it is never made
        if whole and len(parts) == 2 and not parts[0].startswith("<"):
            found.add(chr(int(parts[1], 16)))
    return found


if __name__ == "__main__":
    sys.stdout.write(json.dumps(derive(), separators=(",", ":")) + "\n")
