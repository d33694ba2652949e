from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from resiliparse.parse.html import HTMLTree

from eurosift.stages.extract.tags import cost_of

PIECES = (
    "<p>", "</p>", "<div>", "</div>", "<b>", "</b>", "<i class='x y'>", "</i>", "<font size=1>",
    "<font size=2 color=red>", "</font>", "<a href=x>", "</a>", "<nobr>", "<u", " a=1",
    " b = ' > '",
    ">", "<", "text ", "<script>", "</script>", "<title>", "</title>", "<!--", "-->", "<td>", "'",
    '"', "<B>", "<li>", "<table>", "</table>", "</td>",
    "<tr>", "<caption>", "<object>", "</object>", "<template>", "</template>", "<marquee>",
)  # fmt: skip


def cost(html):
    return cost_of(np.frombuffer(html.encode(), np.uint8))


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("<br>", 0),
        ("<a href=x>", 1),
        ("<a href='x y z' class=\"a > b\" hidden>", 3),
        ("<a href = x b= 'y z'/>", 2),
        ("<div " + 'a="1" ' * 3_000 + ">", 3_000),
        ('<div data-x="' + "word = other " * 3_000 + '">', 1),
        ("<div " + "a < " * 50 + ">", 100),
        ("<p a b c", 3),
        ("</p a>", 1),
        ("a < b c d > e", 0),
        ("<script>'<a b c d>'</script>", 0),
        ("<textarea><a b='</textarea><i x y>", 2),
        ("<!-- <a b> -->", 0),
    ],
)
def test_attributes_are_counted_but_not_words_in_their_values(tag, expected):
    assert cost(tag).most_attributes == expected


def test_attributes_of_all_tags_are_added_up():
    found = cost("<a b c><p d>x")
    assert (found.most_attributes, found.attributes) == (2, 3)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p><b>x</b></p>" * 9, 0),
        ("<b>" + "<p>" * 9, 9),
        ("<b>" * 50 + "<p>" * 9, 27),
        ("".join(f"<b id={i}>" for i in range(50)) + "<p>" * 9, 450),
        ("<a href=1><a href=2><a href=3>" + "<p>" * 9, 9),
        ("<b><i><u></u></i></b>" + "<p>" * 9, 0),
        ("<b>" * 5 + "</b>" * 4 + "<p>" * 9, 9),
        ("<b><i><u></b>x</u></i>", 2),
        ("<a href=1><i><a href=2></a></i>", 1),
        ("<b>" + "".join(f"<i id={n}>" for n in range(300)) + "</b>", 300),
    ],
)
def test_formatting_elements_that_are_not_closed_are_opened_again(html, expected):
    assert cost(html).reopened == expected


BOLD = "".join(f"<b id={i}>" for i in range(9))
CLOSED = "</b>" * 9


@pytest.mark.parametrize(
    "inner",
    [
        f"<table><tr><td>{CLOSED}</table>",
        f"<table><caption>{CLOSED}</caption></table>",
        f"<table><td></td><td><table></td><td></table>{CLOSED}</table>",
        f"<object>{CLOSED}</object>",
        f"<template>{CLOSED}</template>",
        f"<marquee>{CLOSED}</marquee>",
    ],
)
def test_an_end_tag_closes_nothing_outside_of_its_scope(inner):
    """As the parser has it: all nine are opened again in each paragraph."""
    html = f"<div>{BOLD}{inner}</div>" + "<p>x</p>" * 20
    assert len(HTMLTree.parse(html).document.query_selector_all("b")) >= 20 * 9
    assert cost(html).reopened >= 20 * 9


@pytest.mark.parametrize(
    "inner",
    ["<table><tr><td></table>", "<table><td></td></table>", "<object></object>", "<td>", "</td>"],
)
def test_an_end_tag_closes_what_is_open_where_its_scope_has_ended(inner):
    """What was opened again is only what its tags were in the way of."""
    html = BOLD + inner + CLOSED
    assert cost(html + "<p>" * 20).reopened == cost(html).reopened


def test_an_end_tag_closes_what_was_opened_in_its_cell():
    cell = f"<table><td>{BOLD}{CLOSED}</table>"
    assert cost(cell + "<p>" * 20).reopened == 0


def test_scopes_may_nest_deeper_than_is_remembered():
    html = "<div>" + BOLD + "<object>" * 1_500 + CLOSED
    assert cost(html + "</object>" * 1_499 + CLOSED + "<p>").reopened > cost(html).reopened
    closed = html + "</object>" * 1_500 + CLOSED
    assert cost(closed + "<p>").reopened == cost(closed).reopened


def test_attributes_and_bytes_are_opened_again_too():
    found = cost("<b x=1 y=2>" + "<p>" * 9)
    assert (found.reopened_attributes, found.reopened_bytes) == (18, 99)


@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
@example("<a href=x><i class='x y'><a href=x>")
@example("<i class='x y'>" * 3 + "<a href=x><i class='x y'><a href=x>")
@example("<!--><i class='x y'>")
@example("<b><i class='x y'></b>text ")
def test_parser_makes_no_more_elements_than_the_estimate(html):
    """Beside these: elements that tags imply (`tbody`, `tr`), three each at most."""
    tree = HTMLTree.parse(html)
    made = len(tree.document.query_selector_all("*"))
    found = cost(html)
    assert made <= 3 + 4 * html.count("<") + found.reopened
    attributes = sum(len(e.attrs) for e in tree.document.query_selector_all("*"))
    assert attributes <= found.attributes + found.reopened_attributes


@given(st.binary(max_size=300))
def test_anything_can_be_counted(data):
    assert min(cost_of(np.frombuffer(data, np.uint8))) >= 0
