"""From the text of a page to its main text: guards, then one engine.

The guards refuse pages on which parsers hang or silently lose content. They look at sizes and
counts alone, so that every machine refuses the same pages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from resiliparse.parse.html import HTMLTree

from eurosift.stages.errors import AssetError
from eurosift.stages.extract.config import ExtractConfig
from eurosift.stages.extract.engines import ENGINES, RefusedError, Source
from eurosift.stages.extract.guards import depth, most_attributes, unreadable_share
from eurosift.stages.extract.metadata import Metadata, read_metadata

_UNREADABLE_SHARE = 0.1
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
    reasons: list[str] = field(default_factory=list)


def extract_page(html: str, config: ExtractConfig) -> Page:
    """Extract main text, title, declared language and metadata of a page.

    An exception of the extractor becomes the reason ``extractor_error:<name>``.
    """
    refused = guard(html, config)
    if refused:
        return Page(reasons=[refused])
    html = html.replace("\0", "")  # libxml2 ends a page at the first one
    page = Page(engine=config.engine)
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


def _declared_language(tree: HTMLTree) -> str | None:
    document = tree.document
    root = document.query_selector("html") if document is not None else None
    return _tidy(root.getattr("lang")) if root is not None else None


def guard(html: str, config: ExtractConfig) -> str | None:
    """Return why a page must not be parsed, or None.

    Reasons: ``too_many_tags``, ``too_many_attributes``, ``undecodable``, ``too_deep``.
    """
    if html.count("<") > config.max_tags:
        return "too_many_tags"
    if most_attributes(html) > config.max_attributes:
        return "too_many_attributes"
    if unreadable_share(html) > _UNREADABLE_SHARE:
        return "undecodable"
    if depth(html, config.max_depth) > config.max_depth:
        return "too_deep"
    return None


def _tidy(value: str | None) -> str | None:
    return _SURROGATES.sub("\ufffd", " ".join((value or "").split())) or None
