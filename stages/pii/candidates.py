"""From texts to matches: the scan names places, detectors look there and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from eurosift.filters.arrays import Bools, Int64s, UInt8s, UInt64s
from eurosift.filters.buffers import read_only, string_buffers
from eurosift.stages.pii.at_words import BRACKETED, UNMISTAKABLE
from eurosift.stages.pii.detector import Find, Match, Scope, resolve
from eurosift.stages.pii.detectors import DETECTORS
from eurosift.stages.pii.key_forms import PREFIX_WORDS
from eurosift.stages.pii.scan import scan_rows
from eurosift.stages.pii.shapes import byte_classes, word_digests
from eurosift.stages.pii.spoken_scan import spoken_rows, tables

Hit = tuple[int, int, int]
"""A place where an identifier may be: kinds of the scan; start and end in code points."""


class Found(NamedTuple):
    """Identifiers of a text: those to be replaced, and those that are only counted.

    Both are disjoint and ordered by start; what is to be replaced comes first where they overlap.
    """

    masked: list[Match]
    counted: list[Match]


@cache
def _words() -> UInt64s:
    # The scan sees the first word in brackets, of those that are more than one.
    return word_digests(word.split()[0] for word in (*UNMISTAKABLE, *BRACKETED))


@cache
def _prefixes() -> UInt64s:
    return word_digests(PREFIX_WORDS)


_byte_classes, _spoken = cache(byte_classes), cache(tables)


@cache
def _finders(kinds: int) -> tuple[Find, ...]:
    return tuple(detector.find for detector in DETECTORS if detector.kinds & kinds)


def scan_batch(texts: pa.Array) -> Int64s:
    """Hits of all rows, as `eurosift.stages.pii.scan.scan_rows` gives them."""
    return _scan(string_buffers(texts))


def _scan(buffers: tuple[UInt8s, Int64s, Bools]) -> Int64s:
    classes = _byte_classes()
    hits = scan_rows(*buffers, classes, _words(), _prefixes())
    words = _spoken()
    spoken = spoken_rows(*buffers, classes, words.bits, words.signs, words.spoken, words.points)
    if len(spoken):
        hits = np.concatenate((hits, spoken))
        hits = hits[np.argsort(hits[:, 0], kind="stable")]
    return hits


def hits_by_row(hits: Int64s) -> Iterator[tuple[int, list[Hit]]]:
    """Rows that have hits, with their hits."""
    if not len(hits):
        return
    bounds = np.flatnonzero(np.diff(hits[:, 0], prepend=-1, append=-1))
    rows = hits[bounds[:-1], 0].tolist()
    listed = _tuples(hits)
    for row, first, last in zip(rows, bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        yield row, listed[first:last]


def scan_text(text: str) -> list[Hit]:
    """Hits of one text."""
    data = np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8)
    buffers = read_only(data, np.array([0, len(data)], np.int64), np.ones(1, np.bool_))
    return _tuples(_scan(buffers))


def _tuples(hits: Int64s) -> list[Hit]:
    _, kinds, starts, ends = hits.T.tolist()
    return list(zip(kinds, starts, ends, strict=True))


def find(text: str, hits: Sequence[Hit], scope: Scope) -> Found:
    """Identifiers of a text.

    Parameters
    ----------
    text
        Any text.
    hits
        What the scan found in it.
    scope
        What is known of the text, and what is looked for.
    """
    masked: list[Match] = []
    counted: list[Match] = []
    for kinds, start, end in hits:
        for look in _finders(kinds):
            for match in look(text, start, end, scope):
                action = scope.rules[match.detector].action
                (masked if action == "mask" else counted).append(match)
    if not masked and not counted:
        return Found([], [])
    masked = resolve(masked)
    if counted:
        taken = resolve([*counted])
        counted = [m for m in taken if not any(m.start < n.end and n.start < m.end for n in masked)]
    return Found(masked, counted)
