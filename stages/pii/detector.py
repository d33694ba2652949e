"""What a detector is, what it gets to know, and how overlapping finds are resolved."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, Protocol, get_args

from eurosift.stages.pii.policy import Rules

PiiType = Literal[
    "email",
    "secret",
    "iban",
    "card",
    "mrz",
    "crypto",
    "national_id",
    "phone",
    "ip_address",
    "company_id",
]
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
    core
        Where the identifier itself is, if the match has grown over what it touches.
    draw
        How many stand-ins for it have been given up, because of what is beside them.
    """

    start: int
    end: int
    type: PiiType
    detector: str
    value: str = field(repr=False)
    core: tuple[int, int] | None = None
    draw: int = 0

    def written(self, text: str) -> str:
        """The identifier as it stands in the text."""
        start, end = self.core or (self.start, self.end)
        return text[start:end]


@dataclass(frozen=True, slots=True)
class Scope:
    """What is known of a text beside its words, and what the policy says for it.

    Attributes
    ----------
    rules
        Rule of every identifier, by name.
    regions
        States that the text may speak of; empty if nothing is known.
    """

    rules: Rules
    regions: tuple[str, ...] = ()

    def looks_for(self, name: str) -> bool:
        """Whether an identifier is looked for at all."""
        return self.rules[name].evidence != "off"


class Find(Protocol):
    """Yields the validated matches at a hit, in time linear in the length of the hit."""

    def __call__(self, text: str, start: int, end: int, scope: Scope) -> Iterator[Match]:
        """Look at ``text[start:end]`` and around it."""


@dataclass(frozen=True, slots=True)
class Detector:
    """Finds some identifiers.

    Attributes
    ----------
    kinds
        Hits of the scan at which it looks (`eurosift.stages.pii.scan`).
    find
        What it does there.
    """

    kinds: int
    find: Find


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
