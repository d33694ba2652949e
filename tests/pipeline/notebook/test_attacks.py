"""Documents that attack whoever looks at them are harmless, in HTML and in a terminal."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from eurosift.pipeline.api import Run
from eurosift.pipeline.notebook.markup import style

pytestmark = pytest.mark.xdist_group("browser")
ELEMENTS = {
    *("div", "style", "article", "p", "b", "i", "bdi", "code", "mark", "span", "ins", "del"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td", "svg", "path", "details", "summary"),
}
ATTRIBUTES = {
    *("class", "lang", "dir", "tabindex", "scope", "style", "title", "role"),
    *("viewbox", "preserveaspectratio", "d", "aria-label", "aria-hidden", "focusable"),
}
ACTING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters and those that turn a line around."""


class Outline(HTMLParser):
    """Collects elements and attributes, and refuses tags that are not closed in order."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.open = set(), {}, []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, set()).add(value)
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_there_are_kept_scrubbed_short_and_double_documents(attacked):
    """Else the other tests would look at nothing."""
    frame = attacked.rows().collect()
    assert frame["kept"].sum() == 8
    reasons = frame["reasons"].explode().drop_nulls().value_counts(sort=True)
    assert dict(reasons.iter_rows()) == {"quality:short": 8, "dedup:near_duplicate": 8}
    assert frame.filter("kept")["pii"].list.len().to_list() == [1] * 8


def test_only_our_own_elements_and_attributes_are_there(shown):
    for name, thing in shown.items():
        outline = Outline(thing._repr_html_())
        assert outline.open == [], name
        assert outline.tags <= ELEMENTS, name
        assert set(outline.attributes) <= ATTRIBUTES, name
        assert all(v.startswith("--share:") for v in outline.attributes.get("style", ())), name


def test_the_style_stands_alone_and_fetches_nothing():
    assert "url(" not in style()
    assert "@import" not in style()
    assert style().count("<") == 2


def test_what_acts_unseen_is_shown_by_its_number(shown):
    html = shown["sample"]._repr_html_()
    for thing in shown.values():
        assert not ACTING.search(thing._repr_html_())
    for number in ("U+202E", "U+001B", "U+0007", "U+009B", "U+0000"):
        assert f'<span class="unseen">{number}</span>' in html


def test_attacks_are_still_there_to_be_read(shown):
    html = shown["sample"]._repr_html_()
    assert "&lt;script&gt;document.documentElement.dataset.attacked = 1&lt;/script&gt;" in html
    assert "&lt;/style&gt;&lt;/textarea&gt;" in html
    assert "javascript:document" in html


def test_a_terminal_is_not_steered(shown):
    for name, thing in shown.items():
        text = repr(thing)
        assert text, name
        assert not ACTING.search(text), name


def test_labels_may_be_attacks_too(project, attacks):
    """A documents layer of somebody else brings its own languages."""
    labels = [attack.replace(" ", "_") + "_x" for attack in attacks.values()]
    project.inputs([f"{label} some words behind it" for label in labels])
    project.perform()
    run = Run(project.recipe)
    for thing in (run.sample(n=99), run.histogram("too_short"), run.sample(n=1)[0].why()):
        assert Outline(thing._repr_html_()).tags <= ELEMENTS
        assert not ACTING.search(thing._repr_html_())
        assert not ACTING.search(repr(thing))
    assert len(run.histogram("n_chars").panels) == len(attacks)
