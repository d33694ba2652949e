from __future__ import annotations

import time

import pytest

from eurosift.stages.extract.markup import (
    looks_like_html,
    rough_text,
    without_raw_text,
)


def test_scripts_styles_and_comments_go():
    html = "a<script>if (x<y) '<div>'</SCRIPT>b<style>p{}</style>c<!-- <div> -->d"
    assert "<div" not in without_raw_text(html)
    assert rough_text(html).split() == ["a", "b", "c", "d"]


def test_unclosed_script_ends_the_page():
    assert without_raw_text("<p>a</p><script>var x = 1;<p>b</p>") == "<p>a</p>"


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
    looks_like_html(html.encode())
    assert time.process_time() - began < 5
