"""Rules are checked."""

import pytest

from eurosift.filters.errors import RuleError
from eurosift.filters.rules import Rule, RuleBody, named


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
