"""Records of a crawl to rows: one per page or text, everything else counted by reason.

Pages are the HTML among responses and resources. Texts are conversion records (WET files): what
somebody else won from a page, taken as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pyarrow as pa

from eurosift.stages.errors import InputError
from eurosift.stages.extract.body import decode_body
from eurosift.stages.extract.config import ExtractConfig
from eurosift.stages.extract.decode import Decoded, decode_page
from eurosift.stages.extract.formats import is_wacz
from eurosift.stages.extract.html import Page, extract_page
from eurosift.stages.extract.http import Response, media_type, parse_response
from eurosift.stages.extract.markup import looks_like_html
from eurosift.stages.extract.mend import mend
from eurosift.stages.extract.metadata import absolute
from eurosift.stages.extract.parts import Part, parts_of_wacz
from eurosift.stages.extract.records import MAX_HEADER, Record, header_fields
from eurosift.stages.extract.remote import Source
from eurosift.stages.extract.rights import rights_of
from eurosift.stages.extract.rows import batches, exceeds, row_id
from eurosift.stages.extract.times import capture_time
from eurosift.stages.extract.warc import read_records
from eurosift.stages.protection import LimitError
from eurosift.stages.source import Account

_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml", "application/xhtml", "text/xhtml"})
# Types that say nothing, so that the bytes have to.
_VAGUE_TYPES = frozenset(
    {
        None,
        "application/octet-stream",
        "text/plain",
        "unknown/unknown",
        "application/unknown",
        "*/*",
    }
)
_BINARY = (
    (re.compile(rb"\s*%PDF-"), "pdf"),
    (re.compile(rb"\x89PNG\r|\xff\xd8\xff|GIF8[79]a|RIFF....WEBP|BM.{8}\x36", re.DOTALL), "image"),
    (re.compile(rb"PK\x03\x04|\x1f\x8b|7z\xbc\xaf|Rar!"), "archive"),
    (re.compile(rb"ID3|OggS|\x1aE\xdf\xa3|.{4}ftyp", re.DOTALL), "media"),
    (re.compile(rb"wOF[F2]|\x00\x01\x00\x00\x00"), "font"),
)
_SKIPS = (
    ("image/", "image"),
    ("audio/", "media"),
    ("video/", "media"),
    ("font/", "font"),
    ("application/pdf", "pdf"),
    ("text/css", "css"),
    ("text/dns", "dns"),
    ("text/plain", "plain_text"),
)
_SKIP_WORDS = (("json", "json"), ("javascript", "script"), ("ecmascript", "script"),
               ("font", "font"), ("rss", "feed"), ("atom", "feed"), ("xml", "xml"))  # fmt: skip


def read_pages(
    path: Source,
    relative: str,
    account: Account,
    config: ExtractConfig,
    schema: pa.Schema,
    *,
    reasons: str,
) -> Iterator[pa.RecordBatch]:
    """Yield the pages of a WARC, ARC or WACZ file as batches of `schema`.

    Of a WACZ, offsets are those in its member, which `file_path` and losses name.

    Raises
    ------
    InputError
        If the file cannot be opened or read.
    """
    if not is_wacz(path.name):
        return batches(_rows(path, relative, account, config, reasons), schema)
    return batches(_rows_of_wacz(path, relative, account, config, reasons), schema)


def _rows_of_wacz(
    path: Source, relative: str, account: Account, config: ExtractConfig, reasons: str
) -> Iterator[dict[str, Any]]:
    try:
        parts = list(parts_of_wacz(path))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error
    for part in parts:
        name = relative if part.member is None else f"{relative}/{part.member}"
        noted = len(account.losses)
        yield from _rows(part, name, account, config, reasons)
        if part.member is not None:
            for loss in account.losses[noted:]:
                loss["member"] = part.member
    if not parts:
        account.lose("no_archive", 0, path.stat().st_size)


def _rows(
    source: Source | Part, relative: str, account: Account, config: ExtractConfig, reasons: str
) -> Iterator[dict[str, Any]]:
    crawl: str | None = None
    for record in read_records(source, config.max_bytes + MAX_HEADER, account):
        if record.kind == "warcinfo":
            crawl = header_fields(record.block).get("ispartof") or None
        text = record.kind == "conversion" and _is_plain_text(record)
        if not text and record.kind not in ("response", "resource"):
            account.skip(record.kind if record.kind in _KINDS else "unknown_record")
            continue
        response = _response(record)
        body = record.block
        if not text:
            body = decode_body(response.body, response.headers, config.max_bytes)
            skipped = _no_document(record, response, body)
            if skipped:
                account.skip(skipped)
                continue
        url = record.headers.get("warc-target-uri", "").strip("<> \t") or None
        ordinal = (record.ordinal,) if record.ordinal else ()
        id_ = row_id(relative, record.offset, url or "", *ordinal)
        win = partial(_given_text, body, config) if text else partial(_page, response, body, config)
        won = protected(account, id_, win)
        yield columns_of(won, reasons, url=url, head=response.head) | {
            "id": id_,
            "url": url,
            "date": capture_time(record.headers.get("warc-date")),
            "crawl": crawl,
            "file_path": relative,
            "offset": record.offset,
            "length": record.length,
            "content_type": response.content_type,
            "http_status": response.status,
        }


_KINDS = frozenset(
    {"warcinfo", "request", "metadata", "revisit", "conversion", "continuation"},
)


def _is_plain_text(record: Record) -> bool:
    return media_type(record.headers.get("content-type")) in (None, "text/plain")


def _response(record: Record) -> Response:
    type_ = record.headers.get("content-type", "")
    if record.kind == "conversion":
        return Response(None, {"content-type": type_ or "text/plain"}, record.block)
    response = parse_response(record.block)
    # Resources and DNS answers have no HTTP header; in ARC, only the content shows that.
    http = type_.startswith("application/http") or response.status is not None or not type_
    if record.kind == "resource" or not http:
        return Response(None, {"content-type": type_}, record.block)
    return response


Won = tuple[Page, str | None, tuple[str, ...]]
"""A page, its encoding, and what was put right in it."""


def protected(account: Account, id_: str, win: Callable[[], Won]) -> Won:
    """Win a page within the limits of the account, and count what was put right in it."""
    try:
        won = account.protect(id_, win)
    except LimitError as limit:
        won = Page(reasons=[limit.reason]), None, ()
    account.mend(won[2])
    return won


def columns_of(
    won: Won, reasons: str, *, url: str | None = None, head: bytes | None = None
) -> dict[str, Any]:
    """Columns that say what was won of a page, whatever it was read from.

    Parameters
    ----------
    won
        The page.
    reasons
        Name of the column of reasons.
    url
        Where the page is from.
    head
        Fields of the HTTP header that came with it.
    """
    page, encoding, _ = won
    found = page.metadata
    return {
        "text": page.text,
        "markdown": page.markdown,
        "title": page.title,
        "author": found.author,
        "published": found.published,
        "site_name": found.site_name,
        "canonical_url": absolute(found.canonical_url, url),
        "rights": rights_of(head, found.rights),
        "encoding": encoding,
        "html_lang": page.html_lang,
        "engine": page.engine,
        "extract_confidence": page.confidence,
        "gate_score": page.gate_score,
        reasons: page.reasons,
    }


def _page(response: Response, body: bytes, config: ExtractConfig) -> Won:
    """Extract a page that is a success, and say why not for the others."""
    if response.status is not None and not 200 <= response.status < 300:
        return Page(reasons=["http_status"]), None, ()
    return win_page(body, response.charset, config)


def win_page(body: bytes | str, charset: str | None, config: ExtractConfig) -> Won:
    """Extract a page from its bytes, or from the text that they were decoded to."""
    if len(body) > config.max_bytes or (isinstance(body, str) and exceeds(body, config.max_bytes)):
        return Page(reasons=["too_large"]), None, ()
    if isinstance(body, str):
        return _finish(extract_page(body, config), Decoded("", ""), config)
    decoded = decode_page(body, charset)
    return _finish(extract_page(decoded.text, config), decoded, config)


def _given_text(body: bytes, config: ExtractConfig) -> Won:
    """Take a text that somebody else won from a page."""
    if len(body) > config.max_bytes:
        return Page(reasons=["too_large"]), None, ()
    decoded = decode_page(body)
    page = Page(text=decoded.text.replace("\0", "").strip() or None)
    if page.text is None:
        page.reasons = ["no_text"]
    return _finish(page, decoded, config)


def _finish(page: Page, decoded: Decoded, config: ExtractConfig) -> Won:
    """Mend text and names, and see whether the text is within bounds."""
    mended = list(decoded.mended) if page.text is not None else []
    if page.text is not None and config.mend:
        page.text, found = mend(page.text)
        mended += found
    if config.mend:
        page.title, page.markdown = _mended(page.title), _mended(page.markdown)
        author, site_name = map(_mended, (page.metadata.author, page.metadata.site_name))
        page.metadata = page.metadata._replace(author=author, site_name=site_name)
    if page.text is not None and exceeds(page.text, config.max_text_bytes):
        page.text, page.reasons = None, ["too_large"]
    if page.text is None or exceeds(page.markdown or "", config.max_text_bytes):
        page.markdown = None
    return page, decoded.encoding or None, tuple(mended)


def _mended(name: str | None) -> str | None:
    return None if name is None else mend(name)[0]


def _no_document(record: Record, response: Response, body: bytes) -> str | None:
    """Return why a response is no document, or None if it is an HTML page."""
    type_ = response.content_type
    identified = media_type(record.headers.get("warc-identified-payload-type"))
    if type_ in _VAGUE_TYPES and type_ != "text/plain" and identified:
        type_ = identified
    html = type_ in _HTML_TYPES or (type_ in _VAGUE_TYPES and looks_like_html(body))
    redirect = response.status is not None and 300 <= response.status < 400
    if redirect and not (html and body.strip()):
        return "redirect"
    head = body[:1024]
    for pattern, kind in _BINARY:
        if (html or type_ in _VAGUE_TYPES) and pattern.match(head):
            return kind
    if html:
        return None
    if type_ is None:
        return "no_content_type" if body else "empty"
    for prefix, kind in _SKIPS:
        if type_.startswith(prefix):
            return kind
    for word, kind in _SKIP_WORDS:
        if word in type_:
            return kind
    return "other_type"
