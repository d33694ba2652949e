"""Machine-readable zones of passports, identity cards and visas (ICAO 9303, parts 4 to 7).

Three check digits have to be right, so that next to nothing else is taken for one. All lines of a
zone are one identifier.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from eurosift.stages.pii import scan
from eurosift.stages.pii.detector import Detector, Match, Scope
from eurosift.stages.pii.national.checks import icao

_LINE = "[A-Z0-9<]"
_BREAK = r"[ \t\r]*\n?[ \t\r]*"
_TWO_LINES = re.compile(
    rf"(?<![A-Z0-9<])(?P<first>[A-Z]{_LINE}{{35,43}}){_BREAK}"
    rf"(?P<second>{_LINE}{{9}}[0-9<][A-Z<]{{3}}[0-9<]{{6}}[0-9][MFX<][0-9]{{6}}[0-9]{_LINE}{{8,16}})"
    rf"(?![A-Z0-9<])"
)
_THREE_LINES = re.compile(
    rf"(?<![A-Z0-9<])(?P<first>[ACI]{_LINE}{{29}}){_BREAK}"
    rf"(?P<second>[0-9<]{{6}}[0-9][MFX<][0-9]{{6}}[0-9]{_LINE}{{15}}){_BREAK}"
    rf"(?P<third>[A-Z<]{{30}})(?![A-Z0-9<])"
)
_REACH = 100
_MAX_LINE = 140


def _is(field: str, digit: str) -> bool:
    return digit.isdigit() and icao(field) == int(digit)


def has_check_digits(first: str, second: str) -> bool:
    """Whether document number, birthday and expiry have the right check digits.

    Parameters
    ----------
    first, second
        The first two lines, of 36 or 44 characters, or of 30 of a zone of three lines.
    """
    if len(first) == 30:
        return (
            _is(first[5:14], first[14])
            and _is(second[0:6], second[6])
            and _is(second[8:14], second[14])
        )
    return (
        len(first) == len(second)
        and len(first) in (36, 44)
        and _is(second[0:9], second[9])
        and _is(second[13:19], second[19])
        and _is(second[21:27], second[27])
    )


def find(text: str, start: int, end: int, scope: Scope) -> Iterator[Match]:
    """Yield the zones that begin in a line, or in those just before it."""
    if end - start > _MAX_LINE or not scope.looks_for("mrz"):
        return
    first, last = max(0, start - _REACH), end + _REACH
    for pattern in (_TWO_LINES, _THREE_LINES):
        for found in pattern.finditer(text, first, last):
            if has_check_digits(found["first"], found["second"]):
                value = "".join(found.groups())
                yield Match(found.start(), found.end(), "mrz", "mrz", value)


MRZ = Detector(scan.MRZ, find)
