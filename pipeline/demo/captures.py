"""Which pages the demo crawl has: what a crawl brings home, the useless things included."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from eurosift.pipeline.demo import identifiers, markup, prose
from eurosift.pipeline.demo.prose import Page, Site

Kind = Literal[
    "article", "neighbour", "near_duplicate", "exact_duplicate", "boilerplate", "index", "short",
    "repetitive", "missing", "redirect", "truncated", "other",
]  # fmt: skip
Declared = Literal["header", "meta", "nowhere"]


@dataclass(frozen=True, slots=True)
class Capture:
    """One response as the server sent it.

    Attributes
    ----------
    kind
        What it is there for.
    language
        In which language it is; None where it has no prose.
    encoding
        In which encoding the body really is.
    transfer
        ``chunked`` or ``gzip`` where the body does not travel as it is.
    page
        The article in it, if any.
    """

    url: str
    body: bytes
    kind: Kind
    language: str | None = None
    content_type: str = "text/html; charset=utf-8"
    encoding: str = "utf-8"
    status: str = "200 OK"
    location: str = ""
    transfer: Literal["", "chunked", "gzip"] = ""
    page: Page | None = None

    @property
    def is_html(self) -> bool:
        """Whether the server calls it HTML."""
        return self.content_type.startswith("text/html")


# Article 0 of a site has a near-duplicate, article 1 the identifiers, article 2 the exact one.
LEGACY: dict[tuple[str, int], tuple[str, Declared]] = {
    ("bul_Cyrl", 1): ("windows-1251", "nowhere"),
    ("bul_Cyrl", 2): ("windows-1251", "meta"),
    ("ces_Latn", 2): ("iso-8859-2", "header"),
    ("ekk_Latn", 2): ("windows-1257", "header"),
    ("ell_Grek", 1): ("iso-8859-7", "header"),
    ("ell_Grek", 2): ("windows-1253", "nowhere"),
    ("hrv_Latn", 2): ("windows-1250", "meta"),
    ("hun_Latn", 2): ("iso-8859-2", "nowhere"),
    ("lit_Latn", 2): ("iso-8859-13", "header"),
    ("lvs_Latn", 1): ("iso-8859-13", "meta"),
    ("lvs_Latn", 2): ("windows-1257", "nowhere"),
    ("pol_Latn", 2): ("iso-8859-2", "meta"),
    ("slk_Latn", 2): ("windows-1250", "header"),
    ("slv_Latn", 2): ("windows-1250", "nowhere"),
}
"""Pages in the encodings of the 1990s, and where they say so."""
_BROKEN: dict[str, markup.Damage] = {
    "dan_Latn": "misnested",
    "ita_Latn": "cut",
    "nld_Latn": "unclosed",
    "swe_Latn": "tag_soup",
}
_LYING = {("fra_Latn", 1): "text/html; charset=ISO-8859-1", ("por_Latn", 1): "text/html"}
_TRANSFER: dict[str, Literal["chunked", "gzip"]] = {
    "eng_Latn": "gzip",
    "gle_Latn": "chunked",
    "ron_Latn": "gzip",
}
_EXACT = ("eng_Latn", "fin_Latn", "fra_Latn", "gle_Latn", "mlt_Latn", "por_Latn", "ron_Latn")
_BARE = ("ces_Latn", "deu_Latn", "ell_Grek", "gle_Latn", "lit_Latn", "spa_Latn")
_INDEX = ("eng_Latn", "fin_Latn", "hrv_Latn", "pol_Latn")
_SHORT = ("bul_Cyrl", "eng_Latn", "ita_Latn", "slk_Latn", "swe_Latn")
_MISSING = ("deu_Latn", "por_Latn")

_GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,"
_GIF += b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)


def _url(host: str, path: str) -> str:
    return f"https://{host}/{quote(path, safe='/?=&')}"


def _article(site: Site, number: int) -> Capture:
    """Article of a site on its own host."""
    page, host = site.pages[number], site.hosts[0]
    if number == 1 and site.contact:
        page = page.with_paragraph(identifiers.fill(site.contact, site.code, site.mailbox))
    encoding, declared = LEGACY.get((site.code, number), ("utf-8", "header"))
    content_type = f"text/html; charset={encoding}" if declared == "header" else "text/html"
    content_type = _LYING.get((site.code, number), content_type)
    charset = encoding if declared == "meta" or encoding == "utf-8" else None
    # A page whose server says nothing has only its byte order mark.
    marked = encoding == "utf-8" and content_type == "text/html"
    html = markup.article(site, page, host=host, charset=None if marked else charset)
    if number == 2 and site.code in _BROKEN:
        html = markup.damage(html, _BROKEN[site.code])
    # What the encoding lacks (dashes, quotation marks) becomes a character reference.
    body = html.encode("utf-8-sig" if marked else encoding, "xmlcharrefreplace")
    return Capture(
        _url(host, page.slug),
        body,
        "article" if site.code in prose.WANTED else "neighbour",
        site.code,
        content_type,
        encoding,
        transfer=_TRANSFER.get(site.code, "") if number == 1 else "",
        page=page,
    )


def _copy(site: Site, path: str, kind: Kind) -> Capture:
    """Revised first article on the host that copies, with other markup around it."""
    page, host = site.pages[0].revised(), site.hosts[1]
    html = markup.article(site, page, host=host, template="portal", charset="utf-8")
    return Capture(_url(host, f"{path}{page.slug}"), html.encode(), kind, site.code, page=page)


def _spam(site: Site) -> Capture:
    sentence = site.spam or ""
    page = Page(slug="super-offer", title=sentence, paragraphs=(" ".join([sentence] * 6),) * 5)
    html = markup.article(site, page, host=site.hosts[1], template="portal", charset="utf-8")
    url = _url(site.hosts[1], page.slug)
    return Capture(url, html.encode(), "repetitive", site.code, page=page)


def _short(site: Site) -> Capture:
    page, host = site.pages[1], site.hosts[1]
    sentence = page.paragraphs[0].partition(". ")[0] + "."
    page = page.model_copy(update={"paragraphs": (sentence,)})
    html = markup.article(site, page, host=host, charset="utf-8")
    url = _url(host, f"n/{page.slug}")
    return Capture(url, html.encode(), "short", site.code, page=page)


def _exact(site: Site) -> Capture:
    """Last article under a second address, byte for byte."""
    first = _article(site, 2)
    url = f"{first.url}?utm_source=newsletter"
    return Capture(url, first.body, "exact_duplicate", site.code, page=first.page)


def _others(host: str) -> Iterator[Capture]:
    """Yield what is no page at all."""
    robots = b"User-agent: *\nDisallow: /admin/\n"
    yield Capture(_url(host, "robots.txt"), robots, "other", content_type="text/plain")
    yield Capture(_url(host, "img/dot.gif"), _GIF, "other", content_type="image/gif")
    yield Capture(_url(host, "plan.pdf"), _PDF, "other", content_type="application/pdf")
    moved = b"<!DOCTYPE html><title>301</title><h1>301 Moved Permanently</h1>\n"
    yield Capture(
        f"http://{host}/",
        moved,
        "redirect",
        content_type="text/html",
        status="301 Moved Permanently",
        location=_url(host, ""),
    )


def _pages(site: Site) -> Iterator[Capture]:
    """Yield all captures of a site."""
    for number in range(len(site.pages)):
        yield _article(site, number)
    if site.pages[0].revision:
        yield _copy(site, "", "near_duplicate")
    if site.code in _EXACT:
        yield _exact(site)
    host = site.hosts[0]
    if site.code in _BARE:
        html = markup.boilerplate(site, host=host)
        yield Capture(_url(host, "s/3/"), html.encode(), "boilerplate")
    if site.code in _INDEX:
        yield Capture(_url(host, ""), markup.index(site, host=host).encode(), "index", site.code)
    if site.code in _SHORT:
        yield _short(site)
    if site.spam:
        yield _spam(site)
    if site.code in _MISSING:
        html = markup.missing(site, host=host)
        url = _url(host, "old/page")
        yield Capture(url, html.encode(), "missing", status="404 Not Found")


def captures() -> list[Capture]:
    """List everything in the crawl but `truncated`, sorted by address."""
    found = [capture for site in prose.sites() for capture in _pages(site)]
    found += _others(prose.site("eng_Latn").hosts[0])
    return sorted(found, key=lambda capture: capture.url)


def truncated() -> Capture:
    """Last page of the last file, of which only half arrives."""
    return _copy(prose.site("eng_Latn"), "print/", "truncated")
