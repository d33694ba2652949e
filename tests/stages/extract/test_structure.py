from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from resiliparse.parse.html import HTMLTree

from eurosift.stages.extract.blocks.classifier import join
from eurosift.stages.extract.blocks.scan import scan
from eurosift.stages.extract.structure import of_html, of_minimal_html, to_markdown

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def page(html):
    return scan(str(HTMLTree.parse(html)))


def markdown(html):
    blocks = page(html)
    return to_markdown(blocks, np.ones(len(blocks.table), bool))


def words(text):
    """Words of Markdown as a parser reads it, in their order."""
    found = []
    for token in PARSER.parse(text):
        if token.type == "inline":
            assert all(c.type in ("text", "softbreak", "text_special") for c in token.children)
            found += "".join(c.content or " " for c in token.children).split()
        else:
            assert token.type == "fence" or not token.content
            found += token.content.split()
    return found


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>a<p>b", "a\n\nb"),
        ("<p>a<br>- b", "a\n\\- b"),
        ("<h1>a</h1><h3><div>b<br>c</div></h3>x", "# a\n\n### b c\n\nx"),
        ("<ul><li>a<li>b</ul>c", "- a\n- b\n\nc"),
        ("<ol><li>a<li>b</ol>", "1. a\n2. b"),
        ("<ul><li>a<ul><li>b<ol><li>c<li>d</ol></ul><li>e</ul>",
         "- a\n  - b\n    1. c\n    2. d\n- e"),
        ("<ul><li><p>a<p>b<li>c</ul>", "- a\n\n  b\n- c"),
        ("<ul><li>a</ul><ul><li>b</ul><ul><li>c</ul>", "- a\n\n* b\n\n- c"),
        ("<ol><li>a</ol><ol><li>b</ol><ul><li>c</ul>", "1. a\n\n1) b\n\n- c"),
        ("<ul><li><h2>a</h2>b</ul>", "- ## a\n\n  b"),
        ("<li>a<li>b", "- a\n- b"),
        ("<blockquote><p>a<p>b</blockquote><blockquote>c</blockquote>d", "> a\n>\n> b\n\n> c\n\nd"),
        ("<blockquote>a<ul><li>b<li>c</ul></blockquote>", "> a\n>\n> - b\n> - c"),
        ("<ul><li><blockquote>a</blockquote></ul>", "- > a"),
        ("<p>a<pre><code>if x:\n    y = `z`\n\n\n# no</code></pre>",
         "a\n\n```\nif x:\n    y = `z`\n\n\n# no\n```"),
        ("<pre><div>a</div><div>b</div></pre><pre>c ``` d</pre>",
         "```\na\nb\n```\n\n````\nc ``` d\n````"),
        ("<ul><li>a<pre>b\n\nc</pre></ul>", "- a\n\n  ```\n  b\n\n  c\n  ```"),
        ("<table><tr><th>a<th>b|<tr><td>c<td>d<br>e</table>",
         "| a | b\\| |\n| --- | --- |\n| c | d e |"),
        ("<table><tr><td>a<td><td>b<tr><td><td>c<td><tr><td>d</table>",
         "| a |  | b |\n| --- | --- | --- |\n|  | c |  |\n| d |  |  |"),
        ("<table><tr><td>a<td> <td>b<tr><td>c<td> <td>d</table>",
         "| a | b |\n| --- | --- |\n| c | d |"),
        ("<table><caption>t</caption><tr><td>a<td>b<tr><td><p>c<p>d<td>e</table>f",
         "t\n\n| a | b |\n| --- | --- |\n| c d | e |\n\nf"),
        ("<ul><li><table><tr><td>a<td>b<tr><td>c<td>d</table></ul>",
         "- | a | b |\n  | --- | --- |\n  | c | d |"),
    ],
)  # fmt: skip
def test_structure_is_kept(html, expected):
    assert markdown(html) == expected


@pytest.mark.parametrize(
    "html",
    [
        "<table><tr><td>a<td>b</table>",
        "<table><tr><td>a<tr><td>b</table>",
        "<table><tr><td>a<td><ul><li>b</ul><tr><td>c<td>d</table>",
        "<table><tr><td>a<td><h2>b</h2><tr><td>c<td>d</table>",
        f"<table><tr><td>a<td>{'b ' * 900}<tr><td>c<td>d</table>",
        f"<table><tr>{'<td>a' * 51}<tr><td>c<td>d</table>",
        "<table><tr><td>a<td><table><tr><td>b</table><tr><td>c<td>d</table>",
    ],
)
def test_tables_for_the_layout_are_no_tables(html):
    assert "| ---" not in markdown(html)


def test_a_table_in_a_table_of_layout_is_one():
    inner = "<table><tr><td>a<td>b<tr><td>c<td>d</table>"
    found = markdown(f"<table><tr><td>x<td>{inner}<p>y</table>")
    assert found == "x\n\n| a | b |\n| --- | --- |\n| c | d |\n\ny"


def test_only_blocks_that_are_wanted_are_written():
    blocks = page("<h1>a</h1><ol><li>b<li>c<li>d</ol>")
    assert to_markdown(blocks, np.array([True, False, True, True])) == "# a\n\n1. c\n2. d"
    assert to_markdown(blocks, np.zeros(4, bool)) == ""


def test_deep_lists_take_no_room():
    html = "<ul><li>x" * 400
    found = markdown(html)
    assert words(found) == ["x"] * 400
    assert len(found) < 400 * 20


OPEN = ("p", "div", "h2", "ul", "ol", "li", "blockquote", "pre", "table", "tr", "td", "th", "dl",
        "dd", "caption", "section", "b", "a", "tbody", "menu", "br")  # fmt: skip
PIECES = st.one_of(
    st.sampled_from([f"<{name}>" for name in OPEN] + [f"</{name}>" for name in OPEN]),
    st.text(st.sampled_from("ab1.)-+*#>|=_`~[]:\\ \n&;!"), max_size=6),
)


@given(st.lists(PIECES, max_size=60), st.randoms(use_true_random=False))
def test_rendered_words_are_those_of_the_text(pieces, random):
    """Whatever the page is, and whichever of its blocks are kept."""
    blocks = page("".join(pieces))
    wanted = np.array([random.random() < 0.8 for _ in blocks.table], bool)
    assert words(to_markdown(blocks, wanted)) == join(blocks, wanted).split()


def test_minimal_html_has_a_block_a_line_and_tables_of_tabs():
    html = "a\nb\n<p>c<br>\nd</p>\n\nx\t\ty &lt;\n1\t\t\n2\t\t3\n<pre>e  f\n\ng</pre>\nh"
    assert of_minimal_html(html) == (
        "a\n\nb\n\nc\nd\n\n| x | y < |\n| --- | --- |\n| 1 |  |\n| 2 | 3 |\n\n"
        "```\ne  f\n\ng\n```\n\nh"
    )


def test_html_is_taken_as_a_whole():
    assert of_html("<html><body><h2>a</h2><p>b</p></body></html>") == "## a\n\nb"
    assert of_html("") == ""
