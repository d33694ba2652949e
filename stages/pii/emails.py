"""E-mail addresses: Unicode local parts, internationalised domains, common obfuscations."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from eurosift.stages.pii import scan
from eurosift.stages.pii.addresses import (
    GAP,
    domain_at,
    is_acceptable,
    is_composed,
    local_start,
    visible,
)
from eurosift.stages.pii.at_words import BRACKETED, UNMISTAKABLE
from eurosift.stages.pii.context import Surroundings
from eurosift.stages.pii.detector import Detector, Match, Scope
from eurosift.stages.pii.spoken import find_spoken

_PLAIN_AT = "@|\uff20|\ufe6b|%40|&(?:amp;)?#0*64;|&(?:amp;)?#[xX]0*40;|&(?:amp;)?commat;"
# "(a)" also numbers the items of statutes: set off with spaces, it needs a word for mail near it,
# or a name of two parts before it.
_TIGHT = "a"
_ANY_AT = "|".join(re.escape(word) for word in (*UNMISTAKABLE, *BRACKETED) if word != _TIGHT)
_BRACKETED_AT = rf"[\[({{<](?:{GAP}?(?i:{_ANY_AT}){GAP}?|{_TIGHT})[\])}}>]"
_GAPS = (" ", "\u00a0")
_OPEN, _CLOSED = frozenset("[({<"), frozenset("])}>")

_AT = re.compile(f"{_PLAIN_AT}|{_BRACKETED_AT}")
_USERINFO = re.compile(r"[^\s/@:]*:[^\s/?#]*\Z")
_USERINFO_REACH = 200
# A local part whose letters are character references, too.
_REFERENCES = re.compile(r"(?:&#(?:[0-9]{2,4}|[xX][0-9a-fA-F]{2,3});|[A-Za-z0-9_.+-])+\Z")
_REFERENCES_REACH = 400


def _in_userinfo(text: str, at: int) -> bool:
    """Whether the at sign ends the user and password of a URL, which is a secret, no address."""
    scheme = text.rfind("://", max(0, at - _USERINFO_REACH), at)
    return scheme >= 0 and _USERINFO.match(text, scheme + 3, at) is not None


def _around(text: str, sign: re.Match[str]) -> tuple[int, int, bool]:
    """Where the local part ends and the domain begins, and whether only words can tell.

    Between them is the sign, with what sets it off.
    """
    end, start = sign.span()
    if sign.group()[0] in _OPEN:
        if text[end - 1 : end] in _OPEN and text[start : start + 1] in _CLOSED:
            end, start = end - 1, start + 1  # "((at))"
        before, behind = text[end - 1 : end] in _GAPS, text[start : start + 1] in _GAPS
        return end - before, start + behind, sign.group()[1:-1] == _TIGHT and (before or behind)
    if sign.group() != "@":
        return end, start, False
    before, behind = text[end - 1 : end] == " ", text[start : start + 1] == " "
    return end - before, start + behind, before or behind


def _is_meant(text: str, begin: int, local_end: int, end: int) -> bool:
    """Whether words around say that a sign with spaces beside it makes an address."""
    around = Surroundings(text, begin, end)
    if text.startswith(" @", local_end) and text[local_end + 2] != " ":
        # "us @firma.eu" is not meant, "e-mail: anna @firma.eu" is.
        return text[max(0, begin - 2) : begin].rstrip() == ":" and around.is_labelled(("email",))
    return around.speaks_of(("email",))


def find(text: str, start: int, end: int, scope: Scope) -> Iterator[Match]:
    """Yield the e-mail address whose at sign, or a word for it, is at a hit."""
    sign = _AT.match(text, start)
    if sign is None:
        if text[start : start + 1].isalpha():
            yield from find_spoken(text, start, end, scope)
        return
    local_end, domain_start, spaced = _around(text, sign)
    domain = domain_at(text, domain_start)
    if domain is None or not is_acceptable(domain.value):
        return
    begin = local_start(text, local_end)
    if sign.group()[0] == "&" and text[local_end - 1 : local_end] == ";":
        found = _REFERENCES.search(text, max(0, local_end - _REFERENCES_REACH), local_end)
        begin = found.start() if found else begin
    if begin is None or (sign.group() == "@" and _in_userinfo(text, start)):
        return
    sure = sign.group() != "@" and is_composed(text, begin, local_end)
    if spaced and not sure and not _is_meant(text, begin, local_end, domain.end):
        return
    local = visible(html.unescape(text[begin:local_end])).lower()
    plain = sign.group() == "@" and domain.is_plain and not spaced
    name = "email" if plain else "email_obfuscated"
    if scope.looks_for(name):
        yield Match(begin, domain.end, "email", name, f"{local}@{domain.value}")


EMAIL = Detector(scan.AT | scan.SPOKEN, find)
