from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.stages.extract.blocks.decision import (
    ALIKE,
    AROUND,
    LEAST,
    NEAR,
    ONE_AWAY,
    SOME,
    TWO_AWAY,
    best_cut,
    choose,
    discussing,
    even_out,
    overlaid,
    places,
    promised,
    smooth,
    worths,
)
from eurosift.stages.extract.blocks.scan import scan

SHARES = st.floats(0, 1, width=32)
PAGES = st.lists(st.tuples(SHARES, st.integers(0, 50), st.integers(0, 4)), min_size=1, max_size=30)
LONG = "one two three four five six seven eight"


def columns(page):
    scores, words, elements = zip(*page, strict=True)
    return np.array(scores), np.array(words, np.float64), np.array(elements, np.int64)


def chosen(html, scores):
    return choose(scan(html), np.array(scores)).taken.tolist()


@given(PAGES)
def test_scores_are_drawn_as_the_plain_sums_say(page):
    scores, words, elements = columns(page)
    found = smooth(scores, words, elements)
    for b in range(len(page)):
        own = elements == elements[b]
        weights = words + LEAST
        around = (weights * scores)[own].sum() / weights[own].sum()
        shares = {0: 1.0, 1: ONE_AWAY, 2: TWO_AWAY}
        near = [(o, shares[abs(o - b)]) for o in range(len(page)) if abs(o - b) <= 2]
        mass = sum(w * np.sqrt(words[o] + LEAST) for o, w in near)
        mean = sum(w * np.sqrt(words[o] + LEAST) * scores[o] for o, w in near) / mass
        expected = (1 - NEAR - AROUND) * scores[b] + NEAR * mean + AROUND * around
        assert found[b] == pytest.approx(expected, abs=1e-12)


@given(PAGES)
def test_scores_at_one_place_of_a_template_are_evened_out(page):
    scores, words, at = columns(page)
    found = even_out(scores, words, at)
    for b in range(len(page)):
        own = at == at[b]
        mean = np.average(scores[own], weights=(words + LEAST)[own])
        share = ALIKE if own.sum() >= SOME else 0
        assert found[b] == pytest.approx((1 - share) * scores[b] + share * mean, abs=1e-12)


def test_items_of_a_template_are_taken_together():
    """A lower score among equals is no reason to leave one of them."""
    items = [f'<div class="item"><p class="a">{LONG}</p><p class="b">{LONG}</p></div>'] * 6
    scores = [0.9, 0.1] * 6
    scores[4], scores[7] = 0.6, 0.3
    assert chosen("".join(items), scores) == [True, False] * 6


def test_the_same_names_elsewhere_on_a_page_are_another_place():
    items = f"<div><p>{LONG}</p></div>" * 4
    apart = f"<section><div><p>{LONG}</p></div></section>"
    numbers = places(scan(items + apart)).tolist()
    assert len(set(numbers[:4])) == 1
    assert numbers[4] not in numbers[:4]


@given(PAGES)
def test_no_other_cut_promises_more(page):
    worth, words, _ = columns(page)

    def plain(cut):
        taken = worth >= cut
        whole = words[taken].sum() + (worth * words).sum()
        return 2 * (worth * words)[taken].sum() / whole if whole else 0.0

    cut = best_cut(worth, words)
    assert plain(cut) == pytest.approx(max(map(plain, worth)), abs=1e-12)
    assert promised(worth, words, worth >= cut) == pytest.approx(plain(cut), abs=1e-12)


@given(st.lists(SHARES, min_size=1))
def test_worths_keep_the_order_and_stay_within_0_and_1(scores):
    found = worths(np.sort(np.array(scores)))
    assert (np.diff(found) >= 0).all()
    assert found.min() >= 0
    assert found.max() <= 1
    assert worths(np.array([-3.0, 0.25, 7.0])).tolist() == [0, 0.25**2.5, 1]


def test_the_cut_is_the_page_s_own():
    """A middling block is taken from a poor page, and left beside much that is sure."""
    assert chosen(f"<div><p>{LONG}</div><div><p>a b", [0.55, 0.0]) == [True, False]
    sure = f"<div><p>{LONG * 9}</div>" * 3
    assert chosen(f"{sure}<ul><li>{LONG}</ul>", [1, 1, 1, 0.55]) == [True, True, True, False]


def test_blocks_that_are_surely_text_are_taken_and_those_that_surely_are_not_left():
    many = "".join(f"<div><p>{LONG}</div>" for _ in range(4))
    assert chosen(many, [0.8] * 4) == [True] * 4
    assert chosen(many, [0.15] * 4) == [False] * 4


def test_a_short_block_amid_the_text_goes_with_it():
    page = f"<div><p>{LONG * 5}</p><p>So:</p><p>{LONG * 5}</p></div><ul><li>So:</li></ul>"
    assert chosen(page, [0.9, 0.6, 0.9, 0.6]) == [True, True, True, False]


def test_a_page_without_blocks_has_nothing_to_choose_from():
    assert chosen("", []) == []
    assert choose(scan(""), np.zeros(0)).promise == 0


@pytest.mark.parametrize(
    ("attribute", "is_over"),
    [
        ('id="onetrust-consent-sdk"', True),
        ('class="site Cookie-Banner"', True),
        ('id="eu-cookie-law"', True),
        ('class="box-newsletter"', True),
        ('role="dialog" aria-modal="true"', True),
        ('role="dialog" aria-modal="false"', False),
        ('class="cookie-policy"', False),
        ('class="oatmeal-cookies"', False),
    ],
)
def test_what_lies_over_the_page_is_no_main_text_whatever_its_score(attribute, is_over):
    html = f"<html><body><div {attribute}><p>{LONG}</p></div><p>{LONG} nine</p></body></html>"
    assert overlaid(scan(html)).tolist() == [is_over, False]
    assert chosen(html, [1.0, 1.0]) == [not is_over, True]


def test_a_page_that_is_named_for_consent_as_a_whole_lies_over_nothing():
    html = f'<html><body><div class="has-cookie-banner"><p>{LONG}</p></div><p>one</p></body></html>'
    assert overlaid(scan(html)).tolist() == [False, False]
    assert overlaid(scan("")).tolist() == []


@pytest.mark.parametrize(
    ("attribute", "is_section"),
    [
        ('id="comments"', True),
        ('class="Comments-Area"', True),
        ('class="commentlist"', True),
        ('id="disqus_thread"', True),
        ('class="comment"', False),
        ('class="commentary"', False),
    ],
)
def test_sections_of_comments_are_no_main_text_whatever_their_score(attribute, is_section):
    html = f"<html><body><p>{LONG} {LONG}</p><div {attribute}><p>{LONG}</p></div></body></html>"
    assert discussing(scan(html)).tolist() == [False, is_section]
    assert chosen(html, [1.0, 1.0]) == [True, not is_section]


def test_much_that_is_named_for_comments_may_be_main_text():
    html = f'<html><body><p>{LONG}</p><div id="comments"><p>{LONG} {LONG}</p></div></body></html>'
    assert discussing(scan(html)).tolist() == [False, False]
    assert chosen(html, [1.0, 1.0]) == [True, True]
    assert discussing(scan("")).tolist() == []


def test_a_list_in_a_section_of_comments_is_not_announced():
    items = "<ul><li>one</li><li>two</li></ul>"
    html = f"<div><p>{LONG * 4}:</p><div class='comments'>{items}</div><p>{LONG * 4}</p></div>"
    assert chosen(html, [0.9, 0.1, 0.1, 0.9]) == [True, False, False, True]
