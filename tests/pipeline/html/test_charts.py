"""Shapes: their widths and heights are those of the numbers."""

import doctest
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from eurosift.pipeline.html import charts
from eurosift.pipeline.html.charts import Part, bar, histogram, spread


def shapes(svg, name="rect"):
    return etree.fromstring(str(svg)).findall(name)


def test_examples():
    assert doctest.testmod(charts).failed == 0


def test_parts_of_a_bar_stand_side_by_side_and_are_as_wide_as_they_are_many():
    found = shapes(bar([Part("kept", 50), Part("r0", 0), Part("r1", 25)], 100))
    assert [(r.get("class"), r.get("x"), r.get("width")) for r in found] == [
        ("kept", "0", "500"),
        ("r1", "503", "247"),
    ]


def test_one_document_among_a_million_is_still_seen():
    found = shapes(bar([Part("kept", 1), Part("r0", 999_999)], 1_000_000))
    assert float(found[0].get("width")) >= 2


def test_nothing_of_nothing_is_an_empty_bar():
    assert shapes(bar([Part("kept", 0)], 0)) == []


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)), max_size=60))
def test_a_histogram_has_a_column_for_each_number_that_is_not_zero(counts):
    svg = histogram([low for low, _ in counts], [high for _, high in counts], [0.5])
    drawn = {p.get("class"): p.get("d").count("z") for p in shapes(svg, "path")}
    assert drawn.get("kept", 0) == sum(low > 0 for low, _ in counts)
    assert drawn.get("gone", 0) == sum(high > 0 for _, high in counts)


def test_marks_beyond_the_scale_are_not_drawn():
    svg = histogram([1], [0], [-0.1, 0.25, 1.1])
    marks = [p.get("d") for p in shapes(svg, "path") if p.get("class") == "mark"]
    assert marks == ["M250 0v100"]


def test_a_label_is_for_screen_readers_and_without_one_the_shape_is_hidden_from_them():
    told = etree.fromstring(str(histogram([1], [0], [], label='"<b>\u202e')))
    assert (told.get("role"), told.get("aria-label")) == ("img", '"<b>⟨U+202E⟩')
    assert etree.fromstring(str(histogram([1], [0], []))).get("aria-hidden") == "true"


def test_a_spread_is_within_its_scale():
    for svg in (spread(1, 2, 3, 4, 4), spread(0, 0, 0, 0, 0)):
        numbers = [float(x) for x in re.findall(r"[MH](\d[\d.]*)", str(svg))]
        assert all(0 <= x <= charts.WIDTH for x in numbers)


@pytest.mark.parametrize("svg", [bar([Part("kept", 1)], 2), spread(1, 2, 3, 4, 4)])
def test_no_shape_has_a_style_of_its_own_which_the_policy_would_forbid(svg):
    assert "style=" not in svg
