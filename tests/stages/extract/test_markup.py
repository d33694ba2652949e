from __future__ import annotations

import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from eurosift.stages.extract.markup import (
    look_at,
    looks_like_html,
    rough_text,
)


def test_scripts_styles_and_comments_go():
    html = "a<script>if (x<y) '<div>'</SCRIPT>b<style>p{}</style>c<!-- <div> -->d"
    assert rough_text(html).split() == ["a", "b", "c", "d"]


def test_unclosed_script_ends_the_page():
    assert rough_text("<p>a</p><script>var x = 1;<p>b</p>") == " a "


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<div><div><p>x</p></div></div>", 2),
        ("<ul>" + "<li>x" * 40 + "</ul>", 1),
        ("<p>" * 40, 0),
        ("<br><img src=x>" * 40, 0),
        ("<div></div>" * 40, 1),
        ("<b>" * 40, 40),
        ("<table><tr><td>" * 5, 5),
        ("<script>" + "'<div>'" * 40 + "</script>", 0),
    ],
)
def test_depth_counts_what_nests(html, expected):
    assert look_at(html).depth == expected


def test_depth_counts_to_the_end():
    assert look_at("<div>" * 100_000).depth == 100_000


PIECES = (
    "<", ">", "/", "<p>", "</p>", "<div ", "<b>", "</b>", "<br>", "<script>", "</script", "<STYLE>",
    "</style >", "<!--", "-->", "--!>", "<scripts>", "<style_>", "<customelement>", "a", " ",
    "\n", "ž", "&amp;",
    "\x00", "\x7f", "\x85", "\x9f", "\xa0", "\ufffd", "\ud800", "🙂", "x='<'",
)  # fmt: skip
RAW = re.compile(r"<(?:(script|style)\b|!--)", re.IGNORECASE)
ENDS = {
    "script": re.compile(r"</script(?![a-z0-9])[\x00- ]*>?", re.IGNORECASE),
    "style": re.compile(r"</style(?![a-z0-9])[\x00- ]*>?", re.IGNORECASE),
    "": re.compile("-->"),
}


def without_raw(html):
    """Texts between scripts, styles and comments."""
    at = 0
    while (start := RAW.search(html, at)) is not None:
        yield html[at : start.start()]
        begin = start.end() if start[1] else start.start() + len("<!")
        found = [ENDS[(start[1] or "").lower()].search(html, begin)]
        if not start[1]:
            found.append(re.compile("--!>").search(html, begin + 2))  # not in `<!--!>`
        end = min(filter(None, found), key=re.Match.start, default=None)
        if end is None:
            return
        at = end.end()
    yield html[at:]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
@example("<script></scripta")
@example("<!-->a<!--->b")
@example("<!--!>a-->b<!----!>c<!---!>d-->e")
def test_look_is_what_regular_expressions_say(html):
    look = look_at(html)
    # A mark that is no tag, `<` before `<`, must not become one where a comment is taken out.
    parts = list(without_raw(html))
    rough = " ".join(re.sub(r"<[^<>]*>", " ", part) for part in parts)
    assert look.rough.split() == re.sub(r"[\x00- ]+", " ", rough).encode(
        "utf-8", "surrogatepass"
    ).decode("utf-8", "replace").split()  # fmt: skip
    names = re.findall(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)", "\n".join(parts))
    now = deepest = 0
    for closing, name in names:
        if name not in ("p", "br", "a"):
            now = max(0, now - 1) if closing else now + 1
            deepest = max(deepest, now)
    assert look.depth == deepest
    assert look.unreadable == len(re.findall("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffd]", html))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"<!DOCTYPE html><html>", True),
        (b"\xef\xbb\xbf \n<HTML>", True),
        (b"<?xml version='1.0'?><!-- x --><html xmlns='x'>", True),
        (b"<!-- never closed <html>", False),
        (b"<rss version='2.0'>", False),
        (b"<paragraph>", False),
        (b"plain <p>", False),
        (b"", False),
    ],
)
def test_html_is_recognised_by_how_it_begins(body, expected):
    assert looks_like_html(body) is expected


@pytest.mark.parametrize(
    "hostile",
    [
        "<",
        "<!--",
        "<script>",
        "<!-- -->",
        "</script",
        "<a ",
        '"',
        "<a b='",
        "<a b= ",
        "<b>",
        "<i x>",
    ],
)
def test_hostile_markup_takes_linear_time(hostile):
    html = hostile * (1_000_000 // len(hostile))
    began = time.process_time()
    look_at(html)
    looks_like_html(html.encode())
    assert time.process_time() - began < 5
