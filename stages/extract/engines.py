"""Engines: from a page that passed the guards to its main text."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import trafilatura
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree
from trafilatura.utils import line_processing, trim

from eurosift.stages.extract.blocks.classifier import Found, hear, main_text
from eurosift.stages.extract.config import ExtractConfig
from eurosift.stages.extract.doubt import is_doubtful, may_be_discussion, voice_of
from eurosift.stages.extract.structure import of_html, of_minimal_html, to_markdown

_CACHED_CHARS = 16_000_000
"""Characters of pages after which trafilatura's caches are emptied."""
GROWTH = 4
"""So many times as many `<` and characters as a page may have may be in what a parser makes of it:
tags that are not closed are opened again, with their attributes."""


class Extraction(NamedTuple):
    """Main text, the engine that it is from, and a confidence from 0 to 1 where there is one.

    That of `auto` is the F1 that the classifier of blocks promises before trafilatura is heard.
    `markdown` is the same text with its structure, where the configuration asks for it.
    """

    text: str
    engine: str
    confidence: float | None = None
    markdown: str | None = None


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


_main_text = partial(extract_plain_text, main_content=True, alt_texts=False, comments=False)
_visible_text = partial(extract_plain_text, main_content=False, alt_texts=False)

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
    return _trafilatura(page)


def _trafilatura(page: Source, **settings: bool) -> Extraction:
    markdown = None
    try:
        text: str | None = trafilatura.extract(page.html, include_comments=False, **settings)
        if page.config.markdown:
            # Its own Markdown escapes nothing, and has fewer of the tables and headings.
            html = trafilatura.extract(
                page.html, include_comments=False, output_format="html", **settings
            )
            markdown = of_html(html or "")
    finally:
        _Caches.add(page.html)
    return Extraction(text or "", "trafilatura", markdown=markdown)


def by_resiliparse(page: Source) -> Extraction:
    """Extract with the rules of resiliparse."""
    return _resiliparse(page, "resiliparse", _main_text)


def by_plain(page: Source) -> Extraction:
    """Take all visible text."""
    return _resiliparse(page, "plain", _visible_text)


def _resiliparse(page: Source, name: str, extract: Callable[..., str]) -> Extraction:
    text = extract(page.tree)
    markdown = None
    if page.config.markdown:
        markdown = of_minimal_html(extract(page.tree, preserve_formatting="minimal_html"))
    return Extraction(text, name, markdown=markdown)


def by_auto(page: Source) -> Extraction:
    """Classify the page's blocks; where that is in doubt, hear trafilatura on them, too.

    Trafilatura is told to favour recall: so it is done sooner, as it compares its outcome with no
    other algorithm's. Where no block was taken, the text is its own.
    """
    written = str(page.tree)
    if len(written) > GROWTH * page.config.max_bytes:
        raise RefusedError("too_large")
    if written.count("<") > GROWTH * page.config.max_tags:
        raise RefusedError("too_many_tags")
    second = _main_text(page.tree)
    found = main_text(written, second)
    engine = "blocks"
    if is_doubtful(found, second, page.config.min_agreement):
        if not found.text:
            other = _trafilatura(page, favor_recall=True)
            if other.text.strip():
                return other._replace(confidence=found.promise)
        elif heard := _hear_trafilatura(page, found, second):
            found, engine = heard, "blocks+trafilatura"
    markdown = to_markdown(found.blocks, found.taken) if page.config.markdown else None
    return Extraction(found.text, engine, found.promise, markdown)


def _hear_trafilatura(page: Source, found: Found, second: str) -> Found | None:
    """Choose the blocks again with trafilatura's voice; None if that leaves no text."""
    discussed = may_be_discussion(found.blocks)
    try:
        answer = trafilatura.bare_extraction(
            page.html, include_comments=discussed, favor_recall=True
        )
    finally:
        _Caches.add(page.html)
    body, comments = (answer.text or "", answer.comments or "") if answer else ("", "")
    voice = voice_of(body, comments, found.text, second)
    if not voice.text.strip():
        return None
    heard = hear(found, *voice)
    return heard if heard.text else None


ENGINES: dict[str, Engine] = {
    "auto": by_auto,
    "trafilatura": by_trafilatura,
    "resiliparse": by_resiliparse,
    "plain": by_plain,
}
