"""Pages that are made to hang or bloat parsers, each just within the limits of the stage.

What is beyond them is refused by counts before it is parsed, so these are the worst that is let
through. `benchmarks/pathological.py` loads this file by its path, too.
"""

from __future__ import annotations

import gzip
import string

HEAD = '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>T</title></head><body>'
SENTENCE = "the quick brown fox jumps over lazy dog while many people read news about climate"
WORDS = SENTENCE.split()
PARAGRAPHS = "".join(
    f"<p>{' '.join(WORDS[(7 * i + k * k) % len(WORDS)] for k in range(60))}.</p>" for i in range(40)
)


def pages(tags: int = 49_500, size: int = 4_900_000, depth: int = 480) -> dict[str, bytes]:
    """Bodies by name, of about so many `<`, bytes, and nested elements at most."""
    letters = string.ascii_lowercase
    names = [a + b + c for a in letters for b in letters for c in letters]
    one_tag = " ".join(names[:1_990])
    some = " ".join(names[:18])
    many = {
        "paragraphs": "<p>a b c" * tags,
        "long paragraphs": ("<p>" + "word " * 15) * tags,
        "breaks": "<div>" + ("word " * 18 + "<br>") * tags,
        "links": "".join(f'<a href="/x{i}">link {i}</a> ' for i in range(tags // 2)),
        "links not closed": "".join(f"<a href=x>w{i} " for i in range(tags)),
        "bold not closed": "<b><i><p>x" * (depth // 2) + "<p>x" * (tags // 2),
        "fonts not closed": "<font size=1><font size=2><font size=3><p>" + "<p>x" * (tags - 9),
        "attributes in one tag": f"<div {one_tag}>x</div>",
        "attributes in many tags": f"<div {one_tag}>x</div>" * (5 * tags // 1_000),
        "attributes in each tag": f"<b {some}>x</b>" * (tags // 2),
        "dates": "".join(
            f'<p>2021-03-{i % 28 + 1:02} <time datetime="2020-01-{i % 28 + 1:02}">x</time></p>'
            for i in range(tags // 4)
        ),
        "rows": "<table>" + "<tr><td>a</td><td>b c d</td><td>1</td></tr>" * (tags // 8),
        "cells": "<table><tr>" + "<td>a b</td>" * (tags // 2),
        "options": "<select>" + "<option>opt</option>" * (tags // 2) + "</select>",
        "items": "<ul>" + "<li>item text here</li>" * (tags // 2) + "</ul>",
        "quotations": "<blockquote>q w e</blockquote>" * (tags // 2),
        "headings": "<h2>h e a</h2>" * (tags // 2),
        "articles": f"<article><p>{' '.join(WORDS)}</p></article>" * (tags // 4),
        "same paragraphs": f"<p>{' '.join(WORDS)}</p>" * (tags // 2),
        "misnested": "<p>" + "<b>a<i>b</b>c</i>" * (tags // 4),
    }
    deep = {
        "divisions": ("<div>" * depth + "x" + "</div>" * depth) * (tags // depth // 2),
        "quotations in quotations": "<blockquote>x" * depth,
        "lists in lists": "<ul><li>x " * depth,
        "tables in tables": "<table><tr><td>x" * depth,
        "forms in forms": "<form><div>" * (depth // 2),
        "templates": "<template>" * depth,
        "graphics": "<svg>" + "<g>" * (depth - 9) + "</svg>",
    }
    long = {
        "one line": "<p>" + "lorem ipsum dolor " * (size // 18),
        "one word": "<p>" + "a" * size,
        "one attribute": f'<div data-x="{"A" * size}">x</div>',
        "spaces": "<p>a" + " " * size + "b",
        "commas": "<p>" + "," * size,
        "lines": "<p>" + "a\n" * (size // 2),
        "code": "<pre>" + "code line\n" * (size // 10) + "</pre>",
        "character references": "<p>" + "&#x41;&amp;&nbsp;&notit;" * (size // 24),
        "script": "<script>" + "var a=1;  " * (size // 10) + "</script>",
        "script not closed": "<script>" + "var a=1;  " * (size // 10),
        "comment not closed": "<!-- " + "x p " * (size // 4),
        "JSON-LD": '<script type="application/ld+json">{"articleBody":"'
        + "word " * (size // 5) + '"}</script>',
        "image": '<img src="data:image/png;base64,' + "iVBORw0KGgo" * (size // 11) + '">',
    }  # fmt: skip
    odd = {
        "null bytes": PARAGRAPHS.replace(" fox ", " \0fox\0 "),
        "surrogates": "<p>" + "&#xD800;&#55357;&#56832; &#0; &#x110000;" * 1_000,
        "nothing": "",
    }
    found = {
        name: (HEAD + html + PARAGRAPHS).encode()
        for group in (many, deep, long, odd)
        for name, html in group.items()
    }
    # What formatting elements that are not closed become is counted before it is parsed.
    distinct = "".join(f"<b class=x{i} {some}>" for i in range(depth))
    found["elements opened again"] = (HEAD + distinct + "<p>x" * (tags - depth)).encode()
    found["UTF-16"] = b"\xff\xfe" + (HEAD + PARAGRAPHS).encode("utf-16-le")
    found["wrong bytes"] = HEAD.encode() + b"\xff\xfe\x80 " * 300_000
    return found


def bombs(size: int = 200_000_000) -> dict[str, bytes]:
    """Bodies in gzip, by name, that inflate to so many bytes."""
    return {
        "bomb": gzip.compress(b"<p>x" + b" " * size, mtime=0),
        "members": gzip.compress(b"<p>x" * 1_000, mtime=0) * (size // 100_000),
        "bomb in a bomb": gzip.compress(gzip.compress(b"<p>" + b"x" * size, mtime=0), mtime=0),
    }
