"""What a page says of its licence and of reservations of rights: evidence, of which none is judged.

HTTP headers and meta elements: X-Robots-Tag and robots (Google; `noai`: DeviantArt), the W3C
community group's TDM Reservation Protocol, Content-Usage (IETF AIPREF drafts), Content-Signal
(contentsignals.org). Licences: ``rel="license"`` (HTML, RFC 8288), properties of schema.org and
Dublin Core, links to well-known licences.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa

from eurosift.stages.extract.jsonld import Node, types_of
from eurosift.stages.extract.records import header_pairs

if TYPE_CHECKING:
    from resiliparse.parse.html.node import ElementNode

RIGHTS = pa.list_(
    pa.struct([("source", pa.string()), ("name", pa.string()), ("value", pa.string())])
)
"""Type of the column of evidence."""
MAX_ENTRIES = 50
"""Most entries of a page; further ones are left out."""
_MAX_VALUE = 500
_MAX_NAME = 60

LICENCES = (
    "creativecommons.org/",
    "opendatacommons.org/licenses",
    "etalab.gouv.fr/licence-ouverte",
    "govdata.de/dl-de",
    "dati.gov.it/iodl",
    "open-government-licence",
    "gnu.org/licenses",
    "gnu.org/copyleft",
)
"""Parts of addresses of well-known licences."""
LINKS = ", ".join(
    [
        *(f'{tag}[{a}="license" i]' for tag in ("a", "link") for a in ("rel~", "itemprop")),
        'a[property$="license" i]',
        'link[property$="license" i]',
        'link[rel~="copyright" i]',
        *(f'a[href*="{part}"]' for part in LICENCES),
    ]
)
"""Selector of links that are evidence."""

_HEADERS = frozenset(
    ("x-robots-tag", "tdm-reservation", "tdm-policy", "content-usage", "content-signal")
)
_TELLING_NAME = re.compile(
    r"robots$|bots?$|-extended$|^tdm-(?:reservation|policy)$|^content-(?:usage|signal)$|licen[cs]e"
    r"|copyright|\brights?\b|usageterms|web_?statement"
)
# A value that only a robot can be meant by, whatever its name; `none` and `all` have other uses.
_TELLING_VALUE = re.compile(
    r"(?:^|[,;\s])(?:noai|noimageai|noindex|nofollow|noarchive|nosnippet)\s*(?:$|[,;\s])"
)
_LD_PROPERTIES = (
    "license", "usageInfo", "acquireLicensePage", "copyrightNotice", "conditionsOfAccess",
    "isAccessibleForFree",
)  # fmt: skip
_LINK_VALUE = re.compile(r"<[^>]*>[^,<]*")
_LICENCE_RELATION = re.compile(r"rel\s*=\s*(?:\"[^\"]*\blicense\b|'?license\b)", re.IGNORECASE)
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
_FOOTER = 'footer, [class*="footer" i], [id*="footer" i]'


class Evidence(NamedTuple):
    """One thing that was said, and where.

    Attributes
    ----------
    source
        ``http``, ``meta``, ``link``, ``json-ld``, ``a``, or ``footer a`` for a link in the page's
        footer.
    name
        Of the header or meta element in lower case; ``license``, ``copyright`` or ``href`` of a
        link; type and property in JSON-LD, such as ``ImageObject.license``.
    value
        What is said, white space collapsed, of at most 500 characters.
    """

    source: str
    name: str
    value: str


def clean(value: str, most: int) -> str:
    """Return a value without control characters, on one line, cut at `most` characters."""
    return " ".join(_CONTROLS.sub(" ", value[: 4 * most]).split())[:most].rstrip()


def of_headers(head: bytes) -> Iterator[Evidence]:
    """Evidence in the header fields of an HTTP message, each of equal names."""
    for name, value in header_pairs(head):
        if name in _HEADERS:
            yield Evidence("http", name, value)
        elif name == "link":
            for link in _LINK_VALUE.findall(value):
                if _LICENCE_RELATION.search(link):
                    yield Evidence("http", name, link)


def of_meta(names: Iterable[str], content: str) -> Iterator[Evidence]:
    """Evidence in a meta element, by any of its names."""
    for name in names:
        if _TELLING_NAME.search(name) or _TELLING_VALUE.search(content[:_MAX_VALUE].lower()):
            yield Evidence("meta", name, content)
            return


def of_link(element: ElementNode) -> Iterator[Evidence]:
    """Evidence in a ``link`` or ``a`` element that `LINKS` selects."""
    source = "link" if element.tag == "link" else "a"
    if source == "a" and element.closest(_FOOTER) is not None:
        source = "footer a"
    says = f"{element.getattr('rel') or ''} {element.getattr('itemprop') or ''} "
    says = f"{says}{element.getattr('property') or ''}".lower()
    name = next((word for word in ("license", "copyright") if word in says), "href")
    yield Evidence(source, name, element.getattr("href") or "")


def of_node(node: Node) -> Iterator[Evidence]:
    """Evidence in an object of JSON-LD."""
    for key in _LD_PROPERTIES:
        if key in node:
            name = ".".join([*list(types_of(node))[:1], key])
            for value in _plain(node[key]):
                yield Evidence("json-ld", name, value)


def _plain(value: Any) -> Iterator[str]:
    for item in value[:MAX_ENTRIES] if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            named = (item.get(key) for key in ("@id", "url", "name"))
            item = next((v for v in named if isinstance(v, str)), None)  # noqa: PLW2901
        if isinstance(item, bool):
            yield str(item).lower()
        elif isinstance(item, str):
            yield item


def rights_of(head: bytes | None, said: Iterable[Evidence] | None) -> list[dict[str, str]] | None:
    """Value of the column: evidence of the HTTP header, then of the page, within bounds.

    Empty entries and repetitions are left out, and those beyond `MAX_ENTRIES`. None where there
    was neither a header nor a page to look at.
    """
    if head is None and said is None:
        return None
    found: dict[Evidence, None] = {}
    for source, name, value in chain(of_headers(head or b""), said or ()):
        entry = Evidence(source, clean(name, _MAX_NAME), clean(value, _MAX_VALUE))
        if entry.value:
            found[entry] = None
        if len(found) == MAX_ENTRIES:
            break
    return [entry._asdict() for entry in found]
