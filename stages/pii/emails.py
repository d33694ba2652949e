"""E-mail addresses: Unicode local parts, internationalised domains, common obfuscations.

Source of the limits: RFC 5321 section 4.5.3.1, RFC 5890; reserved domains: RFC 2606, RFC 6761.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

import idna
import regex

from eurosift.stages.pii import scan
from eurosift.stages.pii.context import Surroundings
from eurosift.stages.pii.detector import Detector, Match, Scope

# "at" and "dot" in brackets, as people of many languages write them to hide from harvesters.
AT_WORDS = (
    "at", "ät", "et", "ag", "arroba", "arobase", "chiocciola", "kukac", "zavináč", "zavinac",
    "małpa", "malpa", "afna", "snabel-a", "snabela", "majmun", "maimunka", "маймунка", "кльомба",
    "παπάκι", "παπακι", "eta", "ätt", "kissanhäntä", "miukumauku", "apenstaart", "apenstaartje",
    "apestaart", "apestaartje", "klammeraffe", "arobas", "arond", "a rond", "a commercial", "manki",
    "maimuță", "coadă de maimuță", "ет", "маймунско а", "маймунско", "@", "a",
)  # fmt: skip
_DOT_WORDS = (
    "dot|punktum|punkt|punto|ponto|point|punct|pont|kropka|tečka|tecka|bodka|točka|tocka|piste|taškas|"
    "punkts|punt|prik|точка|τελεία|τελεια|ponc|pika"
)
_GAP = "[ \u00a0]?"
_PLAIN_AT = "@|\uff20|\ufe6b|%40|&#0*64;|&#[xX]0*40;|&commat;"
# "(a)" also numbers the items of statutes: set off with spaces, it needs a word for mail near it.
_TIGHT = "a"
_ANY_AT = "|".join(re.escape(word) for word in AT_WORDS if word != _TIGHT)
_BRACKETED_AT = rf"[\[({{](?:{_GAP}(?i:{_ANY_AT}){_GAP}|{_TIGHT})[\])}}]"
_GAPS = (" ", "\u00a0")

_AT = re.compile(f"{_PLAIN_AT}|{_BRACKETED_AT}")
_LOCAL_REVERSED = regex.compile(r"[\p{L}\p{M}\p{N}_.+'~-]++")
_LABEL = r"[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?"
_DOT = rf"(?:[.\u3002]|{_GAP}[\[({{]{_GAP}(?i:\.|{_DOT_WORDS}){_GAP}[\])}}]{_GAP})"
_DOMAIN = regex.compile(rf"{_LABEL}(?:{_DOT}{_LABEL}){{1,8}}")
_SPLIT = regex.compile(rf"({_DOT})")
_TLD = regex.compile(r"(?i:xn)--[A-Za-z0-9-]{2,59}|[\p{L}\p{M}]{2,24}(?![\p{L}\p{M}])")

_SPOKEN_NAME = r"[A-Za-z0-9_-]{1,30}(?:\.[A-Za-z0-9_-]{1,30}){0,2}"
_SPOKEN_BEFORE = re.compile(
    rf"(?<![A-Za-z0-9_.-])(?P<local>{_SPOKEN_NAME}(?: (?:dot|DOT) {_SPOKEN_NAME})?) (?:at|AT) "
    rf"(?P<domain>{_SPOKEN_NAME}(?: (?:dot|DOT) {_SPOKEN_NAME})?)(?= )"
)
_SPOKEN_AFTER = re.compile(r" (?:dot|DOT) [A-Za-z]{2,12}(?![A-Za-z0-9])")
_SPOKEN_REACH = 130
_USERINFO = re.compile(r"[^\s/@:]*:[^\s/@]*\Z")
_USERINFO_REACH = 200

_LOCAL_MAX = 64
_DOMAIN_MAX = 253
_RESERVED_TLDS = frozenset({"test", "example", "invalid", "localhost"})
_RESERVED_DOMAINS = frozenset({"example.com", "example.net", "example.org"})
# Endings of file names that are no top-level domains: "logo@2x.png" is a picture.
_FILE_ENDING = re.compile(
    "png|jpe?g|gif|svg|webp|avif|ico|bmp|tiff|css|jsx?|tsx|x?html?|php|aspx?|jsp|xml|json|ya?ml|"
    "pdf|txt|csv|docx?|xlsx?|pptx?|exe|dll|woff|[to]tf|jar"
)


class _Domain(NamedTuple):
    end: int
    value: str
    plain: bool


def _ascii(domain: str) -> str | None:
    """ASCII form of a domain; None if it cannot be one."""
    if domain.isascii():
        return domain.lower() if len(domain) <= _DOMAIN_MAX else None
    try:
        encoded: bytes = idna.encode(domain, uts46=True)
    except (idna.IDNAError, UnicodeError):
        return None
    return encoded.decode("ascii").lower()


def _domain(text: str, start: int) -> _Domain | None:
    """Read the longest plausible domain at `start`."""
    found = _DOMAIN.match(text, start)
    if found is None:
        return None
    parts = _SPLIT.split(found.group())
    labels, dots = parts[::2], parts[1::2]
    if len(labels) > 2 and labels[-1].istitle() and labels[-2].islower():
        labels.pop()  # the first word of the next sentence: "a@b.eu.Then"
        dots.pop()
    while len(labels) > 1:
        # A word or number that sticks to the address ("a@b.eu-Adresse", "a@b.eu030") is cut off.
        top = _TLD.match(labels[-1])
        if top is not None:
            labels[-1] = top.group()
            value = _ascii(unicodedata.normalize("NFC", ".".join(labels)))
            if value is not None:
                plain = all(dot == "." for dot in dots)
                end = start + sum(map(len, labels)) + sum(map(len, dots))
                return _Domain(end, value, plain)
        labels.pop()
        dots.pop()
    return None


def _acceptable(domain: str) -> bool:
    """Whether somebody can have an address there."""
    labels = domain.split(".")
    if labels[-1] in _RESERVED_TLDS or _FILE_ENDING.fullmatch(labels[-1]):
        return False
    return ".".join(labels[-2:]) not in _RESERVED_DOMAINS


def _local_start(text: str, end: int) -> int | None:
    """Where the local part that ends at `end` begins; None if there is none."""
    window = text[max(0, end - _LOCAL_MAX - 1) : end]
    found = _LOCAL_REVERSED.match(window[::-1])
    if found is None or found.end() > _LOCAL_MAX:
        return None
    start = end - int(found.end())
    ellipsis = text.rfind("..", start, end)
    if ellipsis >= 0:
        start = ellipsis + 2  # "see...name@host"
    while start < end and text[start] in ".'~+-":
        start += 1
    if start == end:
        return None
    # "@name@host" is a handle of the fediverse, not an address.
    return None if start > 0 and text[start - 1] == "@" and _is_handle(text, start - 1) else start


def _is_handle(text: str, at: int) -> bool:
    """Whether the "@" stands before a name without anything to its left."""
    return at == 0 or _LOCAL_REVERSED.match(text[at - 1]) is None


def _spoken(text: str, dot: int) -> tuple[int, int, int, str] | None:
    """Read "name at domain dot tld" around the word `dot`: start, end of name, end, domain."""
    before = _SPOKEN_BEFORE.search(text, max(0, dot - _SPOKEN_REACH), dot + 1)
    after = _SPOKEN_AFTER.match(text, dot)
    if before is None or after is None or before.end() != dot:
        return None
    domain = re.sub(r" (?i:dot) ", ".", before["domain"] + after.group())
    return before.start("local"), before.end("local"), after.end(), domain.lower()


def _find_spoken(text: str, start: int) -> Iterator[Match]:
    found = _spoken(text, start - 1)
    if found is None:
        return
    begin, local_end, stop, domain = found
    shouted = text[local_end + 1 : local_end + 3] == "AT"
    if _acceptable(domain) and (
        shouted or Surroundings(text, begin, stop).speaks_of(("email", "phone"))
    ):
        local = text[begin:local_end].lower().replace(" dot ", ".")
        yield Match(begin, stop, "email", "email_obfuscated", f"{local}@{domain}")


def _in_userinfo(text: str, at: int) -> bool:
    """Whether the at sign ends the user and password of a URL, which is a secret, no address."""
    scheme = text.rfind("://", max(0, at - _USERINFO_REACH), at)
    return scheme >= 0 and _USERINFO.match(text, scheme + 3, at) is not None


def find(text: str, start: int, end: int, scope: Scope) -> Iterator[Match]:
    """Yield the e-mail address whose at sign, or spoken point, is at a hit."""
    if text[start] in "dD":
        if scope.looks_for("email_obfuscated"):
            yield from _find_spoken(text, start)
        return
    at = _AT.match(text, start)
    if at is None:
        return
    local_end, domain_start = at.span()
    spaced = False
    if at.group()[0] in "[({":
        before = text[local_end - 1 : local_end] in _GAPS
        behind = text[domain_start : domain_start + 1] in _GAPS
        spaced = at.group()[1:-1] == _TIGHT and (before or behind)
        local_end, domain_start = local_end - before, domain_start + behind
    elif (
        at.group() == "@"
        and text[start - 1 : start] == text[domain_start : domain_start + 1] == " "
    ):
        spaced = True  # "name @ host": the words around it have to say that it is one
        local_end, domain_start = local_end - 1, domain_start + 1
    domain = _domain(text, domain_start)
    if domain is None or not _acceptable(domain.value):
        return
    begin = _local_start(text, local_end)
    if begin is None or (at.group() == "@" and _in_userinfo(text, start)):
        return
    if spaced and not Surroundings(text, begin, domain.end).speaks_of(("email",)):
        return
    local = unicodedata.normalize("NFC", text[begin:local_end]).lower()
    plain = at.group() == "@" and domain.plain and not spaced
    name = "email" if plain else "email_obfuscated"
    if scope.looks_for(name):
        yield Match(begin, domain.end, "email", name, f"{local}@{domain.value}")


EMAIL = Detector(scan.AT | scan.DOT, find)
