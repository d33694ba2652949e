from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.stages.extract.jsonld import nodes_of, strings_of, types_of


def test_outer_objects_come_before_those_in_them_in_the_order_of_the_script():
    script = json.dumps([{"n": 1, "in": [{"n": 2}, {"n": 3, "x": {"n": 4}}]}, "s", {"n": 5}])
    assert [node["n"] for node in nodes_of(script, 100)] == [1, 2, 3, 4, 5]
    assert len(nodes_of(script, 3)) == 3


@pytest.mark.parametrize(
    "script",
    [
        '{"a": "one\ntwo"}',
        '<!--\n{"a": "one"}\n-->',
        '/*<![CDATA[*/{"a": "one"}/*]]>*/',
        '//<![CDATA[\n{"a": "one"}\n//]]>',
        '{"a": "one"};',
        '{"a": ["one", "two",\n], }',
    ],
)
def test_what_content_systems_get_wrong_is_read(script):
    assert len(nodes_of(script, 10)) == 1


@pytest.mark.parametrize(
    "script", ["", "{", "nul", '{"a": }', "[" * 100_000, '{"a":' * 100_000, '"' + "x" * 600_000]
)
def test_what_is_no_json_says_nothing(script):
    assert nodes_of(script, 10) == []


@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_all_objects_of_any_value_are_found(value):
    def count(value):
        inner = value.values() if isinstance(value, dict) else value
        if isinstance(value, str):
            return 0
        return isinstance(value, dict) + sum(map(count, inner))

    assert len(nodes_of(json.dumps(value), 10_000)) == count(value)


def test_types_are_without_their_address():
    assert list(types_of({"@type": ["http://schema.org/NewsArticle", "schema:Thing", 3]})) == [
        "NewsArticle",
        "Thing",
    ]
    assert list(types_of({})) == []


def test_strings_are_those_of_the_value_of_its_property_or_of_what_it_names():
    by_id = {"#p": {"name": ["C"]}}
    value = ["A", {"name": "B"}, {"@id": "#p"}, {"@id": "#q"}, {"name": 3}, None]
    assert list(strings_of(value, "name", by_id)) == ["A", "B", "C"]
