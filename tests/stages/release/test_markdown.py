"""Text from outside stays text, whatever it holds."""

from __future__ import annotations

import doctest

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from eurosift.stages.release import markdown
from eurosift.stages.release.markdown import cell, plain, table

HOSTILE = st.text(alphabet=st.sampled_from(list("ab 1.)(*_`<>[]!#|~-+\\&;:/\n\u202e\x1b\"'$")))


@given(HOSTILE)
def test_plain_text_is_one_paragraph_of_text(text):
    tokens = MarkdownIt("commonmark").enable("table").parse(f"{plain(text)}\n")
    assert [t.type for t in tokens] in ([], ["paragraph_open", "inline", "paragraph_close"])
    kinds = {child.type for token in tokens for child in token.children or ()}
    assert kinds <= {"text", "text_special"}


@given(HOSTILE)
def test_a_cell_is_one_cell_of_code(text):
    if not text.strip(" \n\x1b\u202e"):
        return
    tokens = MarkdownIt("commonmark").enable("table").parse(table(["a"], [[f"`{cell(text)}`"]]))
    cells = [t for t in tokens if t.type == "inline"]
    assert len(cells) == 2
    assert [child.type for child in cells[1].children] == ["code_inline"]


def test_examples_hold():
    assert doctest.testmod(markdown) == (0, 1)
