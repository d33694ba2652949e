"""Telephone numbers of the 27 states, international or as one writes them at home.

Whether a number exists in a numbering plan is for the library phonenumbers (Google's metadata) to
say. Plans are dense, so that is not enough: an international number has its prefix as evidence; a
national one needs the usual grouping together with a trunk zero or a word near it, or a word that
labels it.
"""

from __future__ import annotations

import ipaddress
import itertools
import re
from collections.abc import Iterator

import phonenumbers
from phonenumbers import Leniency, PhoneNumberMatcher, PhoneNumberType

from eurosift.stages.pii import scan
from eurosift.stages.pii.context import Surroundings
from eurosift.stages.pii.detector import Detector, Match, Scope
from eurosift.stages.pii.plans import MAX_NATIONAL, is_valid, longest, parse, possible, value_of

_SPACE = " \t\u00a0\u2007\u2009\u202f"
_DASH = "\\-\u2010\u2011\u2012\u2013\u2212"
# What the library does not know as a space or a hyphen.
_PLAIN = str.maketrans(dict.fromkeys(_SPACE[2:], " ") | dict.fromkeys(_DASH[1:], "-"))
_BETWEEN = rf"[{_SPACE}{_DASH}./()]{{0,4}}"
_PREFIX = re.compile(
    rf"(?:(?<![\w+])\+[{_SPACE}]?\(?"
    rf"|(?<![\w+,./{_DASH}])(?<![0-9][{_SPACE}:])00[{_SPACE}]?)(?=[1-9])"
)
_REST = re.compile(rf"[0-9](?:{_BETWEEN}[0-9])*")
_TRUNK = "(0)"
_GROUP = re.compile(r"[0-9]+")
_DAY = "(?:0?[1-9]|[12][0-9]|3[01])"
_DATE = re.compile(
    rf"{_DAY}(?P<a>[./{_DASH}]){_DAY}(?P=a)(?:[0-9]{{4}}|[0-9]{{2}})(?!(?P=a)?[0-9]|[./][0-9])"
    rf"|(?:1[0-9]|20)[0-9]{{2}}(?P<b>[./{_DASH}])(?:0?[1-9]|1[0-2])(?P=b){_DAY}(?![0-9])"
    rf"|(?:19|20)[0-9]{{2}}[{_SPACE}]?[{_DASH}/][{_SPACE}]?(?:19|20)[0-9]{{2}}(?![0-9])"
)
_DECIMAL = re.compile(r"(?!0[0-9])[0-9]{1,3}\.[0-9]{4,}(?![ .0-9])")
# In the address of a page, or a digital object identifier, numbers are parts of a name.
_LINK = re.compile(r"(?:://|(?<![0-9])10\.[0-9]{4,9}/)\S*\Z")
_LINK_REACH = 120
_IN_LINKS = frozenset("./-;,:(")
_NO_PHONE_BEHIND = frozenset("+,€$£#_=%")
_NO_PHONE_BEFORE = re.compile(r"[,.:]\d|\s?[€$%]")
_OCTETS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?!\.?[0-9])")
_PAIRS = re.compile(r"[0-9]{2}(?:\.[0-9]{2}){3}")
MIN_DIGITS, _MAX_DIGITS = 7, 15
_MAX_RUN = 64
"""A longer run of digits is a table or a list; a national number is not looked for in it."""
_STARTS = 3
_TRIES = 4

_WORDS, _FINNISH = ("phone",), ("phone", "phone_fin")
"""Groups of words for telephones; "p." is one in Finnish, a page elsewhere."""

TRUNK_ZERO = frozenset(
    {"AT", "BE", "BG", "DE", "FI", "FR", "HR", "HU", "IE", "NL", "RO", "SE", "SI", "SK"}
)
"""States whose national numbers begin with a zero that is dialled at home only."""


def _international(text: str, start: int, end: int) -> Iterator[Match]:
    first = max(0, start - 3)
    if text.find("+", first, end) < 0 and text.find("00", first, end) < 0:
        return
    for prefix in _PREFIX.finditer(text, first, end):
        rest = _REST.match(text, prefix.end(), end)
        if rest is None or prefix.end() < start:
            continue
        groups = [found.span() for found in _GROUP.finditer(text, *rest.span())]
        tries = 0
        for _, stop in reversed(groups):
            digits = text[rest.start() : stop].replace(_TRUNK, "")
            digits = "".join(_GROUP.findall(digits))
            if len(digits) > _MAX_DIGITS + 1:
                continue
            tries += 1
            if tries > _TRIES or len(digits) < MIN_DIGITS:
                break
            number = parse(f"+{digits}")
            if number is not None and is_valid(number):
                begin = prefix.start()
                if text[begin - 1 : begin] == "(" and ")" in text[begin:stop]:
                    begin -= 1
                yield Match(begin, stop, "phone", "phone_international", value_of(number))
                break


def _is_part(text: str, start: int, end: int) -> bool:
    """Whether what is right beside a run of digits makes it a part of another thing."""
    mark = text[start - 1] if start else " "
    if mark in _NO_PHONE_BEHIND or mark.isalnum():
        return True
    if mark in ".:/-" and start > 1 and text[start - 2].isdigit():
        return True
    after = text[end : end + 3]
    if after[:1].isalpha() or _NO_PHONE_BEFORE.match(after):
        return True
    return mark in _IN_LINKS and _LINK.search(text, max(0, start - _LINK_REACH), start) is not None


def _national(text: str, start: int, end: int, scope: Scope) -> Iterator[Match]:
    length = end - start
    if length > _MAX_RUN or (length > longest(scope.regions) and text[start:end].isdigit()):
        return
    if _is_part(text, start, end) or _is_address(text[start:end]):
        return
    words = _FINNISH if scope.regions[0] == "FI" else _WORDS
    groups = [found.span() for found in _GROUP.finditer(text, start, end)]
    if not _may_be_national([text[a:b] for a, b in groups], scope.regions):
        return
    around: Surroundings | None = None
    if _DECIMAL.match(text, start):
        around = Surroundings(text, start, end)
        if not around.is_labelled(words):
            return
    i = tries = 0
    while i < min(len(groups), _STARTS):
        other = _DATE.match(text, groups[i][0], end) or _other_address(text, groups[i][0])
        if other is not None:
            while i < len(groups) and groups[i][0] < other.end():
                i += 1
            continue
        begin = groups[i][0]
        trunk = text[begin] == "0" and groups[i][1] - begin >= 2
        if sum(b - a for a, b in groups[i:]) < MIN_DIGITS:
            return
        around = around or Surroundings(text, start, end)
        spoken = around.speaks_of(words) and (trunk or not around.is_of_next(words))
        labelled = spoken and around.is_labelled(words)
        for j in range(len(groups) - 1, i - 1, -1):
            stop = groups[j][1]
            n = sum(b - a for a, b in groups[i : j + 1])
            if n > MAX_NATIONAL:
                continue
            if n < MIN_DIGITS or tries >= 2 * _TRIES:
                break
            zero = trunk and j > i and not _in_row(text, groups, i, j) and not around.is_of_other()
            if scope.rules["phone_national"].evidence == "context":
                zero = False
            if not (zero or spoken):
                break
            tries += 1
            found = _at_home(text, begin, stop, scope, zero=zero, spoken=spoken, labelled=labelled)
            if found is not None:
                yield found
                return
        i += 1


def _may_be_national(runs: list[str], regions: tuple[str, ...]) -> bool:
    """Whether some groups of digits, from one of the first on, could be a number of some states."""
    form = possible(regions)
    for first in range(min(len(runs), _STARTS)):
        digits = ""
        for run in runs[first:]:
            digits += run
            if len(digits) > MAX_NATIONAL:
                break
            if len(digits) >= MIN_DIGITS and form.match(digits):
                return True
    return False


def _in_row(text: str, groups: list[tuple[int, int]], first: int, last: int) -> bool:
    """Whether a group behind, or one with a zero before some groups is set off as they are."""
    gaps = [text[a[1] : b[0]] for a, b in itertools.pairwise(groups)]
    within = gaps[first:last]
    return bool(within) and (
        (first > 0 and gaps[first - 1] == within[0] and text[groups[first - 1][0]] == "0")
        or (last < len(gaps) and gaps[last] == within[-1])
    )


def _other_address(text: str, start: int) -> re.Match[str] | None:
    """The IPv4 address that begins the rest of a run of digits."""
    found = _OCTETS.match(text, start)
    return found if found is not None and _is_address(found.group()) else None


def _is_address(written: str) -> bool:
    """Whether something is an IPv4 address, and not four pairs of digits, which may be either."""
    if written.count(".") != 3 or _PAIRS.fullmatch(written):
        return False
    try:
        ipaddress.IPv4Address(written)
    except ValueError:
        return False
    return True


def _at_home(
    text: str, begin: int, stop: int, scope: Scope, *, zero: bool, spoken: bool, labelled: bool
) -> Match | None:
    """Return the number as one of the text's states, if it is one."""
    if text[begin - 1 : begin] == "(" and ")" in text[begin:stop]:
        begin -= 1
        if text[begin - 1 : begin].isalnum():
            return None  # "KOM(2004)0038"
    written = text[begin:stop].translate(_PLAIN)
    digits = "".join(_GROUP.findall(written))
    for region in scope.regions:
        if not spoken and not (zero and region in TRUNK_ZERO):
            continue
        if not possible((region,)).match(digits):
            continue
        number = parse(written, region)
        if number is None or not is_valid(number):
            continue
        kind = phonenumbers.number_type(number)
        if kind == PhoneNumberType.UNKNOWN:
            continue
        if not (labelled or (zero and spoken)):
            matches = list(
                PhoneNumberMatcher(written, region, leniency=Leniency.STRICT_GROUPING, max_tries=2)
            )
            if [(m.start, m.end) for m in matches] != [(0, len(written))]:
                continue
        return Match(begin, stop, "phone", "phone_national", value_of(number))
    return None


def find(text: str, start: int, end: int, scope: Scope) -> Iterator[Match]:
    """Yield the telephone numbers in a run of digits."""
    found = False
    if scope.looks_for("phone_international"):
        for match in _international(text, start, end):
            found = True
            yield match
    if not found and scope.regions and scope.looks_for("phone_national"):
        yield from _national(text, start, end, scope)


PHONE = Detector(scan.NUMBER, find)
