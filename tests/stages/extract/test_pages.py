from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


def test_row_tells_where_the_page_came_from(extract, make_response, make_record):
    info = make_record(
        b"software: x\r\nisPartOf: CC-MAIN-2024-18\r\n",
        kind="warcinfo",
        Content_Type="application/warc-fields",
    )
    first = gzip.compress(info)
    second = gzip.compress(make_response(7))
    outcome = extract(first + second, "crawl/x.warc.gz")
    (row,) = outcome.rows
    assert len(row.pop("id")) == 32
    assert "article number 7" in row.pop("text")
    assert row == {
        "markdown": None,
        "url": "http://ex7.example/",
        "title": "Title 7",
        "author": None,
        "published": None,
        "site_name": None,
        "canonical_url": None,
        "rights": [],
        "date": datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC),
        "crawl": "CC-MAIN-2024-18",
        "file_path": "crawl/x.warc.gz",
        "offset": len(first),
        "length": len(second),
        "content_type": "text/html",
        "encoding": "utf-8",
        "html_lang": "en",
        "http_status": 200,
        "engine": "resiliparse",
        "extract_confidence": None,
        "extract_reasons": [],
    }
    assert outcome.account.skipped == {"warcinfo": 1}


@pytest.mark.parametrize("status", ["HTTP/1.1 404 Not Found", "HTTP/1.1 302 Found", "HTTP/2 500"])
def test_page_that_is_no_success_is_a_row_with_http_status(extract, make_response, status):
    (row,) = extract(gzip.compress(make_response(1, status=status))).rows
    assert row["http_status"] == int(status.split()[1])
    assert (row["text"], row["engine"], row["extract_reasons"]) == (None, None, ["http_status"])


def test_page_over_the_size_limit_is_a_row_with_too_large(extract, make_response):
    bomb = gzip.compress(b"<p>" + b"a" * 50_000_000)
    data = gzip.compress(make_response(1, body=bomb, headers=(("Content-Encoding", "gzip"),)))
    (row,) = extract(data).rows
    assert (row["text"], row["extract_reasons"]) == (None, ["too_large"])


def test_text_over_the_size_limit_is_a_row_with_too_large(extract, make_response):
    """Which for pages larger than that limit is `max_text_bytes`, as for tables."""
    data = gzip.compress(make_response(1))
    (whole,) = extract(data).rows
    size = len(whole["text"].encode())
    (kept,) = extract(data, max_text_bytes=size).rows
    (row,) = extract(data, max_text_bytes=size - 1).rows
    assert (kept["text"], kept["extract_reasons"]) == (whole["text"], [])
    assert (row["text"], row["extract_reasons"]) == (None, ["too_large"])


@pytest.mark.parametrize(
    ("content_type", "body", "reason"),
    [
        ("image/png", PNG, "image"),
        ("text/html", PNG, "image"),
        ("text/html", b"%PDF-1.4 ...", "pdf"),
        ("application/pdf", b"%PDF-1.4 ...", "pdf"),
        ("application/ld+json", b"{}", "json"),
        ("text/css", b"p{}", "css"),
        ("application/javascript", b"x", "script"),
        ("application/rss+xml", b"<rss/>", "feed"),
        ("text/xml", b"<x/>", "xml"),
        ("text/plain", b"words", "plain_text"),
        ("video/mp4", b"x", "media"),
        ("application/x-unheard-of", b"x", "other_type"),
        (None, b"words", "no_content_type"),
        (None, b"", "empty"),
    ],
)
def test_response_that_is_no_page_is_counted(extract, make_response, content_type, body, reason):
    outcome = extract(gzip.compress(make_response(1, content_type=content_type, body=body)))
    assert (outcome.rows, outcome.account.skipped) == ([], {reason: 1})


@pytest.mark.parametrize("kind", ["request", "metadata", "revisit", "conversion", "warcinfo"])
def test_record_that_is_no_response_is_counted_by_its_type(extract, make_record, kind):
    outcome = extract(gzip.compress(make_record(b"GET / HTTP/1.1\r\n\r\n", kind=kind)))
    assert (outcome.rows, outcome.account.skipped) == ([], {kind: 1})


def conversion(make_record, text, **headers):
    return gzip.compress(
        make_record(
            text.encode(),
            kind="conversion",
            **{"Content_Type": "text/plain", "WARC_Target_URI": "http://wet.example/", **headers},
        )
    )


def test_text_of_a_wet_file_is_a_row_as_it_is(extract, make_record):
    """No extractor saw it, and it is never taken for markup."""
    text = "Tytuł\n<b> to znacznik.\nŻaby kumkają nad wodą."
    data = conversion(make_record, text)
    (row,) = extract(data, "crawl/x.warc.wet.gz", format="auto").rows
    assert len(row.pop("id")) == 32
    assert row == {
        "markdown": None,
        "url": "http://wet.example/",
        "text": text,
        "title": None,
        "author": None,
        "published": None,
        "site_name": None,
        "canonical_url": None,
        "rights": None,
        "date": datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC),
        "crawl": None,
        "file_path": "crawl/x.warc.wet.gz",
        "offset": 0,
        "length": len(data),
        "content_type": "text/plain",
        "encoding": "utf-8",
        "html_lang": None,
        "http_status": None,
        "engine": None,
        "extract_confidence": None,
        "extract_reasons": [],
    }


@pytest.mark.parametrize(
    ("text", "limits", "reason"),
    [
        (" \n\0", {}, "no_text"),
        ("x" * 50, {"max_bytes": 49}, "too_large"),
        ("x" * 50, {"max_text_bytes": 49}, "too_large"),
    ],
)
def test_text_of_a_wet_file_has_the_limits_of_pages(extract, make_record, text, limits, reason):
    (row,) = extract(conversion(make_record, text), **limits).rows
    assert (row["text"], row["extract_reasons"]) == (None, [reason])


def test_conversion_to_anything_but_text_is_counted(extract, make_record):
    outcome = extract(conversion(make_record, "%PDF", Content_Type="application/pdf"))
    assert (outcome.rows, outcome.account.skipped) == ([], {"conversion": 1})


MENDED = (
    "<html><title>{0}</title><body><article><p>{0}</p>" + "<p>Un paragraf ca oricare altul.</p>" * 9
)
CEDILLA = "Săptămâna viitoare începe repararea podului, a spus primăriţa din oraş."
COMMA = "Săptămâna viitoare începe repararea podului, a spus primărița din oraș."


def test_letters_are_put_right_and_counted(extract, make_response):
    bodies = [
        MENDED.format(CEDILLA).encode(),
        MENDED.format(COMMA).encode(),
        MENDED.format("ăsta vine dÃ©but").encode(),
        MENDED.format("a\u0306sta e descompus").encode(),
        MENDED.format(COMMA).encode() + b"\xff",
    ]
    outcome = extract(
        b"".join(gzip.compress(make_response(i, body=b)) for i, b in enumerate(bodies))
    )
    firsts = [text.splitlines()[0] for text in outcome.texts]
    assert firsts[:4] == [COMMA, COMMA, "ăsta vine début", "ăsta e descompus"]
    assert outcome.rows[0]["title"] == COMMA
    assert outcome.account.mended == {"cedilla": 1, "mojibake": 1, "nfc": 1, "wrong_bytes": 1}


def test_text_is_what_the_extractor_gives_where_mending_is_off(extract, make_response):
    body = MENDED.format(CEDILLA).encode()
    outcome = extract(gzip.compress(make_response(1, body=body)), mend=False)
    assert outcome.texts[0].startswith(CEDILLA)
    assert outcome.account.mended == {}


def test_redirect_without_a_page_is_counted(extract, make_response):
    outcome = extract(gzip.compress(make_response(1, status="HTTP/1.1 301 Moved", body=b"")))
    assert (outcome.rows, outcome.account.skipped) == ([], {"redirect": 1})


@pytest.mark.parametrize("content_type", [None, "application/octet-stream", "text/plain"])
def test_vague_type_is_settled_by_the_bytes(extract, make_response, content_type):
    outcome = extract(gzip.compress(make_response(1, content_type=content_type)))
    assert outcome.numbers == [1]


def test_html_resource_is_a_page_without_status(extract, make_record, make_page):
    data = make_record(
        make_page(3), kind="resource", Content_Type="text/html", WARC_Target_URI="http://a/"
    )
    (row,) = extract(gzip.compress(data)).rows
    assert (row["title"], row["http_status"], row["url"]) == ("Title 3", None, "http://a/")


def test_ids_differ_by_file_offset_and_url_and_by_nothing_else(extract, make_response):
    same = gzip.compress(make_response(1))
    a = extract(same + same, "a.warc.gz").rows
    b = extract(same, "b.warc.gz").rows
    again = extract(same, "a.warc.gz", engine="trafilatura").rows
    assert len({row["id"] for row in a + b}) == 3
    assert again[0]["id"] == a[0]["id"]
    shared = extract(gzip.compress(make_response(1) * 2), "c.warc.gz").rows
    assert len({row["id"] for row in shared}) == 2


def test_rows_do_not_depend_on_how_they_are_batched(extract, make_response, monkeypatch):
    from eurosift.stages.extract import rows

    data = b"".join(gzip.compress(make_response(i)) for i in range(9))
    whole = extract(data).rows
    monkeypatch.setattr(rows, "_BATCH_ROWS", 2)
    assert extract(data).rows == whole


def test_url_in_brackets_is_taken_out(extract, make_response):
    (row,) = extract(gzip.compress(make_response(1, WARC_Target_URI="<http://b.example/>"))).rows
    assert row["url"] == "http://b.example/"


TOLD = (
    "<html><head><title>t</title><meta name=author content='M. Țară'>"
    "<meta property=og:site_name content='Le dÃ©but'><link rel=canonical href='/a?b=1'>"
    "<meta name=robots content=noai></head><body><p>Some words that stand here.</p></body></html>"
)


def test_page_and_header_tell_of_author_site_and_rights(extract, make_response):
    headers = (
        ("X-Robots-Tag", "noarchive"),
        ("x-robots-tag", "otherbot: noai"),
        ("TDM-Reservation", "1"),
        ("X-Other", "noai"),
        ("Link", '</s.css>; rel=preload, <https://ex.example/l>; rel="license"'),
    )
    (row,) = extract(gzip.compress(make_response(1, body=TOLD.encode(), headers=headers))).rows
    assert (row["author"], row["site_name"]) == ("M. Țară", "Le début")
    assert row["canonical_url"] == "http://ex1.example/a?b=1"
    assert [tuple(entry.values()) for entry in row["rights"]] == [
        ("http", "x-robots-tag", "noarchive"),
        ("http", "x-robots-tag", "otherbot: noai"),
        ("http", "tdm-reservation", "1"),
        ("http", "link", '<https://ex.example/l>; rel="license"'),
        ("meta", "robots", "noai"),
    ]


def test_what_the_header_says_is_kept_of_pages_that_are_refused(extract, make_response):
    data = make_response(1, status="HTTP/1.1 404 Not Found", headers=(("TDM-Reservation", "1"),))
    (row,) = extract(gzip.compress(data)).rows
    assert row["extract_reasons"] == ["http_status"]
    assert row["rights"] == [{"source": "http", "name": "tdm-reservation", "value": "1"}]


def test_markdown_is_mended_and_bounded_like_the_text(extract, make_response):
    body = MENDED.format(CEDILLA).replace("<article>", "<article><h1>Titlul ziarului</h1>").encode()
    data = gzip.compress(make_response(1, body=body))
    (row,) = extract(data, markdown=True).rows
    assert row["markdown"].startswith(f"# Titlul ziarului\n\n{COMMA}\n\n")
    size = len(row["text"].encode())
    (row,) = extract(data, markdown=True, max_text_bytes=size).rows
    assert (row["text"] is None, row["markdown"]) == (False, None)
    (row,) = extract(data, markdown=True, max_text_bytes=size - 1).rows
    assert (row["extract_reasons"], row["markdown"]) == (["too_large"], None)
