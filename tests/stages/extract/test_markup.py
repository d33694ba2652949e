from __future__ import annotations

import time

import pytest

from eurosift.stages.extract.markup import (
    depth,
    looks_like_html,
    most_attributes,
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
    assert depth(html) == expected


def test_depth_counts_to_the_end():
    assert depth("<div>" * 100_000) == 100_000


def test_attributes_are_counted_but_not_words_in_their_values():
    assert most_attributes("<div " + 'a="1" ' * 3_000 + ">") == 3_000
    assert most_attributes('<div data-x="' + "word = other " * 3_000 + '">') < 5
    assert most_attributes("<div a=1 b=2>") == 0


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
    "hostile", ["<", "<!--", "<script>", "<!-- -->", "</script", "<a ", '"', "<a b='"]
)
def test_hostile_markup_takes_linear_time(hostile):
    html = hostile * (1_000_000 // len(hostile))
    began = time.process_time()
    rough_text(html)
    most_attributes(html)
    depth(html)
    looks_like_html(html.encode())
    assert time.process_time() - began < 5
