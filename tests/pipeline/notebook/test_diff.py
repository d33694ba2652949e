"""Word differences: nothing of either text is lost."""

from hypothesis import given
from hypothesis import strategies as st

from eurosift.pipeline.notebook.diff import CONTEXT, as_markup, as_text, pieces, words_of

TEXTS = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=40).map(" ".join)


@given(TEXTS, TEXTS)
def test_pieces_put_together_give_either_text(first, second):
    found = pieces(words_of(first), words_of(second))
    for text, other in ((first, "only_second"), (second, "only_first")):
        assert "".join(p.text for p in found if p.kind != other).split() == text.split()


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text):
    assert {p.kind for p in pieces(words_of(text), words_of(text))} <= {"equal"}


def test_white_space_alone_is_no_difference():
    assert [p.kind for p in pieces(words_of("a  b\nc"), words_of("a b c"))] == ["equal"]


def test_only_the_first_words_are_read():
    assert words_of("a b c", 2) == ["a ", "b "]


def test_differences_are_marked_and_escaped():
    found = pieces(words_of("one <b> three"), words_of("one two three"))
    assert as_markup(found) == "one <del>&lt;b&gt; </del><ins>two </ins>three"
    assert as_text(found) == "one [-<b>-] {+two+} three"


def test_long_equal_stretches_are_told_by_their_length():
    words = " ".join(f"w{i}" for i in range(100))
    found = as_markup(pieces(words_of(f"a {words}"), words_of(f"b {words}")))
    assert f"[… {100 - CONTEXT} equal words …]" in found
    assert "w11 " in found
    assert "w12 " not in found
