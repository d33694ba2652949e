"""What a detector is, and how overlapping finds are resolved."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, get_args

PiiType = Literal["email", "ip_address", "iban"]
"""Kinds of identifiers; their order here decides between overlapping finds of equal place."""

TYPES: tuple[PiiType, ...] = get_args(PiiType)


@dataclass(frozen=True, slots=True)
class Match:
    """An identifier in a text.

    Attributes
    ----------
    start, end
        Code points of the text, end exclusive.
    type, detector
        What it is, and who found it.
    value
        Canonical form: the same for every way of writing the same identifier. It is kept out of
        the representation, so that no log or traceback can show it.
    """

    start: int
    end: int
    type: PiiType
    detector: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Detector:
    """Finds one type of identifier.

    Attributes
    ----------
    type
        What it finds.
    prefilter
        Regular expression that matches somewhere in every text in which `find` finds something.
        It runs over whole columns, so it uses only what both the Rust and the Python engine know.
    find
        Yields validated matches of a text, in linear time.
    """

    type: PiiType
    prefilter: str
    find: Callable[[str], Iterator[Match]]


def resolve(matches: Iterable[Match]) -> list[Match]:
    """Choose among overlapping matches: the longest, then the leftmost, then by order of type.

    Returns
    -------
    list of Match
        Disjoint, ordered by start.
    """
    chosen: list[Match] = []
    cluster: list[Match] = []
    end = 0
    for match in sorted(matches, key=lambda m: m.start):
        if match.start >= end:
            chosen += _choose(cluster)
            cluster = []
        cluster.append(match)
        end = max(end, match.end)
    return chosen + _choose(cluster)


def _choose(matches: Iterable[Match]) -> list[Match]:
    """As `resolve`, at a cost that grows with the square of the number of matches."""
    chosen: list[Match] = []
    starts: list[int] = []
    for match in sorted(
        matches,
        key=lambda m: (m.start - m.end, m.start, TYPES.index(m.type), m.detector),
    ):
        at = bisect_left(starts, match.start)
        if at > 0 and chosen[at - 1].end > match.start:
            continue
        if at < len(chosen) and chosen[at].start < match.end:
            continue
        chosen.insert(at, match)
        starts.insert(at, match.start)
    return chosen
