"""International bank account numbers, with and without spaces.

Lengths, structure per country and check digits (ISO 13616, ISO 7064 mod 97-10) are python-stdnum's.
National check digits inside the account number are not asked for: a number that only they reject
is still written as an IBAN, and scrubbing it costs nothing.
"""

from __future__ import annotations

import itertools
import string
from collections.abc import Iterator, Mapping
from functools import cache

import regex
from stdnum import iban, numdb

from eurosift.stages.pii import scan
from eurosift.stages.pii.detector import Detector, Match, Scope

_SEPARATORS = " .\t\u00a0\u2007\u2009\u202f-\u2010\u2011\u2012\u2013\u2212"
_MAX_SEPARATORS = 3
"""In a row: a dash with spaces around it."""
_LETTERS_DIGITS = frozenset(string.ascii_letters + string.digits)


@cache
def lengths() -> Mapping[str, int]:
    """Total length of an IBAN by country code (ISO 3166), from python-stdnum's register."""
    register = numdb.get("iban")
    table: dict[str, int] = {}
    for pair in itertools.product(string.ascii_uppercase, repeat=2):
        country = "".join(pair)
        structure = register.info(country)[0][1].get("bban")
        if structure:
            table[country] = 4 + sum(map(int, regex.findall(r"([0-9]+)!", structure)))
    return table


def is_valid(compact: str) -> bool:
    """Whether length, structure and check digits of a number without separators are right."""
    if lengths().get(compact[:2].upper()) != len(compact):
        return False
    return bool(iban.is_valid(compact, check_country=False))


def find(text: str, start: int, end: int, scope: Scope) -> Iterator[Match]:
    """Yield the IBAN that begins at a hit."""
    if not scope.looks_for("iban") or (
        start > 0 and (text[start - 1].isalnum() or text[start - 1] == "_")
    ):
        return
    length = lengths().get(text[start : start + 2].upper())
    if length is None:
        return
    taken: list[str] = []
    position, separators = start, _MAX_SEPARATORS
    while len(taken) < length and position < len(text):
        character = text[position]
        if character in _LETTERS_DIGITS:
            taken.append(character)
            separators = 0
        elif separators == _MAX_SEPARATORS or character not in _SEPARATORS:
            break
        else:
            separators += 1
        position += 1
    if position < len(text) and text[position].isalnum():
        return
    compact = "".join(taken).upper()
    if is_valid(compact):
        yield Match(start, position, "iban", "iban", compact)


IBAN = Detector(scan.IBAN, find)
