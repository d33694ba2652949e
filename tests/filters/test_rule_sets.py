"""Sets of rules are checked, changed and combined."""

import math

import pyarrow as pa
import pytest

from eurosift.filters.errors import RuleError
from eurosift.filters.rule_files import load_rule_set
from eurosift.filters.rule_sets import RuleSet
from eurosift.filters.rules import Rule
from eurosift.filters.signals import SCHEMA

SIGNALS = {field.name: field.type for field in SCHEMA}


def made(*conditions, name="own", threshold=50):
    """A set of rules with these conditions, as if each stood on a line of a file."""
    rules = [
        Rule(name=rule, reject_if=f"{left} < threshold", threshold=threshold)
        for rule, left in conditions
    ]
    places = {rule.name: f"{name}.yaml:{line}:5" for line, rule in enumerate(rules, 5)}
    return RuleSet(name, 1, tuple(rules), places)


def test_an_unknown_signal_is_named_with_its_rule():
    rules = made(("short", "word_cuont"))
    message = (
        r"^own\.yaml:5:5: rule short: unknown signal 'word_cuont' in "
        r"`word_cuont < threshold`; did you mean 'word_count'\?$"
    )
    with pytest.raises(RuleError, match=message):
        rules.check_signals(SIGNALS)


def test_a_signal_that_is_no_number_is_named_with_its_rule():
    rules = made(("short", "language"))
    with pytest.raises(RuleError, match=r"own\.yaml:5:5: rule short: 'language' in .* is string"):
        rules.check_signals({"language": pa.string()})


def test_columns_that_are_no_numbers_are_not_offered():
    rules = made(("short", "word_cuont"))
    with pytest.raises(RuleError, match="there are other_name"):
        rules.check_signals({"word_count": pa.string(), "other_name": pa.int8()})


def test_joined_sets_keep_their_order_and_later_rules_take_the_place_of_earlier_ones():
    first = made(("short", "word_count"), ("other", "word_count"))
    second = made(("short", "word_count"), ("new", "word_count"), name="b", threshold=9)
    both = first.joined(second)
    assert [(rule.name, rule.threshold) for rule in both.rules] == [
        ("short", 9),
        ("other", 50),
        ("new", 9),
    ]
    assert both.places["short"] == "b.yaml:5:5"
    assert (both.name, both.joined(second).name) == ("own+b", "own+b")
    assert both.places["other"] == "own.yaml:6:5"


def test_overrides_by_language_leave_the_others_as_they_are():
    rules = load_rule_set("fineweb2").with_thresholds(
        {"dup_line_frac": {"mlt_Latn": 0.5, "ell_Grek": None}}
    )
    rule = rules.find("dup_line_frac")
    assert rule.threshold_for("mlt_Latn") == 0.5
    assert math.isnan(rule.threshold_for("ell_Grek"))
    assert rule.threshold_for("bul_Cyrl") == 0.317
    assert rule.threshold_for("xxx_Latn") == 0.3


def test_a_default_holds_for_every_language_that_is_not_named_beside_it():
    rules = load_rule_set("fineweb2").with_thresholds(
        {"dup_line_frac": {"mlt_Latn": 0.5, "default": 0.9}}
    )
    rule = rules.find("dup_line_frac")
    assert [rule.threshold_for(code) for code in ("mlt_Latn", "bul_Cyrl", "xxx_Latn")] == [
        0.5,
        0.9,
        0.9,
    ]


def test_overrides_hold_for_every_language():
    rules = load_rule_set("fineweb2").with_thresholds({"dup_line_frac": 0.5})
    assert rules.find("dup_line_frac").threshold_for("mlt_Latn") == 0.5
    assert load_rule_set("fineweb2").find("dup_line_frac").threshold_for("mlt_Latn") == 0.395


def test_disabled_rules_are_gone_and_the_others_keep_their_order():
    rules = load_rule_set("gopher").without(("top_2_gram", "dup_para_frac"))
    names = [rule.name for rule in load_rule_set("gopher").rules]
    assert [r.name for r in rules.rules] == [
        n for n in names if n not in ("top_2_gram", "dup_para_frac")
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda rules: rules.without(("nope",)),
        lambda rules: rules.with_thresholds({"nope": 1.0}),
    ],
)
def test_changes_to_rules_that_are_not_there_are_errors(change):
    with pytest.raises(RuleError, match="rule set gopher: no rule 'nope'; there are dup_line"):
        change(load_rule_set("gopher"))


def test_an_infinite_override_is_an_error():
    with pytest.raises(RuleError, match="rule top_2_gram: inf is no threshold"):
        load_rule_set("gopher").with_thresholds({"top_2_gram": math.inf})


def test_all_that_is_wrong_with_a_set_is_told():
    rules = made(("short", "words / lines"), ("other", "letters"))
    with pytest.raises(RuleError) as caught:
        rules.check_signals(SIGNALS)
    assert [line.partition(" in ")[0] for line in str(caught.value).splitlines()] == [
        "own.yaml:5:5: rule short: unknown signal 'words'",
        "own.yaml:5:5: rule short: unknown signal 'lines'",
        "own.yaml:6:5: rule other: unknown signal 'letters'",
    ]
    for change in (
        lambda: rules.without(("a", "b")),
        lambda: rules.with_thresholds({"a": 1, "b": 2}),
    ):
        with pytest.raises(RuleError) as caught:
            change()
        assert [line.partition(";")[0] for line in str(caught.value).splitlines()] == [
            "rule set own: no rule 'a'",
            "rule set own: no rule 'b'",
        ]
