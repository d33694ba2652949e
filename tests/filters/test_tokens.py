"""Tokens of whole texts."""

import pyarrow as pa

from eurosift.filters.characters import PADDING
from eurosift.filters.signals import measure
from eurosift.filters.stopwords import build_table
from eurosift.filters.tokens import tokens


def test_runs_of_one_sign_are_one_symbol():
    assert tokens("a -- b ... ?!") == ["a", "--", "b", "...", "?", "!"]


def test_white_space_alone_can_cut():
    texts = pa.array(["a(b)  c-d,\u00a0e"])
    measured = measure(texts, stop_words=build_table({}), tokens="whitespace")
    assert measured["token_count"].to_pylist() == [3]


def test_a_text_may_end_anywhere():
    text = "x" * PADDING + "("
    assert tokens(text) == ["x" * PADDING, "("]
