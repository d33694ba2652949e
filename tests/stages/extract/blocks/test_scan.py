from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from resiliparse.parse.html import HTMLTree

from eurosift.stages.extract.blocks.classifier import texts
from eurosift.stages.extract.blocks.scan import (
    CAPITALS,
    CHARS,
    COMMAS,
    CONTAINER,
    DIGITS,
    EMPHASIS,
    END,
    ENDS,
    FLAGS,
    HINTS,
    KIND,
    LINES,
    LINK_WORDS,
    LINKS,
    NEAR,
    SIGNATURE,
    START,
    STOPS,
    WORDS,
    scan,
)
from eurosift.stages.extract.blocks.vocabulary import (
    HEADING,
    HIDDEN,
    IN_ARTICLE,
    IN_LIST,
    IN_NAV,
    ITEM,
    LEVEL,
    PARAGRAPH,
    element_names,
)


def blocks_of(html):
    return scan(str(HTMLTree.parse(html)))


def lines(html):
    return texts(blocks_of(html))


@pytest.mark.parametrize("html", ["", "  ", "<html></html>", "<script>x</script>", "<!-- x -->"])
def test_a_page_without_visible_text_has_no_blocks(html):
    assert len(blocks_of(html).table) == 0


def test_blocks_are_what_stands_between_block_level_tags():
    html = "<div>before<p>One <b>bold</b> word.</p>after<ul><li>a<li>b</ul></div><span>c</span>d"
    assert lines(html) == ["before", "One bold word.", "after", "a", "b", "cd"]


def test_white_space_is_collapsed_but_where_it_is_preformatted():
    assert lines("<p> a \n\t b&nbsp;c </p><pre>x = 1\n  y</pre>") == ["a b c", "x = 1\n  y"]


def test_a_line_break_is_a_line_and_two_are_a_block():
    assert lines("<p>a<br>b<br><br>c<br></p>") == ["a\nb", "c"]


def test_a_rule_ends_a_block_and_holds_nothing():
    assert lines("<div>one<hr>two<hr class=nav></div><nav>a<hr>b</nav>c") == [
        "one", "two", "a", "b", "c",
    ]  # fmt: skip
    one, two = blocks_of("<div><p>x</p>one<hr>two</div>").table[1:]
    assert (one[CONTAINER], one[FLAGS]) == (two[CONTAINER], two[FLAGS])


def test_what_no_reader_sees_is_left_out():
    html = (
        "<head><title>t</title><style>s</style></head><script>if (a<b) '<p>x</p>'</script>"
        "<template><p>t</p></template><select><option>o</select>"
        "<textarea><p>x</textarea><svg><title>s</title></svg><!-- <p>c</p> --><p>seen</p>"
    )
    assert lines(html) == ["seen"]


def test_text_for_readers_without_scripts_is_read():
    """Forums of some makers have all of their text there."""
    html = "<noscript><style>s</style></noscript><div></div><noscript><p>the post</p></noscript>"
    assert lines(html) == ["the post"]


def test_entities_are_characters():
    assert lines("<p>a &lt;b&gt; &amp;amp; &quot;q&quot; &euro; &#x105;</p>") == [
        'a <b> &amp; "q" € ą'
    ]


def test_counts_of_a_block():
    html = '<p>Ένα δύο, <a href="/?a=1&b=2">Three four</a> <b>5</b>. Έξι!»</p>'
    row = blocks_of(html).table[0]
    counts = (WORDS, LINK_WORDS, LINKS, CAPITALS, DIGITS, STOPS, COMMAS, EMPHASIS, LINES, ENDS)
    assert [row[i] for i in counts] == [6, 2, 1, 3, 1, 2, 1, 1, 0, 1]
    assert row[CHARS] == row[END] - row[START] == len("Ένα δύο, Three four 5. Έξι!»")


def test_blocks_know_what_they_are_and_what_they_are_in():
    html = (
        "<article><h2>t</h2><p>x</p></article><nav><ul><li>y</ul></nav><div hidden>z</div>"
        '<div style="display:none">z</div>'
    )
    kinds = blocks_of(html).table[:, KIND].tolist()
    assert kinds[:3] == [HEADING + 2 * LEVEL, PARAGRAPH, ITEM]
    flags = blocks_of(html).table[:, FLAGS].tolist()
    assert flags == [IN_ARTICLE, IN_ARTICLE, IN_NAV | IN_LIST, HIDDEN, HIDDEN]


def test_hints_are_parts_of_names_of_what_is_around():
    html = (
        '<body class="sidebar"><div id="Main-Content"><div><div><div class="x"><p>t</p>'
        '</div></div></div></div><div role="navigation" data-x="comment">n</div>'
    )
    far, near = blocks_of(html).table
    assert far[HINTS] == 1 << 1
    assert far[NEAR] == 0
    assert near[HINTS] == near[NEAR] == 1 << 3


def test_parents_lead_to_the_page():
    blocks = blocks_of("<div><section><p>a</p><p>b</p></section></div>")
    first, second = blocks.table[:, CONTAINER]
    assert blocks.parents[first] == blocks.parents[second]
    assert all(parent < number for number, parent in enumerate(blocks.parents) if number)


def test_elements_have_their_names():
    blocks = blocks_of("<div><ul><li>a</ul><table><tr><td>b</table></div><x-y>c</x-y>")
    known = element_names()
    found = [known[name] for name in blocks.names[1:]]
    assert found == ["html", "body", "div", "ul", "li", "table", "tbody", "tr", "td"]
    assert [found[number - 1] for number in blocks.table[:, CONTAINER]] == ["li", "td", "body"]


def test_blocks_of_one_template_have_one_signature():
    html = '<div class="a"><p>1</p></div><div class="a"><p>2</p></div><div class="b"><p>3</p></div>'
    one, two, three = blocks_of(html).table[:, SIGNATURE]
    assert one == two != three


def test_a_long_page_of_open_tags_is_scanned():
    blocks = blocks_of("<div>" * 20_000 + "x")
    assert texts(blocks) == ["x"]


PIECES = st.sampled_from(
    ["<p>", "</p>", "<div class='a b'>", "</div>", "<br>", "<a href=x>", "</a>", "<b", ">", "&lt;",
     "<!--", "-->", "<script>", "</script>", "<pre>", "</pre>", " ", "\n", "word", "ß", "。",
     "\U0001f600", "<table><tr><td>", "<li>", "<select>", "'", '"', "=", "&", "\ud800",
     "<![CDATA[", "<svg/>"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=60))
def test_any_page_gives_blocks_in_order_with_sound_counts(pieces):
    written = "".join(pieces)
    for html in (written, str(HTMLTree.parse(written.replace("\ud800", "")))):
        blocks = scan(html)
        table = blocks.table
        assert (table[:, END] > table[:, START]).all()
        assert (table[1:, START] >= table[:-1, END]).all()
        assert (table[:, LINK_WORDS] <= table[:, WORDS]).all()
        assert (table[:, CONTAINER] < len(blocks.parents)).all()
        assert all(text == text.strip() != "" for text in texts(blocks))
        assert np.array_equal(scan(html).table, table)
