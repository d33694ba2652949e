"""What a page says of itself in its markup: author, date, site, address, and evidence of rights.

All of it is read from the tree that is parsed anyway, from meta elements, JSON-LD, links and a few
attributes; the text is not searched. Open Graph protocol (ogp.me), schema.org, Dublin Core.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import chain
from typing import Any, NamedTuple
from urllib.parse import urljoin

from resiliparse.parse.html import HTMLTree
from resiliparse.parse.html.node import DocumentNode, ElementNode

from eurosift.stages.extract import rights
from eurosift.stages.extract.jsonld import Node, nodes_of, strings_of, types_of
from eurosift.stages.extract.rights import Evidence, clean
from eurosift.stages.extract.times import date_of

_MAX_NAME = 200
_MAX_URL = 2_000
_MAX_ELEMENTS = 2_000
_MAX_NODES = 5_000
"""Elements, and objects of JSON-LD, that are looked at; honest pages have tens."""
_TELLING = f'meta, script[type*="ld+json" i], {rights.LINKS}'

_AUTHOR = (
    "author", "article:author", "og:article:author", "parsely-author", "sailthru.author",
    "dc.creator", "dc.contributor.author", "dcterms.creator", "citation_author", "byl", "byline",
    "cxenseparse:author", "vr:author", "authors", "article.author", "og:author",
)  # fmt: skip
_PUBLISHED = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished",
    "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime", "article.published", "published_time", "published-date",
    "publication_date", "publish-date", "publishdate", "publish_date", "pubdate", "pubdate_time",
    "citation_publication_date", "citation_online_date", "citation_date", "dc.date.issued",
    "dcterms.issued", "dc.date.created", "dcterms.created", "dcterms.date", "dc.date",
    "dcterms.available", "rnews:datepublished", "vr:published_time", "created", "date",
)  # fmt: skip
_SITE = ("og:site_name", "cxenseparse:sitename", "dcterms.ispartof")
_SITE_LAST = ("application-name", "apple-mobile-web-app-title")
_CREATIVE = re.compile(r"Article$|Posting$|^(?:CreativeWork|Report|Review|Recipe|WebPage|Book)$")
_PUBLISHER_KEYS = ("publisher", "sourceOrganization", "isPartOf")

_IN_URL = re.compile(r"/(\d{4}[-/]\d{1,2}[-/]\d{1,2})(?=[-/]|$)")
_BY = re.compile(r"^by:?\s+", re.IGNORECASE)
_NO_NAME = re.compile(r"https?:|www\.|@|[{}<>\[\]]|^\W*$")


class Metadata(NamedTuple):
    """What was found; None and empty where nothing was."""

    author: str | None = None
    published: dt.date | None = None
    site_name: str | None = None
    canonical_url: str | None = None
    rights: tuple[Evidence, ...] | None = None


class _Said(NamedTuple):
    """Contents of meta elements by name, in the order of the page; objects of JSON-LD."""

    meta: Mapping[str, list[str]]
    nodes: list[Node]


def read_metadata(tree: HTMLTree) -> Metadata:
    """Read what a page says of itself.

    Parameters
    ----------
    tree
        The page, parsed; it is left as it is.
    """
    document = tree.document
    if document is None:
        return Metadata()
    evidence: list[Evidence] = []
    meta: dict[str, list[str]] = {}
    nodes: list[Node] = []
    for element in document.query_selector_all(_TELLING)[:_MAX_ELEMENTS]:
        if element.tag == "meta":
            content = element.getattr("content") or ""
            names = _names(element)
            for name in names:
                meta.setdefault(name, []).append(content)
            evidence += rights.of_meta(names, content)
        elif element.tag == "script":
            found = nodes_of(element.text or "", _MAX_NODES - len(nodes))
            for node in found:
                evidence += rights.of_node(node)
            nodes += found
        else:
            evidence += rights.of_link(element)
    said = _Said(meta, nodes)
    by_id: dict[str, dict[str, Any]] = {}
    for node in nodes:
        if isinstance(id_ := node.get("@id"), str):  # some do no more than name another
            known = by_id.setdefault(id_, {})
            for key, value in node.items():
                known.setdefault(key, value)
    canonical = _canonical(said, document)
    return Metadata(
        _author(said, by_id, document),
        _published(said, document, canonical or ""),
        _site_name(said, by_id),
        canonical,
        tuple(evidence),
    )


def absolute(reference: str | None, base: str | None) -> str | None:
    """Resolve the address that a page gives itself against the one that it was fetched from.

    What is no address of the web is None; so is a relative one without a `base`.

    Examples
    --------
    >>> absolute("/a?b=1#c", "http://ex.example/x/y")
    'http://ex.example/a?b=1#c'
    """
    if not reference:
        return None
    try:
        url = urljoin(base or "", reference)
    except ValueError:  # brackets that are no IPv6 address
        return None
    return url if url[:8].lower().startswith(("http://", "https://")) else None


def _names(element: ElementNode) -> list[str]:
    given = (element.getattr(key) for key in ("name", "property", "http-equiv", "itemprop"))
    return [name.strip().lower() for name in given if name]


def _first(said: _Said, names: Iterable[str], most: int) -> str | None:
    for name in names:
        for content in said.meta.get(name, ()):
            if found := clean(content, most):
                return found
    return None


def _creative(said: _Said) -> Iterator[Node]:
    """Objects about a page or an article; articles first."""
    found = [(t, node) for node in said.nodes for t in types_of(node) if _CREATIVE.search(t)]
    for article in (True, False):
        yield from (n for t, n in found if t.endswith(("Article", "Posting")) == article)


def _author(said: _Said, by_id: Mapping[str, Node], document: DocumentNode) -> str | None:
    for candidates in _authors(said, by_id, document):
        names = [_BY.sub("", clean(name, _MAX_NAME)) for name in candidates]
        names = [name for name in dict.fromkeys(names) if name and not _NO_NAME.search(name)]
        if names:
            return clean("; ".join(names[:10]), _MAX_NAME)
    return None


def _authors(
    said: _Said, by_id: Mapping[str, Node], document: DocumentNode
) -> Iterator[Iterable[str]]:
    for node in _creative(said):
        yield strings_of(node.get("author"), "name", by_id)
    for name in _AUTHOR:
        yield said.meta.get(name, ())
    for selector in (
        '[itemprop="author"] [itemprop="name"]', '[itemprop="author"]', '[rel="author"]'
    ):  # fmt: skip
        first = document.query_selector(selector)
        if first is not None:
            yield [first.getattr("content") or first.text or ""]


def _published(said: _Said, document: DocumentNode, url: str) -> dt.date | None:
    in_url = (found[1] for found in _IN_URL.finditer(url))
    return next(filter(None, map(date_of, chain(_dates(said, document), in_url))), None)


def _dates(said: _Said, document: DocumentNode) -> Iterator[str]:
    for name in _PUBLISHED[:4]:
        yield from said.meta.get(name, ())
    for node in _creative(said):
        for key in ("datePublished", "dateCreated"):
            yield from (v for v in [node.get(key)] if isinstance(v, str))
    for name in _PUBLISHED[4:]:
        yield from said.meta.get(name, ())
    for selector in (
        '[itemprop="datePublished"]', "time[pubdate]", "time[class*=publi]",
        "time[class*=entry-date]", "article time[datetime]", "main time[datetime]",
        "time[datetime]",
    ):  # fmt: skip
        first = document.query_selector(selector)
        if first is not None:
            yield first.getattr("content") or first.getattr("datetime") or first.text or ""


def _site_name(said: _Said, by_id: Mapping[str, Node]) -> str | None:
    found = _first(said, _SITE, _MAX_NAME)
    if found:
        return found
    sites = [node.get("name") for node in said.nodes if "WebSite" in types_of(node)]
    for key in _PUBLISHER_KEYS:
        for node in _creative(said):
            sites += strings_of(node.get(key), "name", by_id)
    for name in sites:
        if isinstance(name, str) and (found := clean(name, _MAX_NAME)):
            return found
    return _first(said, _SITE_LAST, _MAX_NAME)


def _canonical(said: _Said, document: DocumentNode) -> str | None:
    link = document.query_selector('link[rel~="canonical" i][href]')
    given = link.getattr("href") if link is not None else None
    if given and (base := document.query_selector("base[href]")) is not None:
        with suppress(ValueError):  # brackets that are no IPv6 address
            given = urljoin(base.getattr("href") or "", given)
    url = clean(given or "", _MAX_URL + 1) or _first(said, ("og:url",), _MAX_URL + 1)
    return url if url and len(url) <= _MAX_URL else None
