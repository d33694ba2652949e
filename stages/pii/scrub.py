"""Scrubs one text: find, resolve, replace, until nothing is left to find."""

from __future__ import annotations

import dataclasses
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from eurosift.stages.pii.detector import Detector, Match, PiiType, resolve

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
            grown.append(dataclasses.replace(match, start=start, end=end))
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
        written = text[entry.start : entry.end]
        new = replace(entry, written) if isinstance(entry, Match) else written
        pieces += (text[position : entry.start], new)
        start = length + entry.start - position
        length = start + len(new)
        position = entry.end
        spans.append(Span(start, length, entry.type, entry.detector))
    pieces.append(text[position:])
    return "".join(pieces), spans


def find(text: str, detectors: Sequence[Detector]) -> list[Match]:
    """Disjoint matches of all detectors, ordered by start."""
    return resolve(match for detector in detectors for match in detector.find(text))


def scrub(
    text: str, detectors: Sequence[Detector], replace: Replace | None
) -> tuple[str | None, list[Span]]:
    """Scrub a text.

    Parameters
    ----------
    text
        Any text.
    detectors
        What to look for.
    replace
        Gives the replacements; None leaves the text alone and only reports where things are.

    Returns
    -------
    tuple
        The scrubbed text, None if it is unchanged; and the spans, ordered, in the scrubbed text.
    """
    matches = find(text, detectors)
    if replace is None:
        return None, [Span(m.start, m.end, m.type, m.detector) for m in matches]
    spans: list[Span] = []
    scrubbed = text
    for _ in range(MAX_ROUNDS):
        if not matches:
            break
        scrubbed, spans = _substitute(scrubbed, spans, matches, replace)
        matches = find(scrubbed, detectors)
    return (scrubbed if spans else None), spans
