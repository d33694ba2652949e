"""From the text of a page to its main text: guards, then one engine.

The guards refuse pages on which parsers hang or silently lose content. They look at sizes and
counts alone, so that every machine refuses the same pages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from resiliparse.parse.html import HTMLTree

from eurosift.stages.errors import AssetError
from eurosift.stages.extract.blocks.votes import agreement
from eurosift.stages.extract.config import ExtractConfig
from eurosift.stages.extract.engines import ENGINES, GROWTH, RefusedError, Source
from eurosift.stages.extract.gate import GATE_LANGUAGE, gate_for, title_and_language
from eurosift.stages.extract.markup import Look, look_at
from eurosift.stages.extract.metadata import Metadata, read_metadata

_UNREADABLE_SHARE = 0.1
_ATTRIBUTES = 10
"""So many times as many attributes as `<` may be in a page: a parser takes 1 kB for each."""
_TWO_LINES = "<html lang='en'><body><h1>Two</h1><p>One line.<p>And <a href='/'>one</a> more."
_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(slots=True)
class Page:
    """What was won from one page; without text there is a reason."""

    text: str | None = None
    markdown: str | None = None
    title: str | None = None
    html_lang: str | None = None
    metadata: Metadata = field(default_factory=Metadata)
    engine: str | None = None
    confidence: float | None = None
    gate_score: float | None = None
    reasons: list[str] = field(default_factory=list)


def extract_page(html: str, config: ExtractConfig) -> Page:
    """Extract main text, title, declared language and metadata of a page.

    An exception of the extractor becomes the reason ``extractor_error:<name>``.
    """
    look = look_at(html)
    refused = guard(html, look, config)
    if refused:
        return Page(reasons=[refused])
    html = html.replace("\0", "")  # libxml2 ends a page at the first one
    page = Page(engine=config.engine)
    if config.gate_languages:
        page.gate_score = gate_for(config.gate_languages).score(look.rough)
        if page.gate_score is not None and page.gate_score < config.gate_cut:
            return _gated(html, page.gate_score)
    try:
        tree = HTMLTree.parse(html)
        page.title = _tidy(tree.title)
        page.html_lang = _declared_language(tree)
        page.metadata = read_metadata(tree)
        found = ENGINES[config.engine](Source(html, tree, config))
    except (MemoryError, AssetError):
        raise
    except RefusedError as refusal:
        page.engine, page.reasons = None, [refusal.reason]
        return page
    except Exception as error:  # noqa: BLE001 # whatever it was, it is this row's reason
        page.reasons = [f"extractor_error:{type(error).__name__}"]
        return page
    page.engine, page.confidence = found.engine, found.confidence
    page.text = _SURROGATES.sub("\ufffd", found.text).strip() or None
    if page.text is None:
        page.reasons = ["no_text"]
    elif found.markdown is not None:
        page.markdown = _SURROGATES.sub("\ufffd", found.markdown) or None
    return page


def warm_up(config: ExtractConfig) -> None:
    """Extract a page of two lines: kernels are compiled and models loaded before time counts.

    Raises
    ------
    AssetError
        If a model cannot be used.
    """
    extract_page(_TWO_LINES, config)
    if config.gate_languages:  # it may have ended there
        extract_page(_TWO_LINES, config.model_copy(update={"gate_languages": ()}))
    if config.engine == "auto":
        agreement("", "")


def _gated(html: str, score: float) -> Page:
    """A page that is not extracted; what it says of itself is read without parsing it."""
    title, language = map(_tidy, title_and_language(html))
    return Page(title=title, html_lang=language, gate_score=score, reasons=[GATE_LANGUAGE])


def _declared_language(tree: HTMLTree) -> str | None:
    document = tree.document
    root = document.query_selector("html") if document is not None else None
    return _tidy(root.getattr("lang")) if root is not None else None


def guard(html: str, look: Look, config: ExtractConfig) -> str | None:
    """Return why a page must not be parsed, or None.

    Reasons: ``too_many_tags``, ``too_many_attributes``, ``too_large``, ``undecodable``,
    ``too_deep``.
    """
    if html.count("<") > config.max_tags:
        return "too_many_tags"
    cost = look.cost
    if cost.reopened > GROWTH * config.max_tags:
        return "too_many_tags"
    if cost.most_attributes > config.max_attributes or (
        cost.attributes + cost.reopened_attributes > _ATTRIBUTES * config.max_tags
    ):
        return "too_many_attributes"
    if cost.reopened_bytes > GROWTH * config.max_bytes:
        return "too_large"
    if look.unreadable > _UNREADABLE_SHARE * (len(html) or 1):
        return "undecodable"
    if look.depth > config.max_depth:
        return "too_deep"
    return None


def _tidy(value: str | None) -> str | None:
    return _SURROGATES.sub("\ufffd", " ".join((value or "").split())) or None
