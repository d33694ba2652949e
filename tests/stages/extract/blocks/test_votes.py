from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from eurosift.stages.extract.blocks.scan import scan
from eurosift.stages.extract.blocks.votes import taken

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
