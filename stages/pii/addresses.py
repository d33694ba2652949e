"""The two sides of an e-mail address: a local part that ends, and a domain that begins somewhere.

Source of the limits: RFC 5321 section 4.5.3.1, RFC 5890; reserved domains: RFC 2606, RFC 6761.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

import idna
import regex

from eurosift.stages.pii.at_words import DOTS, TLDS

INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
"""What has no width: people put it into addresses against harvesters, and editors do."""
GAP = "[ \u00a0]"

_NO_INVISIBLE = str.maketrans("", "", INVISIBLE)
_LOCAL_REVERSED = regex.compile(rf"[\p{{L}}\p{{M}}\p{{N}}_.+'~{INVISIBLE}-]++")
_LABEL = (
    rf"[{INVISIBLE}]?[\p{{L}}\p{{N}}]"
    rf"(?:[\p{{L}}\p{{M}}\p{{N}}{INVISIBLE}-]{{0,61}}[\p{{L}}\p{{M}}\p{{N}}{INVISIBLE}])?"
)
_WORDS = "|".join(sorted(map(re.escape, DOTS), key=len, reverse=True))
_SPOKEN = rf"{GAP}(?i:{_WORDS}|\.){GAP}|[_*-](?i:{_WORDS})[_*-]"
_DOT = (
    r"(?:[.\u3002]|&#0*46;|&#[xX]0*2[eE];|%2[eE]"
    rf"|{GAP}?[\[({{<]{{1,2}}{GAP}?(?i:\.|{_WORDS}){GAP}?[\])}}>]{{1,2}}{GAP}?|{_SPOKEN})"
)
_DOMAIN = regex.compile(rf"{_LABEL}(?:{_DOT}{_LABEL}){{1,8}}")
_SPLIT = regex.compile(rf"({_DOT})")
_IS_SPOKEN = regex.compile(_SPOKEN)
_TLD = regex.compile(
    rf"(?i:xn)--[A-Za-z0-9-]{{2,59}}|[\p{{L}}\p{{M}}{INVISIBLE}]{{2,24}}(?![\p{{L}}\p{{M}}])"
)

_LOCAL_MAX = 64
_DOMAIN_MAX = 253
_RESERVED_TLDS = frozenset({"test", "example", "invalid", "localhost"})
_RESERVED_DOMAINS = frozenset({"example.com", "example.net", "example.org"})
# Endings of file names that are no top-level domains: "logo@2x.png" is a picture.
_FILE_ENDING = re.compile(
    "png|jpe?g|gif|svg|webp|avif|ico|bmp|tiff|css|jsx?|tsx|x?html?|php|aspx?|jsp|xml|json|ya?ml|"
    "pdf|txt|csv|docx?|xlsx?|pptx?|exe|dll|woff|[to]tf|jar"
)
_COMPOSED = re.compile(r"[^\W\d_]{2,}[._][^\W_]+\Z")


class Domain(NamedTuple):
    """Domain of an address.

    Attributes
    ----------
    end
        Where it ends in its text.
    value
        In ASCII, small letters.
    is_plain
        Whether its points are points.
    is_spoken
        Whether one of them is a word without brackets.
    """

    end: int
    value: str
    is_plain: bool
    is_spoken: bool

    @property
    def is_common(self) -> bool:
        """Whether its top-level domain is one that words for the sign may stand before."""
        return self.value.rpartition(".")[2] in TLDS


def is_composed(text: str, begin: int, end: int) -> bool:
    """Whether a local part is of two parts, as "anna.b": that is no word of a sentence."""
    return _COMPOSED.search(text, begin, end) is not None


def visible(text: str) -> str:
    """Text without what has no width, composed."""
    return unicodedata.normalize("NFC", text.translate(_NO_INVISIBLE))


def _ascii(domain: str) -> str | None:
    """ASCII form of a domain; None if it cannot be one."""
    if domain.isascii():
        return domain.lower() if len(domain) <= _DOMAIN_MAX else None
    try:
        encoded: bytes = idna.encode(domain, uts46=True)
    except (idna.IDNAError, UnicodeError):
        return None
    return encoded.decode("ascii").lower()


def domain_at(text: str, start: int) -> Domain | None:
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
        if top is not None and _is_top(labels, dots[-1]):
            labels[-1] = top.group().rstrip(INVISIBLE)
            value = _ascii(visible(".".join(labels)))
            if value is not None:
                end = start + sum(map(len, labels)) + sum(map(len, dots))
                plain = all(dot == "." for dot in dots)
                spoken = not plain and any(map(_IS_SPOKEN.fullmatch, dots))
                return Domain(end, value, plain, spoken)
        labels.pop()
        dots.pop()
    return None


def _is_top(labels: list[str], dot: str) -> bool:
    """Whether the last label may be a top-level domain behind the point that is written before."""
    if not _IS_SPOKEN.fullmatch(dot):
        return True
    is_end_of_sentence = dot.strip(" \u00a0") == "." and labels[-2].lower() in TLDS
    is_one = labels[-1].lower() in TLDS and (labels[-1].islower() or labels[-1].isupper())
    return is_one and not (len(labels) > 2 and is_end_of_sentence)


def is_acceptable(domain: str) -> bool:
    """Whether somebody can have an address there."""
    labels = domain.split(".")
    if labels[-1] in _RESERVED_TLDS or _FILE_ENDING.fullmatch(labels[-1]):
        return False
    return ".".join(labels[-2:]) not in _RESERVED_DOMAINS


def local_start(text: str, end: int) -> int | None:
    """Where the local part that ends at `end` begins; None if there is none."""
    window = text[max(0, end - _LOCAL_MAX - 1) : end]
    found = _LOCAL_REVERSED.match(window[::-1])
    if found is None or found.end() > _LOCAL_MAX:
        return None
    start = end - int(found.end())
    ellipsis = text.rfind("..", start, end)
    if ellipsis >= 0:
        start = ellipsis + 2  # "see...name@host"
    while start < end and (text[start] in ".'~+-" or text[start] in INVISIBLE):
        start += 1
    if start == end:
        return None
    # "@name@host" is a handle of the fediverse, not an address.
    return None if start > 0 and text[start - 1] == "@" and _is_handle(text, start - 1) else start


def _is_handle(text: str, at: int) -> bool:
    """Whether the "@" stands before a name without anything to its left."""
    return at == 0 or _LOCAL_REVERSED.match(text[at - 1]) is None
