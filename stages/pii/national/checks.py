"""Checks of national numbers that python-stdnum has not, or has with a clock in them.

Each takes a number without separators, of the right shape. Dates are checked against the calendar,
never against today: the same text must give the same result in any year.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import cycle

from stdnum import luhn, verhoeff
from stdnum.at import vnr
from stdnum.fr import nir
from stdnum.lv import pvn

_LETTER_VALUE = {letter: 10 + i for i, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
_LETTER_VALUE |= {str(digit): digit for digit in range(10)}


def is_date(year: int, month: int, day: int) -> bool:
    """Whether the calendar has that day."""
    try:
        dt.date(year, month, day)
    except ValueError:
        return False
    return True


def _weighted(digits: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def icao(characters: str) -> int:
    """Check digit of machine-readable documents, weights 7-3-1 (ICAO 9303-3, section 4.9)."""
    values = (0 if c == "<" else _LETTER_VALUE[c] for c in characters)
    return sum(v * w for v, w in zip(values, cycle((7, 3, 1)), strict=False)) % 10


def at_svnr(number: str) -> bool:
    """Austrian insurance number: the check digit, and a birthday (months 13-15 are overflow)."""
    day, month = int(number[4:6]), int(number[6:8])
    return 1 <= day <= 31 and 1 <= month <= 15 and bool(vnr.is_valid(number))


def be_rrn(number: str) -> bool:
    """Belgian register number and BIS number, born in either century (month + 20 or 40: BIS)."""
    month, day = int(number[2:4]), int(number[4:6])
    if month % 20 > 12 or month > 52 or day > 31:
        return False
    check = int(number[9:])
    return check in (97 - int(number[:9]) % 97, 97 - int("2" + number[:9]) % 97)


def de_identity_card(number: str) -> bool:
    """German identity card with its check digit; letters are never vowels and never B, M, Q, S."""
    return icao(number[:9]) == int(number[9])


def de_pension(number: str) -> bool:
    """German pension number: area, birthday, initial, serial, check digit (VKVV, section 4)."""
    day, month = int(number[2:4]), int(number[4:6])
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return False
    digits = f"{number[:8]}{_LETTER_VALUE[number[8]] - 9:02}{number[9:11]}"
    weights = (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)
    products = (int(d) * w for d, w in zip(digits, weights, strict=True))
    return sum(p // 10 + p % 10 for p in products) % 10 == int(number[11])


def dk_cpr(number: str) -> bool:
    """Danish CPR: a birthday of the century that the seventh digit tells (no check since 2007)."""
    day, month, year = (int(number[i : i + 2]) for i in (0, 2, 4))
    seventh = number[6]
    if seventh in "0123" or (seventh in "49" and year >= 37):
        return is_date(1900 + year, month, day)
    if seventh in "5678" and year >= 58:
        return is_date(1800 + year, month, day)
    return is_date(2000 + year, month, day)


def fr_nir(number: str) -> bool:
    """French NIR with its key: sex, month (or a code for an unknown one) and department.

    Before the key there may be its name, as in "… 089 clé 46".
    """
    number = number[:13] + number[-2:]
    month = int(number[3:5])
    if number[0] not in "12" or not (1 <= month <= 12 or 20 <= month <= 42 or month >= 50):
        return False
    return bool(nir.is_valid(number))


def hu_tax(number: str) -> bool:
    """Hungarian tax identification number: 8, days since 1867, serial; mod 11."""
    return _weighted(number, range(1, 10)) % 11 == int(number[9])


def hu_taj(number: str) -> bool:
    """Hungarian social security number: weights 3 and 7, mod 10."""
    return number != "000000000" and _weighted(number, (3, 7) * 4) % 10 == int(number[8])


def hu_personal(number: str) -> bool:
    """Hungarian personal identifier: birthday and mod 11, the weights reversed from 1997 on."""
    kind, year = int(number[0]), int(number[1:3])
    month, day = int(number[3:5]), int(number[5:7])
    if not 1 <= kind <= 8:
        return False
    if kind in (3, 4):
        year += 2000
    elif kind in (7, 8) and year < 97:
        year += 1800
    else:
        year += 1900
    weights = range(1, 11) if year < 1997 else range(10, 0, -1)
    return is_date(year, month, day) and _weighted(number, weights) % 11 == int(number[10])


def lu_matricule(number: str) -> bool:
    """Luxembourgish number: birthday, Luhn and Verhoeff digits, both over the first eleven."""
    if not 1850 <= int(number[:4]) <= 2099:
        return False
    if not is_date(int(number[:4]), int(number[4:6]), int(number[6:8])):
        return False
    base = number[:11]
    return bool(luhn.is_valid(base + number[11]) and verhoeff.is_valid(base + number[12]))


def lv_personal(number: str) -> bool:
    """Latvian personal code: a birthday of 1800-2099, or the form without one (32…)."""
    if number[0] > "3" or not pvn.is_valid(number):
        return False
    return number.startswith("32") or number[6] in "012"


def pl_identity_card(number: str) -> bool:
    """Polish identity card: three letters, check digit, five digits; "nr" may be between them."""
    values = [_LETTER_VALUE[c] for c in number[:3] + number[-6:]]
    weights = (7, 3, 1, 9, 7, 3, 1, 7, 3)
    return sum(v * w for v, w in zip(values, weights, strict=True)) % 10 == 0


def pt_niss(number: str) -> bool:
    """Portuguese social security number of a person: 1 or 2 first, weights of primes."""
    weights = (29, 23, 19, 17, 13, 11, 7, 5, 3, 2)
    return number[0] in "12" and 9 - _weighted(number, weights) % 10 == int(number[10])


def se_personal(number: str) -> bool:
    """Swedish personal or co-ordination number (day + 60), of ten or twelve digits."""
    digits = number[-10:]
    year, month, day = (int(digits[i : i + 2]) for i in (0, 2, 4))
    day -= 60 if day > 60 else 0
    if len(number) == 12:
        century = int(number[:2])
        dated = 18 <= century <= 20 and is_date(100 * century + year, month, day)
    else:
        dated = any(is_date(c + year, month, day) for c in (1900, 2000))
    return dated and bool(luhn.is_valid(digits))


def unchecked(number: str) -> bool:
    """For numbers without a check digit: any but those that surrogates are made of."""
    return not "".join(c for c in number if c.isdigit()).startswith("000")
