from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from resiliparse.parse.html import HTMLTree

from eurosift.stages.extract.blocks.features import N_FEATURES, NAMES, features
from eurosift.stages.extract.blocks.scan import scan

PROSE = "one two three four five six seven eight nine ten eleven twelve. "
HTML = (
    '<div class="menu"><ul><li><a href="/">Home</a></li>'
    '<li><a href="/b">Shop now</a></li></ul></div>'
    f"<article><h1>Title</h1><p>{PROSE}</p><p>{PROSE * 2}</p></article><footer>Imprint</footer>"
)


def columns(html=HTML):
    made = features(scan(str(HTMLTree.parse(html))))
    return {name: made[:, i].tolist() for i, name in enumerate(NAMES)}


def test_names_are_those_of_the_columns():
    assert len(set(NAMES)) == N_FEATURES == features(scan("<p>x</p>")).shape[1]


def test_a_page_without_blocks_has_no_rows():
    assert features(scan("")).shape == (0, N_FEATURES)


def test_a_block_is_described_by_its_counts():
    found = columns()
    assert found["words"] == [1, 2, 1, 12, 24, 1]
    assert found["link_share"] == [1, 1, 0, 0, 0, 0]
    assert found["level"] == [0, 0, 1, 0, 0, 0]
    assert found["ends"] == [0, 0, 0, 1, 1, 0]


def test_a_block_is_described_by_its_neighbours():
    found = columns()
    assert found["words-1"] == [-1, 1, 2, 1, 12, 24]
    assert found["words+2"] == [1, 12, 24, 1, -1, -1]
    assert found["mass_before"] == [0, 0, 0, 0, 12, 12 * 0.75 + 24]
    assert found["mass_after"][:3] == [(24 * 0.75 + 12) * 0.75**k for k in (2, 1, 0)]
    assert found["links_before"][:3] == [0, 1, 2.75]


def test_a_block_is_described_by_its_place_in_the_tree():
    found = columns()
    assert found["parent_words"] == [3, 3, 37, 37, 37, 41]
    assert found["score_share"] == [0.5, 0.5, 1, 1, 1, 0.5]
    assert found["same_blocks"] == [2, 2, 1, 2, 2, 1]
    assert found["page_words"] == [41] * 6
    assert found["near_for"][3] == 0
    assert found["near_against"][:2] == [1, 1]


def test_no_text_is_in_the_features():
    """Another language's words of the same shape give the same numbers."""
    other = HTML.replace("one two", "ένα δύο")
    assert columns(other) == columns()


@given(st.lists(st.sampled_from(["<p>", "<a href=x>", "</a>", "word ", "<div>", "</div>", "<h1>"])))
def test_features_are_finite_and_the_same_each_time(pieces):
    blocks = scan(str(HTMLTree.parse("".join(pieces))))
    made = features(blocks)
    assert np.isfinite(made).all()
    assert np.array_equal(features(blocks), made)
