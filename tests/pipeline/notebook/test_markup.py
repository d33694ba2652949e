"""HTML of notebooks: escaped, in its own language and direction."""

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from eurosift.pipeline.notebook import markup
from eurosift.pipeline.notebook.markup import Cell

SPAN = {"start": 500, "end": 505, "type": "email", "detector": "email"}


def test_a_text_says_its_language_and_has_its_own_direction():
    assert str(markup.text("għax", "mlt_Latn")).startswith('<div class="text" lang="mt" dir="auto"')
    assert 'lang="und"' in markup.text("x", '"><script>')


def test_a_long_text_is_cut_and_says_so():
    found = markup.text("a" * 2000, None, chars=100)
    assert "a" * 100 in found
    assert "a" * 101 not in found
    assert "and 1,900 more characters" in found
    assert "no text" in markup.text(None, None)


def test_spans_are_marked_with_their_type():
    assert '<mark title="email">b@c</mark>' in markup.text(
        "a b@c d", None, [{"start": 2, "end": 5, "type": "email"}]
    )


def test_around_spans_the_rest_is_left_out():
    found = markup.around("x" * 500 + "a@b.c" + "y" * 500, "eng_Latn", [SPAN])
    assert "[… 300 characters …]" in found
    assert '<mark title="email">a@b.c</mark>' in found
    assert found.count("x" * markup.CONTEXT) == found.count("y" * markup.CONTEXT) == 1
    assert markup.around("short", None, []) == markup.text("short", None)


@given(st.lists(st.tuples(st.integers(0, 990), st.integers(1, 9)), min_size=1, max_size=9))
def test_every_span_is_marked_once_however_they_lie(drawn):
    spans, end = [], -1
    for start, length in sorted(drawn):
        if start > end:
            end = start + length
            spans.append({"start": start, "end": end, "type": "t", "detector": "d"})
    found = markup.around("z" * 1000, None, spans)
    assert found.count("<mark") == len(spans)
    left_out = sum(int(part.split(" ")[0]) for part in found.split("[… ")[1:])
    assert found.count("z") + left_out == 1000


def test_cells_are_escaped_unless_they_are_markup():
    found = markup.table([Cell("<h>")], [[Cell("<a>"), Cell(Markup("<b>x</b>"), share=0.5)]])
    assert "&lt;h&gt;" in found
    assert "&lt;a&gt;" in found
    assert '<td style="--share:0.500"><b>x</b></td>' in found
