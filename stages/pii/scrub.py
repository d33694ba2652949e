"""Scrubs one text: find, resolve, replace, until nothing is left to find."""

from __future__ import annotations

import dataclasses
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from eurosift.stages.pii.candidates import Hit, find, scan_text
from eurosift.stages.pii.detector import Match, PiiType, Scope, resolve

MAX_ROUNDS = 32
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


def _grow(matches: Sequence[Match], before: Sequence[Span]) -> list[Match]:
    """Let matches cover the surrogates of earlier rounds that they touch, wholly."""
    ends = [span.end for span in before]
    starts = [span.start for span in before]
    grown = []
    for match in matches:
        first = bisect_right(ends, match.start)
        last = bisect_left(starts, match.end) - 1
        if first <= last:
            start, end = min(match.start, starts[first]), max(match.end, ends[last])
            core = (match.start, match.end)
            grown.append(dataclasses.replace(match, start=start, end=end, core=core))
        else:
            grown.append(match)
    return resolve(grown)


def _substitute(
    text: str, before: Sequence[Span], matches: Sequence[Match], replace: Replace
) -> tuple[str, list[Span]]:
    """Replace the matches, and move the spans of earlier rounds that no match has absorbed."""
    matches = _grow(matches, before)
    starts = [match.start for match in matches]
    kept = []
    for span in before:
        at = bisect_right(starts, span.start)
        if at == 0 or matches[at - 1].end <= span.start:
            kept.append(span)
    pieces: list[str] = []
    spans: list[Span] = []
    position = length = 0
    entries: list[Match | Span] = [*matches, *kept]
    for entry in sorted(entries, key=lambda e: e.start):
        if isinstance(entry, Match):
            new = replace(entry, entry.written(text))
        else:
            new = text[entry.start : entry.end]
        pieces += (text[position : entry.start], new)
        start = length + entry.start - position
        length = start + len(new)
        position = entry.end
        spans.append(Span(start, length, entry.type, entry.detector))
    pieces.append(text[position:])
    return "".join(pieces), spans


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
    spans = []
    scrubbed = text
    for _ in range(MAX_ROUNDS):
        if not found.masked:
            break
        scrubbed, spans = _substitute(scrubbed, spans, found.masked, replace)
        found = find(scrubbed, scan_text(scrubbed), scope)
    return Scrubbed(scrubbed if spans else None, spans, _count(found.counted))


def _count(matches: Sequence[Match]) -> dict[str, int]:
    return dict(sorted(Counter(match.detector for match in matches).items()))
