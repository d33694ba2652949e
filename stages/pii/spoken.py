"""E-mail addresses with a word for the at sign without brackets: "anna kukac firma pont hu".

Some words can be nothing else between a name and a domain. For common ones, as "at", there has to
be more: a word for the point as well and a name with a point in it or a word for mail near by, or a
label right before the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from eurosift.stages.pii.addresses import (
    GAP,
    Domain,
    domain_at,
    is_acceptable,
    is_composed,
    local_start,
    visible,
)
from eurosift.stages.pii.at_words import DOTS, NOT_NAMES, UNMISTAKABLE
from eurosift.stages.pii.context import Surroundings
from eurosift.stages.pii.detector import Match, Scope

_SIGN = re.compile(r"(?<![^\W_])(?i:a[ -](?:rond|commercial)|coad[ăa] de maimu[țt][ăa]|[^\W_]+)\Z")
_SIGN_REACH = 12
_TAIL = re.compile(r"[ -]?[AaАа](?![^\W_])")
_TAILED = frozenset({"snabel", "маймунско"})
_ALONE = frozenset(UNMISTAKABLE)
_SET_OFF = frozenset("_*-")
_BEFORE = re.compile(rf"{GAP}{{1,2}}\Z")
_BEHIND = re.compile(rf"{GAP}{{1,2}}")
_DOT = "|".join(sorted(map(re.escape, DOTS), key=len, reverse=True))
_FIRST_NAME = re.compile(rf"(?<![\w.+-])[A-Za-z0-9_+-]{{1,30}}{GAP}(?i:{_DOT}){GAP}\Z")
_ANY_DOT = re.compile(rf"{GAP}(?i:{_DOT}){GAP}")
_NAME_REACH = 50
_ADDRESS_LIKE = re.compile(r"^[^A-Z]|[0-9._-]")
_LABEL = re.compile(rf"[:：]{GAP}{{0,2}}\Z")


def find_spoken(text: str, start: int, end: int, scope: Scope) -> Iterator[Match]:
    """Yield the address around a word for the at sign."""
    sign = _SIGN.search(text, max(0, start - _SIGN_REACH), end)
    if sign is None or not scope.looks_for("email_obfuscated"):
        return
    left, right = sign.span()
    word = sign.group().lower()
    if word in _TAILED and (tail := _TAIL.match(text, right)):
        right = tail.end()
    mark = text[left - 1 : left]
    marked = mark in _SET_OFF and text[right : right + 1] == mark
    left, right = left - marked, right + marked
    before, behind = _BEFORE.search(text, max(0, left - 2), left), _BEHIND.match(text, right)
    if before is not None and behind is not None:
        left, right = before.start(), behind.end()
    elif not marked:
        return
    domain, begin = domain_at(text, right), local_start(text, left)
    if domain is None or begin is None or not domain.is_common or not is_acceptable(domain.value):
        return
    if visible(text[begin:left]).lower() in NOT_NAMES:
        return
    if first := _FIRST_NAME.search(text, max(0, begin - _NAME_REACH), begin):
        begin = first.start()
    if not _has_evidence(text, begin, left, domain, sign.group(), marked=marked):
        return
    local = _ANY_DOT.sub(".", visible(text[begin:left])).lower()
    yield Match(begin, domain.end, "email", "email_obfuscated", f"{local}@{domain.value}")


def _has_evidence(
    text: str, begin: int, left: int, domain: Domain, sign: str, *, marked: bool
) -> bool:
    """Whether the words, or those around them, leave no doubt that it is an address."""
    around = Surroundings(text, begin, domain.end)
    alone = sign.lower() in _ALONE or sign.lower().startswith("coad")
    if alone and text[begin:left].isascii():
        return True
    if alone or marked:
        return domain.is_spoken or around.speaks_of(("email",))
    if domain.is_spoken:
        meant = sign == "AT" or is_composed(text, begin, left)
        return meant or around.speaks_of(("email", "phone"))
    if not _ADDRESS_LIKE.search(text[begin:left]):
        return False  # "Contact: Hotel at lake.eu"
    return _LABEL.search(text, max(0, begin - 3), begin) is not None and around.is_labelled(
        ("email",)
    )
