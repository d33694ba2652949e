from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.stages.extract.blocks.scan import scan
from eurosift.stages.extract.blocks.votes import agreement, count_words, taken

WORDS = st.lists(st.sampled_from(["a", "ab", "ñu", "x1", "και"]), max_size=8).map(" ".join)


def test_words_count_that_stand_with_a_neighbour_of_theirs():
    blocks = scan("<p>Home page</p><p>the old bridge is shut</p><p>page</p>")
    assert taken(blocks, "The day\nthe old bridge, page").tolist() == [0, 3 / 5, 0]


def test_a_pair_may_stand_in_two_blocks():
    assert taken(scan("<p>one</p><p>two</p>"), "one two").tolist() == [1, 1]


def test_blocks_without_words_are_not_taken():
    assert taken(scan("<p>***</p>"), "***").tolist() == [0]
    assert taken(scan(""), "text").tolist() == []


def test_nothing_is_taken_by_an_empty_text():
    assert taken(scan("<p>one two</p>"), "").tolist() == [0]


@given(st.lists(WORDS), WORDS)
def test_shares_are_shares_and_a_text_takes_itself(lines, text):
    blocks = scan("".join(f"<p>{line}</p>" for line in lines))
    assert all(0 <= share <= 1 for share in taken(blocks, text))
    whole = " ".join(lines)
    if len(whole.split()) > 1:
        assert set(taken(blocks, whole).tolist()) == {1.0}


@given(st.lists(WORDS), WORDS)
def test_what_is_taken_is_what_plain_python_finds(lines, text):
    whole = [(word, row) for row, line in enumerate(lines) for word in line.split()]
    known = set(pairwise(text.split()))
    found = [(a, b) in known for (a, _), (b, _) in pairwise(whole)] + [False]
    counts = Counter(row for _, row in whole)
    hits = Counter(row for i, (_, row) in enumerate(whole) if found[i] or (i and found[i - 1]))
    blocks = scan("".join(f"<p>{line}</p>" for line in lines))
    expected = [hits[row] / counts[row] for row in sorted(counts)]
    assert taken(blocks, text).tolist() == expected


@given(WORDS, WORDS)
def test_agreement_is_the_share_of_words_in_common(one, other):
    a, b = Counter(one.split()), Counter(other.split())
    n = (a + b).total()
    assert agreement(one, other) == (2 * (a & b).total() / n if n else 1)


def test_agreement_counts_words_as_often_as_they_are():
    assert agreement("a a b", "a, b; b") == pytest.approx(2 / 3)
    assert agreement("a", "") == 0


def test_words_are_counted():
    assert count_words("It's one, two\n3 — čtyři.") == 6
    assert count_words("") == 0
