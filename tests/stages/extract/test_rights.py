from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from resiliparse.parse.html import HTMLTree

from eurosift.stages.extract.metadata import read_metadata
from eurosift.stages.extract.rights import MAX_ENTRIES, Evidence, of_headers, rights_of


def evidence(html):
    return [tuple(entry.values()) for entry in rights_of(None, read(html))]


def read(html):
    return read_metadata(HTMLTree.parse(html)).rights


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<meta name="ROBOTS" content="noindex,  NOAI">', ("meta", "robots", "noindex, NOAI")),
        ('<meta name="GPTBot" content="none">', ("meta", "gptbot", "none")),
        ('<meta name="Google-Extended" content="x">', ("meta", "google-extended", "x")),
        ('<meta name="some-crawler" content="noai">', ("meta", "some-crawler", "noai")),
        ('<meta name="tdm-reservation" content="1">', ("meta", "tdm-reservation", "1")),
        ('<meta name="tdm-policy" content="/p.json">', ("meta", "tdm-policy", "/p.json")),
        ('<meta http-equiv="Content-Signal" content="ai-train=no">',
         ("meta", "content-signal", "ai-train=no")),
        ('<meta property="og:license" content="CC BY">', ("meta", "og:license", "CC BY")),
        ('<meta name="dcterms.rights" content="(c)">', ("meta", "dcterms.rights", "(c)")),
        ('<link rel="license" href="/l">', ("link", "license", "/l")),
        ('<link rel="copyright" href="/c">', ("link", "copyright", "/c")),
        ('<a rel="nofollow LICENSE" href="/l">l</a>', ("a", "license", "/l")),
        ('<a itemprop="license" href="/l">l</a>', ("a", "license", "/l")),
        ('<a property="cc:license" href="/l">l</a>', ("a", "license", "/l")),
        ('<a href="https://creativecommons.org/licenses/by/4.0/">l</a>',
         ("a", "href", "https://creativecommons.org/licenses/by/4.0/")),
        ('<div class="siteFooter"><p><a rel=license href="/l">l</a></p></div>',
         ("footer a", "license", "/l")),
        ('<script type="application/ld+json">{"@type": "Article", "license": "/l"}</script>',
         ("json-ld", "Article.license", "/l")),
        ("""<script type="application/ld+json">{"x": {"@type": ["ImageObject", "Thing"],
         "license": {"@id": "/l"}}}</script>""", ("json-ld", "ImageObject.license", "/l")),
        ('<script type="application/ld+json">{"isAccessibleForFree": false}</script>',
         ("json-ld", "isAccessibleForFree", "false")),
    ],
)  # fmt: skip
def test_evidence_is_found(html, expected):
    assert evidence(html) == [expected]


@pytest.mark.parametrize(
    "html",
    [
        '<meta name="msapplication-config" content="none">',
        '<meta name="description" content="All rights and licences: noindexing">',
        '<meta name="google" content="notranslate">',
        '<meta name="robots">',
        '<a href="/licence">l</a><a rel="nofollow" href="/x">x</a>',
        '<script>{"license": "/l"}</script>',
        '<script type="application/ld+json">{"license": 3}</script>',
    ],
)
def test_what_is_no_evidence_is_left(html):
    assert evidence(html) == []


def test_evidence_stands_in_the_order_of_the_page_headers_first_and_once():
    html = (
        '<a rel=license href="/1">l</a><meta name=robots content=noai>'
        '<a rel=license href="/1">l</a><link rel=license href="/2">'
    )
    found = rights_of(b"TDM-Reservation: 0\r\nTDM-Reservation: 1\r\n", read(html))
    assert [entry["value"] for entry in found] == ["0", "1", "/1", "noai", "/2"]


def test_every_header_field_of_a_name_counts_also_folded_ones():
    head = b"X-Robots-Tag: noindex\r\nA: b\r\nx-robots-tag: gptbot:\r\n  noai\r\n\xff: x\r\n"
    assert list(of_headers(head)) == [
        ("http", "x-robots-tag", "noindex"),
        ("http", "x-robots-tag", "gptbot: noai"),
    ]


@pytest.mark.parametrize(
    ("link", "found"),
    [
        (b'</a>; rel="prev license"; x=y', ['</a>; rel="prev license"; x=y']),
        (b"</a,b>; rel=license, </c>; rel=next", ["</a,b>; rel=license"]),
        (b"</a>; rel=next; title=license", []),
        (b"<" * 10_000, []),
    ],
)
def test_of_link_headers_only_licences_count(link, found):
    assert [e.value for e in of_headers(b"Link: " + link)] == found


def test_nothing_looked_at_is_not_nothing_found():
    assert rights_of(None, None) is None
    assert rights_of(b"", None) == []
    assert rights_of(None, ()) == []


@given(st.lists(st.builds(Evidence, st.just("a"), st.text(), st.text(max_size=2_000))))
def test_entries_are_bounded_and_hold_no_control_characters(entries):
    found = rights_of(None, entries * 30)
    assert len(found) <= MAX_ENTRIES
    for entry in found:
        assert len(entry["value"]) <= 500
        assert len(entry["name"]) <= 60
        assert entry["value"] == " ".join(entry["value"].split()) != ""
        entry["value"].encode()
        assert not {"\0", "\x1b", "\u202e"} & set(entry["value"])


def test_many_long_values_take_little():
    html = "".join(f'<meta name="robots" content="noai {i} {"x" * 5_000}">' for i in range(300))
    found = rights_of(None, read(html))
    assert len(found) == MAX_ENTRIES
    assert all(len(entry["value"]) == 500 for entry in found)
