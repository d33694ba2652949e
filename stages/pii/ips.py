"""Public IPv4 and IPv6 addresses, and what only looks like them.

A number with three dots is more often a version, a section of a statute or a price than an address,
so its surroundings decide. What is public is for the `ipaddress` module to say (the IANA
special-purpose registries); of IPv6 only 2000::/3 is ever routed publicly (RFC 4291, section 2.4).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

import regex

from eurosift.stages.pii import scan
from eurosift.stages.pii.detector import Detector, Match, Scope

_V6_DOCUMENTATION = ipaddress.IPv6Network("3fff::/20")  # RFC 9637

_V4_SHAPE = r"[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}"

# Before it: no part of a longer number or name ("lib-1.2.3.4", "Chrome/1.2.3.4"). After it: no
# further component, no decimal part of a price, no pre-release ("1.2.3.4-beta").
_V4 = regex.compile(
    rf"(?<![\p{{L}}\p{{M}}\p{{N}}_.])(?<![\p{{L}}\p{{N}}][/-])(?<![0-9],)"
    rf"{_V4_SHAPE}"
    rf"(?![\p{{L}}\p{{M}}\p{{N}}_]|[.,][0-9]|-\p{{L}})",
)
_V6 = regex.compile(
    r"(?<![\p{L}\p{M}\p{N}_.:])[23][0-9A-Fa-f]{3}:[0-9A-Fa-f:]{1,34}(?![\p{L}\p{M}\p{N}_]|\.[0-9])",
)

# Stems in the 24 languages, then whole words: version, release; chapter, section, article, point;
# table, figure. A false friend only costs an address right behind it.
_STEMS = (
    "vers|verz|artig|alt|įstatym|likum|verż|wersj|верси|έκδοσ|εκδοσ|leagan|različic|inačic|izdaj|kiadás|"
    "release|firmware|software|patch|revis|"
    "chap|chapitre|kapit|capít|capit|hoofdst|rozdz|fejezet|poglav|глав|κεφάλ|κεφαλ|luku|luvu|"
    "peatük|nodaļ|skyri|caibid|sect|secç|secc|secț|secţ|sezz|sezi|sekc|abschn|afsnit|avsnitt|"
    "oddíl|oddiel|oddel|odjelj|razdel|szakasz|раздел|секци|ενότητ|ενοτητ|osio|kohta|kohda|jaotis|"
    "jagu|sadaļ|iedaļ|skirsn|taqsim|cuid|člen|artic|artik|artíc|artyk|član|článk|članak|член|άρθρ|"
    "αρθρ|straipsn|paragra|parágra|párraf|absatz|ziffer|punkt|punct|точк|σημεί|σημει|tabel|tabl|"
    "figur|anne[xk]|anlage|příloh|prílo|załącz|mellékl|prilog|прилож|παράρτ|liit|lisa|pielik|pried"
)
_WORDS = (
    "v|ver|rev|build|kernel|linux|android|ios|windows|java|php|"
    "sec|sez|ch|kap|cap|art|чл|pt|pkt|bod|pont|point|punto|ponto"
)
_NUMBERING = regex.compile(
    rf"(?:(?<![\p{{L}}\p{{M}}])(?:(?:{_STEMS})[\p{{L}}\p{{M}}]*+|(?:{_WORDS}))|§)"
    rf"[\s.:=#(\[]{{0,4}}(?:(?:n|no|nr|num|číslo|č|№)[.°º]?\s?)?$",
    regex.IGNORECASE,
)
# Languages that name the part or the version behind its number.
_NUMBERING_BEHIND = regex.compile(
    r"[\s.)]{1,3}(?:§|(?:straipsn|pant|punkt|daļ|szakasz|bekezd|pont|fejezet|kohta|momen|luku|"
    r"luvu|lõig|jagu|peat|skirsn|dal|nodaļ|kapitel|skyri|verzi|kiadás|versij|versio)[\p{L}]*)",
    regex.IGNORECASE,
)
_NUMBERING_REACH = 48
_BEHIND = 8
"""More code points than what may follow an address is looked at."""
_HEADING = regex.compile(r"\.?[ \t\u00a0]+\p{Lu}")
# One address of three hundred has no larger part.
_LAST_SECTION = 60
_CURRENCY_BEFORE = regex.compile(r"(?:[€$£]|EUR|USD|GBP|лв|Ft|Kč|kr|zł|lei)\.?\s?$")
_CURRENCY_AFTER = regex.compile(r"\s?(?:[€$£]|(?:EUR|USD|GBP|лв|Ft|Kč|kr|zł|lei)\b)")


def find_v4(text: str, start: int, end: int, scope: Scope) -> Iterator[Match]:
    """Yield the public IPv4 addresses in a run of digits."""
    if not scope.looks_for("ipv4"):
        return
    for found in _V4.finditer(text, start, end + _BEHIND):
        begin, stop = found.span()
        octets = found.group().split(".")
        if all(len(octet) == 1 for octet in octets):
            continue  # all below ten: numbering, far more often than an address
        try:
            address = ipaddress.IPv4Address(found.group())
        except ValueError:
            continue
        if not address.is_global or address.is_multicast:
            continue
        before = text[max(0, begin - _NUMBERING_REACH) : begin]
        if _NUMBERING.search(before) or _CURRENCY_BEFORE.search(before):
            continue
        if _is_section(text, begin, stop, octets):
            continue
        if _CURRENCY_AFTER.match(text, stop) or _NUMBERING_BEHIND.match(text, stop):
            continue
        yield Match(begin, stop, "ip_address", "ipv4", str(address))


def _is_section(text: str, begin: int, stop: int, octets: list[str]) -> bool:
    """Whether a number with small parts opens a line as that of a heading does."""
    return (
        (begin == 0 or text[begin - 1] == "\n")
        and _HEADING.match(text, stop) is not None
        and max(map(int, octets)) <= _LAST_SECTION
    )


def _is_public(address: ipaddress.IPv6Address) -> bool:
    """As `is_global`, except where releases of Python do not agree with each other."""
    if address in _V6_DOCUMENTATION:
        return False
    embedded = address.sixtofour
    return embedded.is_global if embedded is not None else address.is_global


def find_v6(text: str, start: int, end: int, scope: Scope) -> Iterator[Match]:
    """Yield the public IPv6 address that begins at a hit."""
    found = _V6.match(text, start)
    if found is not None and scope.looks_for("ipv6"):
        written = found.group()
        if written.endswith(":::") or (written[-1] == ":" and written[-2] != ":"):
            written = written[:-1]  # "2001:…:1: unreachable"
        try:
            address = ipaddress.IPv6Address(written)
        except ValueError:
            return
        if _is_public(address):
            end = found.start() + len(written)
            yield Match(found.start(), end, "ip_address", "ipv6", str(address))


IPV4 = Detector(scan.IPV4, find_v4)
IPV6 = Detector(scan.IPV6, find_v6)
