from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.stages.extract.guards import _FLAT, depth, most_attributes, unreadable_share
from eurosift.stages.extract.markup import without_raw_text

PIECES = st.lists(
    st.sampled_from(
        """
        <div> </div> <DIV> <Li> <h1> </h1> <polyline> <blockquote> </blockquote> <script </script>
        </SCRIPT > <style> </style> <scripts> <script_ <styleé> <!-- --> <!--> <!- < </ <1> ' é x _
        <a-b> </script
        """.split()  # noqa: SIM905 # a list of quoted tags reads worse
    )
)


def plain_depth(html):
    """The same in plain Python, without an end."""
    now = deepest = 0
    for tag in re.finditer(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)", without_raw_text(html)):
        closing, name = tag.groups()
        if name.lower() in _FLAT:
            continue
        now = max(0, now - 1) if closing else now + 1
        deepest = max(deepest, now)
    return deepest


@given(PIECES)
def test_nesting_is_what_plain_python_counts(pieces):
    html = "".join(pieces)
    assert depth("<br>" * 60 + html, 50) == plain_depth(html)


@given(st.text(st.characters() | st.sampled_from("\0\t\x0e\x7f\x84\x85\x9f\xa0\ufffd\ud800")))
def test_characters_that_are_no_text_are_counted(text):
    bad = re.findall("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffd]", text)
    assert unreadable_share(text) == len(bad) / (len(text) or 1)


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
    assert depth(html + "<br>" * 50, 45) == expected


def test_depth_stops_counting_when_it_is_enough():
    assert depth("<div>" * 100_000, 500) == 501


def test_attributes_are_counted_but_not_words_in_their_values():
    assert most_attributes("<div " + 'a="1" ' * 3_000 + ">") == 3_000
    assert most_attributes('<div data-x="' + "word = other " * 3_000 + '">') < 5
    assert most_attributes("<div a=1 b=2>") == 0


@pytest.mark.parametrize(
    "hostile", ["<", "<!--", "<script>", "<!-- -->", "</script", "<a ", '"', "<a b='"]
)
def test_hostile_markup_takes_linear_time(hostile):
    html = hostile * (1_000_000 // len(hostile))
    began = time.process_time()
    unreadable_share(html)
    most_attributes(html)
    depth(html, 500)
    assert time.process_time() - began < 5
