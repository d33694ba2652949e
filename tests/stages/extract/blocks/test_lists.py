"""A list is main text if the text or a heading announces it and goes on behind it."""

from __future__ import annotations

import numpy as np
import pytest

from eurosift.stages.extract.blocks.decision import choose
from eurosift.stages.extract.blocks.lists import announced
from eurosift.stages.extract.blocks.scan import scan

BEFORE, BEHIND = "<p>The plan includes:", "<p>It begins in spring."
ITEMS = "<ul><li>wider pavements</li><li>two <b>new</b> bridges</li></ul>"
LINKED = '<ul><li><a href="/a">wider pavements</a></li><li>more</li></ul>'


def found(html, taken):
    blocks = scan(html)
    assert len(blocks.table) == len(taken)
    return announced(blocks, np.array(taken, bool)).tolist()


@pytest.mark.parametrize("name", ["ul", "ol"])
def test_a_list_between_a_colon_and_more_text_is_main_text(name):
    items = ITEMS.replace("ul>", f"{name}>")
    html = f"<article>{BEFORE}</p>{items}{BEHIND}</p></article>"
    assert found(html, [1, 0, 0, 1]) == [False, True, True, False]
    assert found(html, [1, 0, 1, 1]) == [False, True, True, False]


def test_a_heading_announces_a_list_like_a_colon():
    html = f"<div><p>The plan.</p><h3>What it includes</h3>{ITEMS}{BEHIND}</p></div>"
    assert found(html, [1, 1, 0, 0, 1]) == [False, False, True, True, False]
    assert not any(found(html, [1, 0, 0, 0, 1]))
    linked = f"<div><h3>Related</h3>{LINKED}{BEHIND}</p></div>"
    assert not any(found(linked, [1, 0, 0, 1]))


def test_lists_inside_of_it_belong_to_it():
    items = "<ul><li>one<ul><li>two</li></ul></li><li>three</li></ul>"
    html = f"<div>{BEFORE}</p>{items}{BEHIND}</p></div>"
    assert found(html, [1, 0, 0, 0, 1]) == [False, True, True, True, False]


@pytest.mark.parametrize(
    ("html", "taken"),
    [
        (f"<div><p>The plan.</p>{ITEMS}{BEHIND}</p></div>", [1, 0, 0, 1]),
        (f"<div>{BEFORE}</p>{ITEMS}</div>", [1, 0, 0]),
        (f"<div>{BEFORE}</p>{ITEMS}{BEHIND}</p></div>", [1, 0, 0, 0]),
        (f"<div>{BEFORE}</p>{ITEMS}{BEHIND}</p></div>", [0, 0, 0, 1]),
        (f"<div>{BEFORE}</p>{LINKED}{BEHIND}</p></div>", [1, 0, 0, 1]),
        (f"<div>{BEFORE}</p><nav>{ITEMS}</nav>{BEHIND}</p></div>", [1, 0, 0, 1]),
        (f"<div>{BEFORE}</p><div>wider pavements</div>{BEHIND}</p></div>", [1, 0, 1]),
    ],
    ids=["no colon", "nothing behind", "not behind", "not before", "links", "elsewhere", "no list"],
)
def test_others_are_left_as_they_are(html, taken):
    assert not any(found(html, taken))


def test_what_is_announced_is_taken():
    html = f"<article><p>{'word ' * 30}</p>{BEFORE}</p>{ITEMS}{BEHIND}</p></article>"
    taken = choose(scan(html), np.array([0.95, 0.9, 0.1, 0.1, 0.9])).taken
    assert taken.all()


def test_a_page_without_blocks_has_none():
    assert announced(scan(""), np.zeros(0, bool)).tolist() == []
