"""Engines: from a page that passed the guards to its main text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

import trafilatura
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree
from trafilatura.utils import line_processing, trim

from eurosift.stages.extract.blocks.classifier import main_text
from eurosift.stages.extract.config import ExtractConfig

_CACHED_CHARS = 16_000_000
"""Characters of pages after which trafilatura's caches are emptied."""
GROWTH = 4
"""So many times as many `<` and characters as a page may have may be in what a parser makes of it:
tags that are not closed are opened again, with their attributes."""


class Extraction(NamedTuple):
    """Main text, the engine that it is from, and a confidence from 0 to 1 where there is one."""

    text: str
    engine: str
    confidence: float | None = None


class RefusedError(Exception):
    """A page is refused after all; `reason` is that of its row."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Source(NamedTuple):
    """A page that passed the guards: its text, the same parsed, and the stage's configuration."""

    html: str
    tree: HTMLTree
    config: ExtractConfig


Engine = Callable[[Source], Extraction]
"""Wins the main text of a page; leaves the tree as it is. May raise `RefusedError`."""


class _Caches:
    """What trafilatura may have remembered in this process since its caches were emptied.

    They hold a thousand lines each, of whatever length: the text of large pages, for good.
    """

    chars = 0

    @classmethod
    def add(cls, html: str) -> None:
        cls.chars += len(html)
        if cls.chars > _CACHED_CHARS:
            # Its own `reset_caches` also logs errors and collects garbage.
            trim.cache_clear()
            line_processing.cache_clear()
            cls.chars = 0


def by_trafilatura(page: Source) -> Extraction:
    """Extract with trafilatura, exactly as it does itself."""
    try:
        text: str | None = trafilatura.extract(page.html, include_comments=False)
    finally:
        _Caches.add(page.html)
    return Extraction(text or "", "trafilatura")


def by_resiliparse(page: Source) -> Extraction:
    """Extract with the rules of resiliparse."""
    text = extract_plain_text(page.tree, main_content=True, alt_texts=False, comments=False)
    return Extraction(text, "resiliparse")


def by_plain(page: Source) -> Extraction:
    """Take all visible text."""
    return Extraction(extract_plain_text(page.tree, main_content=False, alt_texts=False), "plain")


def by_auto(page: Source) -> Extraction:
    """Classify the page's blocks; extract with trafilatura where resiliparse says otherwise."""
    written = str(page.tree)
    if len(written) > GROWTH * page.config.max_bytes:
        raise RefusedError("too_large")
    if written.count("<") > GROWTH * page.config.max_tags:
        raise RefusedError("too_many_tags")
    second = by_resiliparse(page).text
    text = main_text(written, second)
    confidence = agreement(text, second)
    if confidence < page.config.min_agreement:
        other = by_trafilatura(page).text
        if other.strip():
            return Extraction(other, "trafilatura", confidence)
    return Extraction(text, "blocks", confidence)


def agreement(one: str, other: str) -> float:
    """Share of words that two texts have in common (Dice coefficient of the bags of words).

    Examples
    --------
    >>> agreement("the old bridge", "the bridge")
    0.8
    >>> agreement("", "")
    1.0
    """
    a, b = one.split(), other.split()
    if not a and not b:
        return 1.0
    return 2 * (Counter(a) & Counter(b)).total() / (len(a) + len(b))


ENGINES: dict[str, Engine] = {
    "auto": by_auto,
    "trafilatura": by_trafilatura,
    "resiliparse": by_resiliparse,
    "plain": by_plain,
}
