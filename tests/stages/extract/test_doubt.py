from __future__ import annotations

import numpy as np
import pytest

from eurosift.stages.extract import doubt
from eurosift.stages.extract.blocks.classifier import Found
from eurosift.stages.extract.blocks.scan import scan

PAGE = scan("<p>a b c d</p>")
DISCUSSION = scan('<html><body><p>a</p><div id="comments"><p>b c d e f</p></div></body></html>')


def found(text, promise, blocks=PAGE):
    n = len(blocks.table)
    return Found(text, promise, blocks, np.ones(n, bool), np.ones(n))


@pytest.mark.parametrize(
    ("text", "promise", "expected"),
    [
        ("a b", 0.6, False),
        ("a b c d", 0.6, True),
        ("a b c d", 0.3, False),
        ("a b c d", 0.8, False),
        ("", 0.0, True),
    ],
)
def test_doubt_is_disagreement_where_the_promise_is_middling_or_there_is_no_text(
    text, promise, expected
):
    assert doubt.is_doubtful(found(text, promise), "a b", 0.8) is expected
    assert not doubt.is_doubtful(found(text, promise), "a b", 0.0)


def test_pages_of_comments_are_doubtful_where_little_is_promised():
    assert doubt.is_doubtful(found("a b c d", 0.3, DISCUSSION), "a b", 0.8)
    assert not doubt.is_doubtful(found("a b", 0.3, DISCUSSION), "a b", 0.8)
    assert not doubt.is_doubtful(found("a b c d", 0.8, DISCUSSION), "a b", 0.8)


def test_nothing_is_no_doubt_where_both_say_so():
    assert not doubt.is_doubtful(found("", 0.0), "", 0.8)


def test_a_page_may_be_a_discussion_if_most_words_stand_in_comments():
    assert doubt.may_be_discussion(DISCUSSION)
    assert not doubt.may_be_discussion(
        scan('<html><body><p>a b</p><div class="comment">c d</div></body></html>')
    )
    assert not doubt.may_be_discussion(PAGE)
    assert not doubt.may_be_discussion(scan(""))


@pytest.mark.parametrize(("n", "is_text"), [(19, False), (20, False), (21, True)])
def test_comments_are_text_from_ten_times_the_words_on(n, is_text):
    comments = "word " * n
    found = doubt.voice_of("two words", comments, "x")
    expected = (f"two words\n{comments}", doubt.STRONG) if is_text else ("two words", doubt.WEAK)
    assert found == expected


def test_no_answer_is_no_text():
    assert doubt.voice_of("", "", "x").text == ""


def test_an_answer_counts_more_if_another_text_speaks_for_it():
    assert doubt.voice_of("a b c d", "", "x", "a b c d") == ("a b c d", doubt.STRONG)
    assert doubt.voice_of("a b c d", "", "a b c", "x") == ("a b c d", doubt.STRONG)
    assert doubt.voice_of("a b c d", "", "a", "x") == ("a b c d", doubt.WEAK)
