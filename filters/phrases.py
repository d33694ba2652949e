"""Phrases of boilerplate in the 24 languages, found in one look at every fourth byte.

Of each phrase some window is chosen, and whatever the alignment, one look falls on one of four
places in it. What is seen there is looked up in a filter of bits; only where that is set is the
whole phrase compared. A phrase is found in lower case, with initial capitals, and in capitals;
ASCII letters in any case. It may be part of a longer word: languages inflect.

The phrases (``data/phrases.json``) are eurosift's own, but for those of C4, which are as in
datatrove 0.10.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import Final, NamedTuple

import numpy as np

from eurosift.filters.arrays import Int32s, Int64s, UInt8s, UInt64s
from eurosift.filters.bits import load_word
from eurosift.filters.kernel import Integer, kernel

LOREM: Final = 1
JAVASCRIPT: Final = 2
COOKIE: Final = 4
POLICY: Final = 8
C4_POLICY: Final = 16

KINDS: Final = {
    "lorem_ipsum": LOREM,
    "javascript": JAVASCRIPT,
    "cookie": COOKIE,
    "policy": POLICY,
    "c4_policy": C4_POLICY,
}

STRIDE: Final = 4
WIDTH: Final = 6
"""Bytes that are looked at."""
SHORTEST: Final = WIDTH + STRIDE - 1
"""Bytes of the shortest phrase that is always found."""
LOW_BYTES: Final = np.uint64((1 << 8 * WIDTH) - 1)
LOWER: Final = np.uint64(0x202020202020)
MIX: Final = np.uint64(0xD6E8FEB86659FD93)
FILTER_BITS: Final = 17
FILTER_SHIFT: Final = np.uint64(64 - FILTER_BITS)
FREQUENT: Final = b" etaoinsrlduc"
"""Bytes that are frequent in most languages, best kept out of windows."""


class PhraseTable(NamedTuple):
    """Phrases as `find_phrases` reads them.

    Attributes
    ----------
    bits
        uint8, shape (16384,): a bit for the hash of each look.
    looks
        uint64, shape (n_looks,), ascending: what is seen at a place in a phrase.
    phrases, places
        int64, shape (n_looks,): of which phrase, and where in it.
    ends
        int64, shape (n_phrases + 1,): where the phrases end in `content`, first 0.
    content
        uint8: the phrases, ASCII letters in lower case.
    kinds
        uint8, shape (n_phrases,).
    """

    bits: UInt8s
    looks: UInt64s
    phrases: Int64s
    places: Int64s
    ends: Int64s
    content: UInt8s
    kinds: UInt8s


def shipped() -> bytes:
    """Content of the shipped phrases."""
    return files("eurosift.filters").joinpath("data/phrases.json").read_bytes()


def shipped_digest() -> str:
    """Digest of the shipped phrases, for fingerprints."""
    return blake2b(shipped(), digest_size=16).hexdigest()


@cache
def phrase_table() -> PhraseTable:
    """Build the table of the shipped phrases."""
    lists: Mapping[str, Mapping[str, list[str]]] = json.loads(shipped())
    kinds: dict[bytes, int] = {}
    for name, by_language in lists.items():
        for phrase in (phrase for phrases in by_language.values() for phrase in phrases):
            for spelling in spellings(phrase):
                kinds[spelling] = kinds.get(spelling, 0) | KINDS[name]
    return build_table(kinds)


def spellings(phrase: str) -> Iterator[bytes]:
    """Ways to write a phrase: its case, without accents where it is in capitals, its apostrophe."""
    plain = "".join(c for c in unicodedata.normalize("NFD", phrase.upper()) if c != "\u0301")
    for cased in (phrase, phrase[0].upper() + phrase[1:], phrase.title(), phrase.upper(), plain):
        for apostrophe in "'\u2019":
            yield cased.replace("'", apostrophe).encode().lower()


def build_table(kinds: Mapping[bytes, int]) -> PhraseTable:
    """Build the table of some phrases, ASCII letters in lower case, and their kinds.

    Raises
    ------
    ValueError
        If a phrase has fewer than `SHORTEST` bytes.
    """
    contents = sorted(kinds)
    looks: list[tuple[int, int, int]] = []
    for number, content in enumerate(contents):
        if len(content) < SHORTEST:
            raise ValueError(f"phrase {content.decode()!r}: shorter than {SHORTEST} bytes")
        first = choose_window(content)
        looks += [(see(content, at), number, at) for at in range(first, first + STRIDE)]
    looks.sort()
    bits = np.zeros(1 << FILTER_BITS - 3, np.uint8)
    for look, _, _ in looks:
        place = look * int(MIX) % (1 << 64) >> int(FILTER_SHIFT)
        bits[place >> 3] |= 1 << (place & 7)
    seen, phrases, places = zip(*looks, strict=True) if looks else ((), (), ())
    table = PhraseTable(
        bits,
        np.array(seen, np.uint64),
        np.array(phrases, np.int64),
        np.array(places, np.int64),
        np.cumsum([0, *(len(content) for content in contents)]),
        np.frombuffer(b"".join(contents), np.uint8),
        np.array([kinds[content] for content in contents], np.uint8),
    )
    for array in table:
        array.setflags(write=False)
    return table


def see(content: Iterable[int], at: int) -> int:
    """What is looked up of six bytes, case aside."""
    return int.from_bytes(bytes(content)[at : at + WIDTH], "little") | int(LOWER)


def choose_window(content: bytes) -> int:
    """Choose the place in a phrase where text looks least like it by chance."""
    cost = [len(FREQUENT) - FREQUENT.find(byte) if byte in FREQUENT else 0 for byte in content]
    cost = [c if byte < 0x80 else len(FREQUENT) // 2 for c, byte in zip(cost, content, strict=True)]
    width = WIDTH + STRIDE - 1
    return min(range(len(content) - width + 1), key=lambda at: sum(cost[at : at + width]))


@kernel
def matches(text: UInt8s, first: Integer, content: UInt8s, start: Integer, stop: Integer) -> bool:
    """Whether ``content[start:stop]`` stands in the text at `first`, ASCII letters in any case."""
    for i in range(stop - start):
        byte = text[first + i]
        if 65 <= byte <= 90:
            byte |= 0x20
        if byte != content[start + i]:
            return False
    return True


@kernel
def find_phrases(
    text: UInt8s,
    size: Integer,
    table: PhraseTable,
    found: Int32s,
    found_kinds: UInt8s,
) -> Integer:
    """Find phrases in a document.

    Parameters
    ----------
    text, size
        As `eurosift.filters.characters.scan_characters` takes them.
    table
        From `phrase_table`.
    found, found_kinds
        Filled, in order: a position inside of each occurrence, and its kind.

    Returns
    -------
    int
        How many were found.
    """
    bits, looks, phrases, places, ends, content, kinds = table
    n = 0
    for pos in range(0, size - WIDTH + 1, STRIDE):
        look = load_word(text, np.uint64(pos)) & LOW_BYTES | LOWER
        place = look * MIX >> FILTER_SHIFT
        if bits[place >> np.uint64(3)] >> (place & np.uint64(7)) & np.uint64(1) == np.uint64(0):
            continue
        low = 0
        high = looks.size
        while low < high:
            middle = (low + high) // 2
            if looks[middle] < look:
                low = middle + 1
            else:
                high = middle
        kind: Integer = 0
        while low < looks.size and looks[low] == look:
            phrase = phrases[low]
            first = pos - places[low]
            length = ends[phrase + 1] - ends[phrase]
            if (
                first >= 0
                and first + length <= size
                and matches(text, first, content, ends[phrase], ends[phrase + 1])
            ):
                kind |= np.int64(kinds[phrase])
            low += 1
        if kind:
            found[n] = pos
            found_kinds[n] = kind
            n += 1
    return n
