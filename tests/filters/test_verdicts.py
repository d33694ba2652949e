"""Every failing rule is a reason, in the order of the rules."""

import pyarrow as pa
import pytest

from eurosift.filters.errors import RuleError
from eurosift.filters.rules import load_rule_set, parse_rule_set
from eurosift.filters.signals import SCHEMA
from eurosift.filters.verdicts import judge

TWO = b"""
name: two
version: 1
source: tests
rules:
  - name: short
    version: 1
    description: ''
    citation: ''
    reject_if: word_count < threshold
    threshold: 50
    by_language: {mlt_Latn: 10, deu_Latn: 0}
  - name: hashes
    version: 1
    description: ''
    citation: ''
    reject_if: hash_ratio > threshold
    threshold: 0.1
"""


def verdicts(words, hashes, languages):
    signals = {
        "word_count": pa.array(words, pa.int32()),
        "hash_ratio": pa.array(hashes, pa.float32()),
    }
    return judge(parse_rule_set(TWO, "two"), signals, pa.array(languages, pa.string()))


def test_all_reasons_are_given_in_order():
    given = verdicts([3, 60, 3], [0.5, 0.5, 0.1], ["eng_Latn"] * 3)
    assert given.reasons.to_pylist() == [["short", "hashes"], ["hashes"], ["short"]]
    assert given.reasons.type == pa.list_(pa.string())
    assert given.score.tolist() == [0.0, 0.5, 0.5]


def test_thresholds_are_those_of_the_language():
    given = verdicts([20] * 4, [0.0] * 4, ["mlt_Latn", "eng_Latn", None, "deu_Latn"])
    assert given.reasons.to_pylist() == [[], ["short"], ["short"], []]
    assert given.score.tolist() == [1.0, 0.5, 0.5, 1.0]


def test_a_rule_says_nothing_about_an_unknown_signal():
    given = verdicts([None, None], [0.5, None], ["eng_Latn"] * 2)
    assert given.reasons.to_pylist() == [["hashes"], []]
    assert given.score.tolist() == [0.0, 1.0]


def test_no_rows():
    given = verdicts([], [], [])
    assert given.reasons.to_pylist() == []
    assert given.reasons.type == pa.list_(pa.string())


@pytest.mark.parametrize("name", ["fineweb2", "fineweb", "gopher"])
def test_every_rule_of_a_shipped_set_can_reject(name):
    """Each by signals that are ordinary but for the one that it speaks of."""
    rules = load_rule_set(name)
    ordinary = dict.fromkeys(SCHEMA.names, 0.0)
    ordinary |= {"word_count": 500, "mean_word_length": 5.0, "alpha_word_ratio": 0.95}
    ordinary |= {"line_punct_ratio": 0.9, "stop_word_count": 8}

    def judged(values):
        columns = {k: pa.array([v], SCHEMA.field(k).type) for k, v in values.items()}
        return judge(rules, columns, pa.array(["eng_Latn"])).reasons.to_pylist()[0]

    assert judged(ordinary) == []
    for rule in rules.rules:
        (signal,) = rule.condition.signals
        threshold = rule.threshold_for("eng_Latn")
        delta = 1 if threshold >= 1 else 0.001
        beyond = threshold + (delta if ">" in rule.reject_if else -delta)
        at = int if SCHEMA.field(signal).type == pa.int32() else float
        assert judged(ordinary | {signal: at(threshold)}) == []
        assert rule.name in judged(ordinary | {signal: at(beyond)})


def test_a_signal_that_is_missing_or_no_number_is_an_error():
    rules = parse_rule_set(TWO, "two")
    languages = pa.nulls(1)
    with pytest.raises(RuleError, match="rule hashes: unknown signal 'hash_ratio'"):
        judge(rules, {"word_count": pa.array([1])}, languages)
    with pytest.raises(RuleError, match="signal hash_ratio: expected numbers, got string"):
        judge(rules, {"word_count": pa.array([1]), "hash_ratio": pa.array(["x"])}, languages)
