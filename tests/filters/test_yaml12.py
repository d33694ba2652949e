"""YAML as rule sets, tables and recipes are written in."""

import itertools
import pickle

import pytest

from eurosift.filters.errors import YamlError
from eurosift.filters.yaml12 import parse

BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n"
    for before, name in itertools.pairwise("abcdefghijkl")
)
"""Twelve lines that stand for 9¹² values."""


def test_what_aliases_stand_for_is_repeated():
    assert parse("a: &x [1, b]\nc: *x\n", "a.yaml").data == {"a": [1, "b"], "c": [1, "b"]}


def test_fifty_levels_are_not_too_deep():
    found = parse("[" * 50 + "]" * 50, "a.yaml").data
    for _ in range(49):
        (found,) = found
    assert found == []


@pytest.mark.parametrize(
    ("text", "value"),
    [("no", "no"), ("12:30:00", "12:30:00"), ("017", 17), ("1e-3", 0.001), ("true", True)],
)
def test_scalars_are_those_of_yaml_1_2(text, value):
    assert parse(f"key: {text}\n", "a.yaml").data == {"key": value}


def test_the_place_of_a_value_is_that_of_its_nearest_parent():
    document = parse("rules:\n- name: a\n", "a.yaml")
    assert document.where(("rules", 0, "name")) == "a.yaml:2:3"
    assert document.where(("rules", 0, "nothing")) == "a.yaml:2:3"
    assert document.where(("nothing",)) == "a.yaml:1:1"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\na: 2\n", "a.yaml:2:1: `a` is given twice (first in line 1)"),
        ("? [a]\n: 1\n", "a.yaml:1:3: a key must be a plain word"),
        ("a: !own 1\n", "a.yaml:1:4: tags are not understood: !own"),
        ("a: &x [*x]\n", "a.yaml:1:4: a value refers to itself, or is nested too deep"),
        ("[" * 5000 + "]" * 5000, "a.yaml:1:51: is nested more than 50 deep"),
        ("- " * 5000, "a.yaml:1:101: is nested more than 50 deep"),
        ("{a: " * 100_000, "a.yaml:1:201: is nested more than 50 deep"),
        ("- a\n" * 100_001, "a.yaml:100000:3: there are more than 100,000 values"),
        ("a" * 4_000_001, "a.yaml: has more than 4,000,000 characters"),
        (BOMB, "a.yaml:1:12: aliases make more than 100,000 values"),
        ("a: [", "a.yaml:"),
    ],
)
def test_what_is_wrong_is_one_error_with_its_place(text, message):
    with pytest.raises(YamlError) as caught:
        parse(text, "a.yaml")
    assert message in str(caught.value)
    assert pickle.loads(pickle.dumps(caught.value)).problems == caught.value.problems
