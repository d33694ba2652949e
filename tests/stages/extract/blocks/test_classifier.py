from __future__ import annotations

import numpy as np
import pytest

from eurosift.stages.extract.blocks import classifier
from eurosift.stages.extract.blocks.features import NAMES
from eurosift.stages.extract.blocks.scan import scan
from eurosift.stages.extract.blocks.trees import Trees

SENTENCE = "The council voted on Tuesday to repair the old bridge over the river."


def by_words(threshold):
    """A tree that takes blocks of more words."""
    return Trees(
        np.array([0], np.uint32),
        np.array([NAMES.index("words"), 0, 0], np.uint32),
        np.array([threshold, np.inf, np.inf], np.float32),
        np.array([1, 1, 2], np.uint32),
        np.array([0.0, 0.0, 1.0]),
        np.array([0.0]),
    )


def test_blocks_are_taken_by_their_scores_in_order():
    written = "<p>a b c</p><p>menu</p><p>d e f</p>"
    assert classifier.main_text(written, "", by_words(2.0)).text == "a b c\nd e f"


def test_chosen_blocks_are_those_of_the_text():
    found = classifier.main_text("<p>a b c</p><p>menu</p><p>d e f</p>", "", by_words(2.0))
    assert found.taken.tolist() == [True, False, True]
    assert classifier.texts(found.blocks) == ["a b c", "menu", "d e f"]


def test_the_other_engine_has_a_voice():
    blocks = scan("<p>one two</p>")
    assert classifier.vote(np.array([0.5]), np.array([1.0])) == pytest.approx(0.65)
    assert classifier.vote(np.array([0.5]), np.array([0.0])) == pytest.approx(0.35)
    assert classifier.join(blocks, np.array([True])) == "one two"


def test_another_engine_is_heard_in_place_of_the_first():
    """The trees say nothing here: all is decided by who is heard, and how much that counts."""
    found = classifier.main_text("<p>a b c d</p><p>e f g h</p>", "", by_words(9.0))
    assert (found.text, found.scores.tolist()) == ("", [0, 0])
    heard = classifier.hear(found, "e f g h", 0.9)
    assert (heard.text, heard.taken.tolist()) == ("e f g h", [False, True])
    assert heard.promise == found.promise
    assert classifier.hear(found, "e f g h", 0.1).text == ""


def test_a_page_without_blocks_has_no_text():
    assert classifier.main_text("", "", by_words(2.0))[:2] == ("", 0)


def test_the_shipped_trees_tell_an_article_from_a_menu():
    menu = "".join(f'<li><a href="/{i}">Section {i}</a></li>' for i in range(30))
    written = (
        f'<html><head></head><body><nav class="menu"><ul>{menu}</ul></nav><article>'
        f"{f'<p>{SENTENCE}</p>' * 8}</article><footer><p>Copyright</p></footer></body></html>"
    )
    found, promise, *_ = classifier.main_text(written, SENTENCE)
    assert promise > 0.7
    assert found.count(SENTENCE) == 8
    assert "Section" not in found
    assert "Copyright" not in found


def test_text_can_hold_any_character():
    assert classifier.main_text("<p>a \ud800 \U0001f600 c</p>", "", by_words(1.0)).text == (
        "a \ud800 \U0001f600 c"
    )
