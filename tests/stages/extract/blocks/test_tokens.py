from __future__ import annotations

import numpy as np
import pytest

from eurosift.stages.extract.blocks.tokens import (
    entity,
    find_end,
    hides,
    hints_of,
    is_modal,
    is_telling,
)
from eurosift.stages.extract.blocks.vocabulary import vocabulary


def points(text):
    return np.frombuffer(text.encode("utf-32-le"), np.uint32)


@pytest.mark.parametrize(
    ("text", "found"),
    [("&lt;x", ("<", 4)), ("&gt;", (">", 4)), ("&amp;", ("&", 5)), ("&quot;", ('"', 6)),
     ("&nbsp;", ("\xa0", 6)), ("& x", ("&", 1)), ("&", ("&", 1)), ("&l", ("&", 1))],
)  # fmt: skip
def test_the_entities_of_a_parser_are_read(text, found):
    point, size = entity(points(text), 0)
    assert (chr(point), size) == found


@pytest.mark.parametrize(
    ("name", "tells"),
    [("class", True), ("id", True), ("role", True), ("itemprop", True), ("href", False),
     ("style", False), ("is", False), ("", False)],
)  # fmt: skip
def test_attributes_that_say_what_an_element_is_for(name, tells):
    assert is_telling(points(name), 0, len(name)) == tells


@pytest.mark.parametrize(
    ("attribute", "hidden"),
    [("hidden ", True), ("style display: none", True), ("style color: red", False),
     ("class none", False), ("style no", False)],
)  # fmt: skip
def test_attributes_that_hide(attribute, hidden):
    name = attribute.index(" ")
    assert hides(points(attribute), 0, name, name + 1, len(attribute)) == hidden


def test_hints_are_found_in_any_case_and_values_told_apart():
    known = vocabulary()
    groups, digest = hints_of(points("Site-FOOTER žmenu"), 0, 17, known)
    assert groups == 1 << 6 | 1 << 3
    assert hints_of(points("foote"), 0, 5, known)[0] == 1 << 6
    assert hints_of(points("fo"), 0, 2, known)[0] == 0
    assert hints_of(points("site-footer ŽMENU"), 0, 17, known)[1] != digest


def test_raw_content_ends_at_its_end_tag():
    page = points("<script>a</b></script>")
    assert find_end(page, 8, 1, 7) == 13
    assert find_end(points("<style>a"), 7, 1, 6) == 8


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("aria-modal", "true", True),
        ("aria-modal", "false", False),
        ("aria-label", "true", False),
        ("modal", "true", False),
    ],
)
def test_what_lies_over_the_page_says_that_it_is_modal(name, value, expected):
    text = f'{name}="{value}"'
    begin = len(name) + 2
    assert is_modal(points(text), 0, len(name), begin, begin + len(value)) is expected
