"""Scrubs one text: find, resolve, replace, until nothing is left to find."""

from __future__ import annotations

import dataclasses
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from eurosift.stages.pii.candidates import Found, Hit, find, scan_text
from eurosift.stages.pii.detector import Match, PiiType, Scope, resolve

MAX_DRAWS = 16
"""In so many rounds stand-ins are drawn anew before what they are part of is replaced as one."""
MAX_ROUNDS = 96
"""A replacement can uncover an identifier beside it (an address after the word that made it look
like a version). A second round is rare; only a text written for the purpose takes more than three.
"""


@dataclass(frozen=True, slots=True)
class Span:
    """Where an identifier is, or its surrogate; in code points, end exclusive."""

    start: int
    end: int
    type: PiiType
    detector: str


Replace = Callable[[Match, str], str]
"""Gives what to write for a match, which is written as it is in the text."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """A stand-in in the text: where it is, what it is written for, and what is written."""

    start: int
    end: int
    match: Match
    written: str
    made: str


def _touched(places: Sequence[_Placed], matches: Sequence[Match]) -> list[range]:
    """Which of the places each match touches."""
    ends = [place.end for place in places]
    starts = [place.start for place in places]
    return [range(bisect_right(ends, m.start), bisect_left(starts, m.end)) for m in matches]


def _redraw(
    places: Sequence[_Placed], found: Found, replace: Replace
) -> tuple[list[_Placed], list[Match]]:
    """Draw anew for stand-ins of which something found has become part, as far as draws differ.

    What is found must not depend on the key: digits that were drawn may make a number with those
    beside them, and another draw does not. Returns all places, and the matches that are left.
    """
    touched = _touched(places, [*found.masked, *found.counted])
    drawn = list(places)
    for i in sorted({i for among in touched for i in among}):
        again = dataclasses.replace(places[i].match, draw=places[i].match.draw + 1)
        made = replace(again, places[i].written)
        if made != places[i].made:
            drawn[i] = dataclasses.replace(places[i], match=again, made=made)
    left = [
        match
        for match, among in zip(found.masked, touched, strict=False)
        if all(drawn[i] is places[i] for i in among)
    ]
    return drawn, left


def _grow(matches: Sequence[Match], before: Sequence[_Placed]) -> list[Match]:
    """Let matches cover the stand-ins of earlier rounds that they touch, wholly."""
    grown = []
    for match, among in zip(matches, _touched(before, matches), strict=True):
        if among:
            start = min(match.start, before[among[0]].start)
            end = max(match.end, before[among[-1]].end)
            core = (match.start, match.end)
            grown.append(dataclasses.replace(match, start=start, end=end, core=core))
        else:
            grown.append(match)
    return resolve(grown)


def _substitute(
    text: str, before: Sequence[_Placed], matches: Sequence[Match], replace: Replace
) -> tuple[str, list[_Placed]]:
    """Replace the matches, and move the stand-ins of earlier rounds that no match has absorbed."""
    matches = _grow(matches, before)
    starts = [match.start for match in matches]
    entries: list[Match | _Placed] = [*matches]
    for place in before:
        at = bisect_right(starts, place.start)
        if at == 0 or matches[at - 1].end <= place.start:
            entries.append(place)
    pieces: list[str] = []
    placed: list[_Placed] = []
    position = length = 0
    for entry in sorted(entries, key=lambda e: e.start):
        if isinstance(entry, Match):
            match, written = entry, entry.written(text)
            made = replace(match, written)
        else:
            match, written, made = entry.match, entry.written, entry.made
        pieces += (text[position : entry.start], made)
        start = length + entry.start - position
        length = start + len(made)
        position = entry.end
        placed.append(_Placed(start, length, match, written, made))
    pieces.append(text[position:])
    return "".join(pieces), placed


class Scrubbed(NamedTuple):
    """What became of a text.

    Attributes
    ----------
    text
        The scrubbed text; None if it is unchanged.
    spans
        Where the surrogates are in it, ordered; without a replacement, where identifiers are.
    counted
        Identifiers that were left, by detector, sorted.
    """

    text: str | None
    spans: list[Span]
    counted: dict[str, int]


def scrub(
    text: str, scope: Scope, replace: Replace | None, hits: Sequence[Hit] | None = None
) -> Scrubbed:
    """Scrub a text.

    Parameters
    ----------
    text
        Any text.
    scope
        What is known of it, and what is looked for.
    replace
        Gives the replacements; None leaves the text alone and only reports where things are.
    hits
        What the scan found in the text; it is scanned if this is not given.
    """
    found = find(text, scan_text(text) if hits is None else hits, scope)
    if replace is None:
        spans = [Span(m.start, m.end, m.type, m.detector) for m in found.masked]
        return Scrubbed(None, spans, _count(found.counted))
    placed: list[_Placed] = []
    scrubbed = text
    for turn in range(MAX_ROUNDS):
        drawn, matches = placed, found.masked
        if placed and turn <= MAX_DRAWS:
            drawn, matches = _redraw(placed, found, replace)
        if not matches and drawn == placed:
            break
        scrubbed, placed = _substitute(scrubbed, drawn, matches, replace)
        found = find(scrubbed, scan_text(scrubbed), scope)
    spans = [Span(p.start, p.end, p.match.type, p.match.detector) for p in placed]
    return Scrubbed(scrubbed if spans else None, spans, _count(found.counted))


def _count(matches: Sequence[Match]) -> dict[str, int]:
    return dict(sorted(Counter(match.detector for match in matches).items())) if matches else {}
