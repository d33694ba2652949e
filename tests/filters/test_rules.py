"""Rules are checked, and sets of them are changed and combined."""

import math

import pyarrow as pa
import pytest

from eurosift.filters.errors import RuleError
from eurosift.filters.rule_files import load_rule_set, parse_rule_set
from eurosift.filters.rules import Rule, RuleBody, named
from eurosift.filters.signals import SCHEMA

SIGNALS = {field.name: field.type for field in SCHEMA}

RULE = """
  - name: short
    version: 1
    description: too few words
    citation: a paper
    reject_if: word_count < threshold
    threshold: 50
"""
HEAD = "name: own\nversion: 1\nsource: me\nrules:"


def parse(text):
    return parse_rule_set(text.encode(), "own.yaml")


def test_an_unknown_signal_is_named_with_its_rule():
    rules = parse(HEAD + RULE.replace("word_count", "word_cuont"))
    message = (
        r"^own\.yaml:9:5: rule short: unknown signal 'word_cuont' in "
        r"`word_cuont < threshold`; did you mean 'word_count'\?$"
    )
    with pytest.raises(RuleError, match=message):
        rules.check_signals(SIGNALS)


def test_a_signal_that_is_no_number_is_named_with_its_rule():
    rules = parse(HEAD + RULE.replace("word_count", "language"))
    with pytest.raises(RuleError, match=r"own\.yaml:9:5: rule short: 'language' in .* is string"):
        rules.check_signals({"language": pa.string()})


def test_columns_that_are_no_numbers_are_not_offered():
    rules = parse(HEAD + RULE.replace("word_count", "word_cuont"))
    with pytest.raises(RuleError, match="there are other_name"):
        rules.check_signals({"word_count": pa.string(), "other_name": pa.int8()})


def test_a_number_may_stand_in_place_of_the_threshold():
    rule = Rule(name="loud", reject_if="upper_ratio > 0.4", by_language={"deu_Latn": 0.6})
    assert rule.threshold_for("mlt_Latn") == 0.4
    assert rule.threshold_for("deu_Latn") == 0.6
    assert rule.condition.signals == ("upper_ratio",)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"reject_if": "upper_ratio > 0.4", "threshold": 0.5}, "give one"),
        ({"reject_if": "upper_ratio > 0"}, "a threshold of 0 disables a rule"),
        ({"reject_if": "upper_ratio > threshold"}, "needs a `threshold`, or a number"),
        ({"reject_if": "upper_ratio = 1"}, "is no condition"),
    ],
)
def test_rules_without_a_clear_threshold_are_refused(body, message):
    with pytest.raises(ValueError, match=message):
        Rule(name="loud", **body)


def test_a_body_becomes_a_rule_by_its_name():
    rule = named("loud", RuleBody(reject_if="upper_ratio > 0.4"))
    assert rule == Rule(name="loud", reject_if="upper_ratio > 0.4")
    with pytest.raises(RuleError, match="'Too loud' cannot be the name of a rule"):
        named("Too loud", RuleBody(reject_if="upper_ratio > 0.4"))


def test_joined_sets_keep_their_order_and_later_rules_take_the_place_of_earlier_ones():
    first = parse(HEAD + RULE + RULE.replace("short", "other"))
    second = parse_rule_set(
        (HEAD + RULE.replace("50", "9") + RULE.replace("short", "new")).encode(), "b.yaml"
    )
    both = first.joined(second)
    assert [(rule.name, rule.threshold) for rule in both.rules] == [
        ("short", 9),
        ("other", 50),
        ("new", 50),
    ]
    assert both.places["short"] == "b.yaml:9:5"
    assert both.places["other"] == "own.yaml:16:5"


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
    rules = parse(
        HEAD
        + RULE.replace("word_count", "words / lines")
        + RULE.replace("short", "other").replace("word_count", "letters")
    )
    with pytest.raises(RuleError) as caught:
        rules.check_signals(SIGNALS)
    assert [line.partition(" in ")[0] for line in str(caught.value).splitlines()] == [
        "own.yaml:9:5: rule short: unknown signal 'words'",
        "own.yaml:9:5: rule short: unknown signal 'lines'",
        "own.yaml:16:5: rule other: unknown signal 'letters'",
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
