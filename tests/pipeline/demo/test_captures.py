import codecs
import html
from collections import Counter

import pytest

from eurosift.pipeline.demo import captures as module
from eurosift.pipeline.demo import prose


def of_kind(captures, kind):
    return [capture for capture in captures if capture.kind == kind]


def decoded(capture):
    encoding = "utf-8-sig" if capture.encoding == "utf-8" else capture.encoding
    return html.unescape(capture.body.decode(encoding))


def test_every_language_has_at_least_three_articles(all_captures):
    articles = Counter(capture.language for capture in of_kind(all_captures, "article"))
    assert set(articles) == set(prose.WANTED)
    assert min(articles.values()) >= 3


def test_every_neighbour_has_a_page(all_captures):
    found = {capture.language for capture in of_kind(all_captures, "neighbour")}
    assert found == set(prose.NEIGHBOURS)


def test_the_crawl_has_what_crawls_have(all_captures):
    kinds = Counter(capture.kind for capture in all_captures)
    least = {"near_duplicate": 10, "exact_duplicate": 5, "boilerplate": 5, "index": 3, "short": 4}
    for kind, number in {**least, "repetitive": 2, "missing": 1, "redirect": 1, "other": 3}.items():
        assert kinds[kind] >= number, kind
    assert 120 <= sum(capture.is_html for capture in all_captures) <= 150


def test_addresses_are_unique_and_ascii(all_captures):
    urls = [capture.url for capture in all_captures]
    assert len(set(urls)) == len(urls)
    assert all(url.isascii() for url in urls)
    assert module.truncated().url not in urls


def test_an_article_holds_every_word_of_its_page(all_captures):
    for kind in ("article", "neighbour", "near_duplicate", "exact_duplicate"):
        for capture in of_kind(all_captures, kind):
            text = decoded(capture)
            assert sum(len(paragraph.split()) for paragraph in capture.page.paragraphs) >= 100
            for paragraph in capture.page.paragraphs:
                assert paragraph in text, capture.url


def test_all_legacy_encodings_and_all_places_of_declaration_occur():
    encodings = {encoding for encoding, _ in module.LEGACY.values()}
    assert encodings == {
        "iso-8859-2", "iso-8859-7", "iso-8859-13", "windows-1250", "windows-1251", "windows-1253",
        "windows-1257",
    }  # fmt: skip
    assert {place for _, place in module.LEGACY.values()} == {"header", "meta", "nowhere"}


@pytest.mark.parametrize(("code", "number"), sorted(module.LEGACY))
def test_a_legacy_page_is_no_utf8_and_is_declared_where_it_should_be(all_captures, code, number):
    encoding, place = module.LEGACY[code, number]
    slug = prose.site(code).pages[number].slug
    (capture,) = (c for c in of_kind(all_captures, "article") if c.page.slug == slug)
    assert codecs.lookup(capture.encoding) == codecs.lookup(encoding)
    with pytest.raises(UnicodeDecodeError):
        capture.body.decode("utf-8")
    assert (encoding in capture.content_type) == (place == "header")
    assert (b"charset" in capture.body) == (place == "meta")


def test_some_utf8_pages_are_declared_wrongly_or_by_a_byte_order_mark(all_captures):
    articles = of_kind(all_captures, "article")
    (lying,) = (
        c for c in articles if "8859-1" in c.content_type and "8859-13" not in c.content_type
    )
    assert lying.page.title in lying.body.decode("utf-8")
    (marked,) = (c for c in articles if c.body.startswith(codecs.BOM_UTF8))
    assert "charset" not in marked.content_type
    assert b"charset" not in marked.body


def test_exact_duplicates_are_byte_for_byte_at_another_address(all_captures):
    bodies = {c.body: c.url for c in of_kind(all_captures, "article")}
    for copy in of_kind(all_captures, "exact_duplicate"):
        assert bodies[copy.body] == copy.url.partition("?")[0]


def test_near_duplicates_share_nine_tenths_of_their_words_on_another_host(all_captures):
    originals = {c.page.slug: c for c in of_kind(all_captures, "article")}
    for copy in of_kind(all_captures, "near_duplicate"):
        original = originals[copy.page.slug]
        assert copy.url.split("/")[2] != original.url.split("/")[2]
        a, b = (" ".join(c.page.paragraphs).split() for c in (original, copy))
        assert a != b
        grams_a, grams_b = ({tuple(w[i : i + 5]) for i in range(len(w) - 4)} for w in (a, b))
        assert len(grams_a & grams_b) / len(grams_a | grams_b) > 0.8
