"""Text from a crawl can neither become markup nor act unseen."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from eurosift.pipeline.html import visible
from eurosift.pipeline.html.visible import finalize, is_unseen, marked, spell

CONTROLS = "\x00\x07\x1b\x85\u200b\u200e\u202e\u2066\ufeff\ue000\ud800"
ORDINARY = ("Għandu ħafna", "два\nреда\tтук", "co\u00adoperate", "\u0915\u094d\u200d\u0937")


def test_examples():
    assert doctest.testmod(visible) == (0, 3)


@pytest.mark.parametrize("character", CONTROLS)
def test_what_acts_unseen_is_shown_as_its_code_point(character):
    name = f"U+{ord(character):04X}"
    assert spell(f"a{character}b") == f"a⟨{name}⟩b"
    assert marked(f"a{character}b") == f'a<span class="unseen">{name}</span>b'


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_stays_as_it_is(text):
    assert spell(text) == text
    assert str(marked(text)) == text


@given(st.text())
def test_nothing_that_acts_is_left(text):
    for shown in (spell(text), str(marked(text))):
        assert not any(is_unseen(c) for c in shown)
        shown.encode()
    assert "<script" not in marked(f"<script{text}")


def test_every_string_that_a_template_prints_is_spelt_out_but_for_markup():
    assert finalize("\x1b[31m") == "⟨U+001B⟩[31m"
    assert finalize(Markup("<b>\u202e</b>")) == "<b>\u202e</b>"
    assert finalize(3) == 3
