from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from eurosift.stages.extract.markdown import fenced, heading, inline, line, table

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
SIGNS = st.text(st.sampled_from("\\`*_~[](){}<>&;:!?/|#+-=.1a ÄäX\"'$%@"), min_size=1, max_size=20)


def shape(text):
    """What a parser makes of Markdown: block-level tokens, and texts of the inline ones."""
    blocks, words = [], []
    for token in PARSER.parse(text):
        if token.type == "inline":
            blocks += [c.type for c in token.children if c.type not in ("text", "softbreak")]
            words.append("".join(c.content or "\n" for c in token.children))
        elif token.type == "fence":
            blocks.append("fence")
            words.append(token.content.removesuffix("\n"))
        elif token.nesting >= 0:
            blocks.append(token.tag)
    return blocks, words


def tidy(text):
    return " ".join(text.split())


@pytest.mark.parametrize(
    "text",
    ["# a", "####### a", "- a", "+ a", "* a", "1. a", "12) a", "> a", ">a", "---", "- - -", "===",
     "***", "* * *", "___", "_ _ _", "`a`", "```", "~~~", "~~a~~", "*a*", "**a**", "_a_", "__a__",
     "[a](b)", "![a](b)", "[a]: b", "<b>a</b>", "<!-- a -->", "<http://a>", "&amp;", "&#65;",
     "\\*a", "a\\", "| a | b |", "|---|---|", "a | b\n--- | ---\nc | d", "a\n===", "a\n---",
     "    a", "a\\\nb", "#", "-", "1.", "1)", "[a\nb]: c", "*", "a*", "* *", "[ ] a", "\\`a`"],
)  # fmt: skip
def test_what_looks_like_markup_is_text(text):
    lines = [tidy(part) for part in text.split("\n")]
    assert shape("\n".join(map(line, lines))) == (["p"], ["\n".join(lines)])
    assert shape(heading(text, 2)) == (["h2"], [tidy(text)])
    (blocks, words) = shape("\n".join(table([["x", tidy(text)], [tidy(text), "y"]])))
    assert blocks == ["table", "thead", "tr", "th", "th", "tbody", "tr", "td", "td"]
    assert words == ["x", tidy(text), tidy(text), "y"]


@pytest.mark.parametrize(
    "text", ["snake_case_name", "2 * 3", "a - b", "#tag", "-1", "1.5", "a [1] b", "AT&T", "x < y",
             "~5", "C:\\dir", "a/b", "5 + 5", "(a)", "what!", "1 | 2"]
)  # fmt: skip
def test_text_without_markup_is_left_alone(text):
    assert line(text) == text


@given(st.lists(SIGNS.map(tidy).filter(bool), min_size=1, max_size=4))
def test_any_lines_are_a_paragraph_with_their_text(lines):
    assert shape("\n".join(map(line, lines))) == (["p"], ["\n".join(lines)])


@given(SIGNS.map(tidy).filter(bool), st.integers(1, 6))
def test_any_line_is_a_heading(text, level):
    assert shape(heading(text, level)) == ([f"h{level}"], [text])


@given(st.lists(st.lists(SIGNS.map(tidy), min_size=2, max_size=2), min_size=2, max_size=4))
def test_any_texts_are_a_table(rows):
    blocks, words = shape("\n".join(table(rows)))
    assert blocks[:3] == ["table", "thead", "tr"]
    assert words == [cell for row in rows for cell in row]
    assert not {"em", "strong", "link", "html_inline"} & set(blocks)


@given(st.text(st.sampled_from("`~ \na#*"), min_size=1).filter(lambda text: text.strip()))
def test_any_text_stands_between_fences(text):
    assert shape("\n".join(fenced(text))) == (["fence"], [text])


def test_inline_leaves_the_beginning_of_lines_alone():
    assert inline("# 1. a") == "# 1. a"
