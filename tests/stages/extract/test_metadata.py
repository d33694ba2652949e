from __future__ import annotations

import datetime as dt
import json
from html import escape

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from resiliparse.parse.html import HTMLTree

from eurosift.stages.extract.metadata import absolute, read_metadata
from eurosift.stages.extract.rights import RIGHTS, rights_of


def read(html):
    return read_metadata(HTMLTree.parse(html))


def ld(**node):
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


@pytest.mark.parametrize(
    ("html", "author"),
    [
        ('<meta name="Author" content=" Ana\n Pop ">', "Ana Pop"),
        ('<meta property="article:author" content="Ana Pop">', "Ana Pop"),
        (ld(**{"@type": "NewsArticle", "author": {"name": "Ana Pop"}}), "Ana Pop"),
        (ld(**{"@type": "BlogPosting", "author": ["A", {"name": "B"}, "A"]}), "A; B"),
        (ld(**{"@graph": [{"@type": "Article", "author": {"@id": "#1"}},
                          {"@type": "Person", "@id": "#1", "name": "Ana"}]}), "Ana"),
        (ld(**{"@graph": [{"@type": "Person", "@id": "#1", "name": "Ana"},
                          {"@type": "Article", "author": {"@id": "#1"}}]}), "Ana"),
        ('<span itemprop="author"><i>Von</i> <b itemprop="name">Ana</b></span>', "Ana"),
        ('<p>By <a rel="author" href="/x">Ana Pop</a></p>', "Ana Pop"),
        ('<meta name="author" content="By Ana Pop">', "Ana Pop"),
        ('<meta name="author" content="https://ex.example/ana"><a rel=author>Ana</a>', "Ana"),
        ('<meta name="author" content="ana@ex.example">', None),
        (ld(**{"@type": "Organization", "author": "x"}), None),
        ('<meta name="author" content="">', None),
        ("<p>By Ana Pop</p>", None),
    ],
)  # fmt: skip
def test_author(html, author):
    assert read(html).author == author


@pytest.mark.parametrize(
    "html",
    [
        '<meta property="article:published_time" content="2024-05-06T23:30:00-07:00">',
        ld(**{"@type": "Article", "datePublished": "2024-05-06"}),
        '<meta name="DC.date.issued" content="6.5.2024">',
        '<meta itemprop="datePublished" content="20240506">',
        '<span itemprop="datePublished" content="2024-05-06">yesterday</span>',
        '<article><time datetime="2024-05-06">now</time></article><time datetime="2020-01-01">',
        '<meta name="date" content="soon"><time datetime="Mon, 06 May 2024 07:08:09 GMT">',
        '<link rel="canonical" href="/news/2024/5/6/title.html"><time datetime="soon">',
        '<time datetime="2020-01-01"></time><time pubdate datetime="2024-05-06">x</time>',
    ],
)
def test_published(html):
    assert read(html).published == dt.date(2024, 5, 6)


def test_an_article_goes_before_the_page_and_the_page_before_a_comment():
    html = ld(**{"@type": "WebPage", "datePublished": "2020-01-01"})
    html += ld(**{"@type": "Comment", "datePublished": "2021-01-01"})
    assert read(html).published == dt.date(2020, 1, 1)
    html += ld(**{"@type": "NewsArticle", "datePublished": "2022-02-02"})
    assert read(html).published == dt.date(2022, 2, 2)


@pytest.mark.parametrize(
    ("html", "site"),
    [
        ('<meta property="og:site_name" content="Daily">', "Daily"),
        (ld(**{"@type": "WebSite", "name": "Daily"}), "Daily"),
        (ld(**{"@type": "Article", "publisher": {"name": "Daily"}}), "Daily"),
        ('<meta name="application-name" content="Daily">', "Daily"),
        (ld(**{"@type": "Organization", "name": "Daily"}), None),
        (ld(**{"@type": "WebSite", "name": ["Daily"]}), None),
    ],
)
def test_site_name(html, site):
    assert read(html).site_name == site


def test_the_canonical_address_is_that_of_the_link_before_that_of_open_graph():
    html = '<meta property="og:url" content="http://a/2">'
    assert read(html).canonical_url == "http://a/2"
    assert read('<link rel="Canonical" href=" /1\n">' + html).canonical_url == "/1"
    assert read(f'<link rel="canonical" href="/{"x" * 3_000}">').canonical_url is None
    based = '<base href="https://ex.example/a/"><link rel="canonical" href="b">'
    assert read(based).canonical_url == "https://ex.example/a/b"


@pytest.mark.parametrize(
    ("reference", "base", "url"),
    [
        ("../b", "https://a.example/x/y", "https://a.example/b"),
        ("HTTP://b.example/", None, "HTTP://b.example/"),
        ("//b.example/", "https://a.example/", "https://b.example/"),
        ("javascript:alert(1)", "https://a.example/", None),
        ("/b", None, None),
        ("/b", "sites/page.html", None),
        ("http://[", "https://a.example/", None),
        (None, "https://a.example/", None),
    ],
)
def test_absolute(reference, base, url):
    assert absolute(reference, base) == url


def test_values_are_bounded_and_hold_no_control_characters():
    hostile = "x\u202e\x1b[31m\ud800 &#0; " + "y" * 100_000
    html = "".join(
        f'<meta property="{name}" content="{hostile}">' for name in ("author", "og:site_name")
    )
    found = read(html.encode("utf-8", "replace").decode())
    assert (found.author, len(found.site_name)) == (None, 200)  # brackets are no name
    assert found.site_name.startswith("x [31m")


def test_the_tree_is_left_as_it_is_and_the_answer_is_the_same_each_time():
    html = "<a rel=license href=/l>l</a>" + ld(**{"@type": "Article", "author": "A"})
    tree = HTMLTree.parse(html)
    before = str(tree)
    assert read_metadata(tree) == read_metadata(tree)
    assert str(tree) == before


NAMES = st.sampled_from(
    ["@id", "@type", "@graph", "author", "name", "publisher", "datePublished", "license", "url"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(["Article", "#1"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
)


@given(VALUES, st.text())
def test_whatever_a_page_says_can_be_written(value, text):
    """An exception here would cost the text of the page."""
    html = ld(**{"@type": "Article", "author": value, "license": value, "x": value})
    for name in ("author", "date", "robots", "og:url", "og:site_name"):
        html += f'<meta name="{name}" content="{escape(text)}">'
    found = read(html)
    for column in (found.author, found.site_name, found.canonical_url):
        assert column is None or column.encode()
    pa.array([rights_of(None, found.rights)], RIGHTS)
    absolute(found.canonical_url, text)


@pytest.mark.parametrize("html", ["", "<", "<meta>", "<script type=application/ld+json>"])
def test_a_page_that_says_nothing(html):
    assert read(html) == (None, None, None, None, ())
