"""YAML 1.2, with the place of every value."""

import json
import math

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from eurosift.pipeline import yaml12
from eurosift.pipeline.errors import RecipeError


def parse(text):
    return yaml12.parse(text, "r.yaml").data


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("y", "y"),
        ("12:30:00", "12:30:00"),
        ("2026-11-23", "2026-11-23"),
        ("1_000", "1_000"),
        ("0o17", 15),
        ("017", 17),
        ("0x1F", 31),
        ("-7", -7),
        ("1e5", 100_000.0),
        ("1.", 1.0),
        (".5", 0.5),
        ("-1.5E-3", -0.0015),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        ("true", True),
        ("FALSE", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("'null'", "null"),
        ('"12"', "12"),
        ("mlt_Latn", "mlt_Latn"),
    ],
)
def test_scalars_follow_the_core_schema_of_yaml_1_2(text, value):
    got = parse(f"key: {text}\n")["key"]
    assert got == value
    assert type(got) is type(value)


def test_nan_is_a_number():
    assert math.isnan(parse("key: .nan\n")["key"])


def test_an_empty_document_is_null():
    assert parse("# only a comment\n") is None


def test_a_key_given_twice_is_refused_with_both_places():
    with pytest.raises(RecipeError) as error:
        parse("stages:\n  count: {}\n  pii: {}\n  count: {}\n")
    assert str(error.value) == "r.yaml:4:3: `count` is given twice (first in line 2)"


def test_every_doubled_key_is_reported_at_once():
    with pytest.raises(RecipeError) as error:
        parse("a: 1\na: 2\nb: {c: 1, c: 2}\n")
    assert [p.split(" ")[0] for p in error.value.problems] == ["r.yaml:2:1:", "r.yaml:3:11:"]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("a: [1, 2\nb: 3\n", "r.yaml:2:2: "),
        ("a: 1\n b: 2\n", "r.yaml:2:3: "),
        ('a: "open\n', "r.yaml:1:4: "),
        ("a: *nowhere\n", "r.yaml:1:4: "),
        ("a: 1\n--- \nb: 2\n", "r.yaml:2:1: "),
        ("\ta: 1\n", "r.yaml:1:1: "),
    ],
)
def test_a_syntax_error_names_file_line_and_column(text, where):
    with pytest.raises(RecipeError) as error:
        parse(text)
    assert str(error.value).startswith(where)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: &x [1, *x]\n", "refers to itself"),
        ("? [a, b]\n: 1\n", "a key must be a plain word"),
        ("a: \x07\n", "is no YAML"),
        ("a: !python/name:os.system x\n", "tags are not understood"),
        ("a: " + "9" * 5000 + "\n", "too long"),
    ],
)
def test_what_a_recipe_cannot_hold_is_refused_in_one_line(text, says):
    with pytest.raises(RecipeError, match=says) as error:
        parse(text)
    assert str(error.value).startswith("r.yaml")
    assert "\n" not in str(error.value)


def test_an_anchor_used_twice_gives_the_value_twice():
    assert parse("a: &x {min: 3}\nb: *x\n") == {"a": {"min": 3}, "b": {"min": 3}}


def test_the_place_of_a_value_is_that_of_its_key_or_item():
    document = yaml12.parse("über: 1\nstages:\n  quality:\n    rules: [a, b]\n", "r.yaml")
    assert document.where(("stages", "quality")) == "r.yaml:3:3"
    assert document.where(("stages", "quality", "rules")) == "r.yaml:4:5"
    assert document.where(("stages", "quality", "rules", 1)) == "r.yaml:4:16"


def test_the_place_of_a_missing_value_is_that_of_its_nearest_parent():
    document = yaml12.parse("stages:\n  quality:\n    rules: x\n", "r.yaml")
    assert document.where(("stages", "quality", "nothing", 7)) == "r.yaml:2:3"
    assert document.where(("nothing",)) == "r.yaml:1:1"


def test_a_missing_file_says_how_to_get_one(tmp_path):
    with pytest.raises(RecipeError, match="no such file; `eurosift init` writes a recipe"):
        yaml12.load(tmp_path / "none.yaml")


def test_a_file_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "r.yaml"
    path.write_bytes(b"a: \xff\xfe\n")
    with pytest.raises(RecipeError, match="cannot be read"):
        yaml12.load(path)
    with pytest.raises(RecipeError, match="cannot be read"):
        yaml12.load(tmp_path)


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path):
    path = tmp_path / "r.yaml"
    path.write_text("version: 1\n", encoding="utf-8-sig")
    assert yaml12.load(path).data == {"version": 1}


_words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]))
_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | _words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_words, inner, max_size=4),
    max_leaves=12,
)


@given(_json)
def test_json_is_read_as_what_it_is(value):
    """JSON is YAML 1.2, so whatever can be written as JSON comes back unchanged."""
    assert parse(json.dumps(value, ensure_ascii=False)) == value


@given(_json)
def test_what_is_written_as_yaml_comes_back(value):
    """In block style with every string quoted, as a recipe may be."""

    class Quoted(yaml.SafeDumper):
        pass

    Quoted.add_representer(
        str, lambda d, s: d.represent_scalar("tag:yaml.org,2002:str", s, style='"')
    )
    Quoted.ignore_aliases = lambda *_: True
    assert parse(yaml.dump(value, Dumper=Quoted, allow_unicode=True)) == value
