"""Finds structured numbers in runs of digits and in words with digits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from eurosift.stages.pii import scan
from eurosift.stages.pii.context import Surroundings
from eurosift.stages.pii.detector import Detector, Match, Scope
from eurosift.stages.pii.national.forms import Evidence, compact, of_shape, shape
from eurosift.stages.pii.national.numbers import Number

# Parts of a number that stand together: letters, digits, and marks between them. A full stop or a
# slash only between digits, or beside a single letter ("Nr.12345" is a word and a number).
_PART = re.compile(
    r"[9Aa?](?:[9Aa?]|[-+](?=[9Aa?])|(?<=9)[./](?=9)|(?<![9Aa?]A)(?<=A)[.](?=9)|(?<=9)[.](?=A(?![9Aa?])))*"
)
_GLUED = re.compile(r"[Aa?]{2,12}(?=9{2})")
"""A label that has lost the space behind it: "CNP1800101…"."""
_JOINTS = frozenset({" ", "  ", " - ", " / ", " ;"})
_EXPIRY = re.compile(" 99/(?:9999|99)(?![9./-])")
"""Month and year behind the number of a payment card."""
_MAX_PARTS = 8
"""Groups of the numbers with most of them: the French NIR in its full form with the word for its
key, the Italian codice fiscale."""
_MAX_LENGTH = 34
_MAX_CACHED = 96
"""Longer shapes are tables and lists: rare, all different, and not worth their memory."""
_FEW = 3
"""So many kinds are checked in the time of a look for their words."""
_NEXT = 2
_REACH = 14
"""How far a number may go on beside a run of digits: over its letters."""

Kinds = tuple[tuple[Number, Evidence], ...]
Segment = tuple[int, int, Kinds, bool]
"""Start and end of something in the shape of a number, what it may be, and whether it is glued to a
label, so that only words speak for it."""


def _window(text: str, start: int, end: int) -> tuple[int, int]:
    """The hit with what may belong to it: its neighbours, and whole words if these are letters."""
    first, last = max(0, start - _NEXT), min(len(text), end + _NEXT)
    if not any(map(str.isalpha, text[first:start] + text[end:last])):
        return first, last
    first = max(0, start - _REACH)
    first = max(first, text.rfind("\n", first, start) + 1)
    last = min(len(text), end + _REACH)
    stop = text.find("\n", end, last)
    last = stop if stop >= 0 else last
    while first < start and first > 0 and text[first - 1].isalnum() and text[first].isalnum():
        first += 1
    while last > end and last < len(text) and text[last].isalnum() and text[last - 1].isalnum():
        last -= 1
    return first, last


@lru_cache(maxsize=1 << 14)
def _segments(shapes: str, start: int, end: int) -> tuple[Segment, ...]:
    """What is in the shape of a number and touches ``shapes[start:end]``."""
    found: list[Segment] = []
    parts = [part.span() for part in _PART.finditer(shapes)]
    for i, (begin, _) in enumerate(parts):
        if begin >= end:
            break
        for j in range(i, min(i + _MAX_PARTS, len(parts))):
            if j > i and shapes[parts[j - 1][1] : parts[j][0]] not in _JOINTS:
                break
            stop = parts[j][1]
            if stop - begin > _MAX_LENGTH:
                break
            if stop <= start:
                continue
            kinds = of_shape(shapes[begin:stop])
            if kinds and _stands_alone(shapes, begin, stop):
                found.append((begin, stop, kinds, False))
            glued = _GLUED.match(shapes, begin, stop)
            if glued:
                kinds = of_shape(shapes[glued.end() : stop])
                if kinds and _stands_alone(shapes, glued.end(), stop):
                    found.append((glued.end(), stop, kinds, True))
    return tuple(found)


def find(text: str, start: int, end: int, scope: Scope) -> Iterator[Match]:
    """Yield the numbers of persons, companies and cards that touch a hit."""
    first, last = _window(text, start, end)
    segments = _segments if last - first <= _MAX_CACHED else _segments.__wrapped__
    found = segments(shape(text[first:last]), start - first, end - first)
    for begin, stop, kinds, glued in found:
        yield from _valid(text, first + begin, first + stop, kinds, scope, glued=glued)


def _stands_alone(shapes: str, begin: int, stop: int) -> bool:
    """Whether it is no part of a longer number, in groups, with decimals, or with a currency."""
    written = shapes[begin:stop]
    if " " in written:
        spaced_before = begin > 1 and shapes[begin - 1] == " " and shapes[begin - 2] == "9"
        spaced_after = shapes[stop : stop + 2] == " 9" and not _EXPIRY.match(shapes, stop)
        if spaced_before or spaced_after:
            return False
    before, after = shapes[max(0, begin - 2) : begin], shapes[stop : stop + 2]
    return not (
        (before[-1:] in (".", ";", "/", "-", "+") and before[:1] == "9" and len(before) == 2)
        or (after[:1] in (".", ";", "/", "-") and after[1:] == "9")
    )


def _valid(
    text: str, begin: int, stop: int, kinds: Kinds, scope: Scope, *, glued: bool
) -> Iterator[Match]:
    written = text[begin:stop]
    kinds = tuple(kind for kind in kinds if kind[1] != "loose" or _is_at_home(kind[0], scope))
    if not kinds:
        return
    around = Surroundings(text, begin, stop)
    spoken: bool | None = None
    for number, form in kinds:
        official = form == "official"
        evidence = scope.rules[number.name].evidence
        if evidence == "off":
            continue
        if evidence == "form":
            evidence = "checksum"  # whatever has a check is checked
        if glued or form == "loose" or (evidence == "checksum" and written != written.upper()):
            evidence = "context"  # small letters are unusual, and so are letters right before it
        if evidence == "checksum" and number.has_letters and not any(map(str.isalpha, written)):
            evidence = "separator"  # a shape without its letters is less distinctive
        needs_words = evidence == "context" or (evidence == "separator" and not official)
        if needs_words and len(kinds) > _FEW:
            # Words are cheaper to look for than many checks, and nearly always there are none.
            if spoken is None:
                spoken = around.mentions(_groups(kinds))
            if not spoken:
                continue
        value = compact(written, number.keep)
        if number.check(value) and (
            evidence == "checksum"
            or _has_evidence(number, evidence, scope, around, official=official)
        ):
            yield Match(begin, stop, number.type, number.name, value)


def _is_at_home(number: Number, scope: Scope) -> bool:
    """Whether a text may be of the number's state; a card is at home everywhere."""
    return not (scope.regions and number.country) or number.country in scope.regions


@lru_cache(maxsize=1 << 10)
def _groups(kinds: Kinds) -> tuple[str, ...]:
    """All groups of words that may speak of one of some kinds of numbers."""
    return ("person", "card", *(number.name for number, _ in kinds))


def _has_evidence(
    number: Number, evidence: str, scope: Scope, around: Surroundings, *, official: bool
) -> bool:
    """Whether separators or words speak for a number whose check is right."""
    if number.type != "national_id":
        if evidence == "separator" and official and not around.is_of_other():
            return True
        return around.speaks_of((number.name,))
    at_home = _is_at_home(number, scope)
    if evidence == "separator" and official and at_home and not around.is_of_other():
        return True
    # A number that cannot be checked has to be called by its name.
    is_person = number.is_checked and number.country in scope.regions
    own = (number.name, "person") if is_person else (number.name,)
    return around.speaks_of(own) and not around.is_nearer(("phone",), own)


NUMBER = Detector(scan.NUMBER | scan.WORD, find)
