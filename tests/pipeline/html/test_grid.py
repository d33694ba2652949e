"""Values as they are written."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.pipeline.html import grid
from eurosift.pipeline.html.grid import LEVELS, Column, Grid, by_label, heat, label_column, percent


def test_examples():
    assert doctest.testmod(grid).failed == 0


@given(st.integers(0, 10**12), st.integers(1, 10**12))
def test_a_share_is_written_as_all_or_nothing_only_if_it_is(part, more):
    share = part / (part + more)
    assert (percent(share) in {"0%", "0.0%"}) == (share == 0)
    assert (percent(share) in {"100%", "100.0%"}) == (share == 1)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_shades_grow_with_the_share(part, whole):
    part = min(part, whole)
    assert 0 <= heat(part, whole) <= LEVELS
    assert heat(part, whole) <= heat(whole, whole)
    assert (heat(part, whole) == 0) == (part == 0)


def test_sums_are_set_apart_from_the_rows_that_can_be_sorted():
    found = Grid("g", "", [Column("a", "a")], [{"a": 1}, {"a": 2}, {"a": 3}], footer=1)
    assert (found.body, found.sums) == ([{"a": 1}, {"a": 2}], [{"a": 3}])
    assert Grid("g", "", [], [{"a": 1}]).sums == []


@pytest.mark.parametrize("label", ["reason", "all", "type"])
def test_a_language_that_is_called_like_a_column_does_not_take_its_place(label):
    assert label_column(label).title == label
    assert label not in by_label({label: 1})
    assert by_label({label: 1})[label_column(label).key] == 1
