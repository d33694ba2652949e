"""Every failing rule is a reason, in the order of the rules."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.filters.errors import RuleError
from eurosift.filters.rule_files import load_rule_set, parse_rule_set
from eurosift.filters.signals import SCHEMA
from eurosift.filters.verdicts import FAILED, judge, passes

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


def verdicts(words, hashes, languages, told=judge):
    signals = {
        "word_count": pa.array(words, pa.int32()),
        "hash_ratio": pa.array(hashes, pa.float32()),
    }
    return told(parse_rule_set(TWO, "two"), signals, pa.array(languages, pa.string()))


def test_all_reasons_are_given_in_order():
    found = verdicts([3, 60, 3], [0.5, 0.5, 0.1], ["eng_Latn"] * 3)
    assert found.reasons.to_pylist() == [["short", "hashes"], ["hashes"], ["short"]]
    assert found.reasons.type == pa.list_(pa.string())


def test_a_failed_rule_is_told_with_both_sides_of_its_comparison():
    found = verdicts([3, 60], [0.5, 0.05], ["mlt_Latn", "eng_Latn"])
    assert found.failed.type == pa.list_(FAILED)
    (short, hashes), none = found.failed.to_pylist()
    assert short == {"rule": "short", "value": 3, "threshold": 10}
    assert hashes == {"rule": "hashes", "value": 0.5, "threshold": pytest.approx(0.1)}
    assert none == []


@given(
    st.lists(
        st.tuples(
            st.none() | st.integers(0, 99),
            st.none() | st.floats(0, 1, width=32),
            st.sampled_from(["mlt_Latn", "deu_Latn", None]),
        )
    )
)
def test_reasons_comparisons_and_what_passes_say_the_same(rows):
    columns = [*zip(*rows, strict=True)] or [[], [], []]
    found = verdicts(*columns)
    reasons = found.reasons.to_pylist()
    assert verdicts(*columns, told=passes).tolist() == [not row for row in reasons]
    assert [[each["rule"] for each in row] for row in found.failed.to_pylist()] == reasons
    for row in found.failed.to_pylist():
        for each in row:
            below = each["value"] < each["threshold"]
            assert below if each["rule"] == "short" else not below


def test_thresholds_are_those_of_the_language():
    found = verdicts([20] * 4, [0.0] * 4, ["mlt_Latn", "eng_Latn", None, "deu_Latn"])
    assert found.reasons.to_pylist() == [[], ["short"], ["short"], []]


def test_a_rule_says_nothing_about_an_unknown_signal():
    found = verdicts([None, None], [0.5, None], ["eng_Latn"] * 2)
    assert found.reasons.to_pylist() == [["hashes"], []]


def test_no_rows():
    found = verdicts([], [], [])
    assert found.reasons.to_pylist() == []
    assert found.reasons.type == pa.list_(pa.string())


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


@pytest.mark.parametrize(
    ("name", "signal", "usual", "odd", "reason"),
    [
        ("c4", "c4_lorem_ipsum_count", 0, 1, "lorem_ipsum"),
        ("c4", "c4_curly_bracket_count", 0, 1, "curly_bracket"),
        ("c4", "c4_sentence_count", 5, 4, "too_few_sentences"),
        ("mc4", "long_line_count", 3, 2, "mc4_long_lines"),
        ("madlad", "segment_agreement", 0.8, 0.79, "madlad_other_language"),
        ("madlad", "upper_word_ratio", 0.2, 0.21, "madlad_upper_case"),
        ("madlad", "c4_few_word_line_ratio", 0.2, 0.21, "madlad_short_lines"),
        ("madlad", "url_ratio", 0.1, 0.21, "madlad_technical"),
        ("madlad", "garbage_ratio", 0.01, 0.02, "madlad_garbage"),
        ("wds", "quality_score", 0.5, 0.49, "low_quality_score"),
        ("bad_words", "bad_word_count", 0, 1, "bad_words"),
    ],
)
def test_every_rule_of_the_other_shipped_sets_can_reject(name, signal, usual, odd, reason):
    rules = load_rule_set(name)
    for value, expected in ((usual, []), (odd, [reason])):
        signals = {each: pa.nulls(1, pa.float32()) for each in rules.signals}
        if name == "madlad" and signal != "segment_agreement":
            signals |= {each: pa.array([0.0]) for each in rules.signals if "segment" not in each}
        signals[signal] = pa.array([value], pa.float32())
        assert judge(rules, signals, pa.nulls(1)).reasons.to_pylist() == [expected]


def test_a_signal_that_is_missing_or_no_number_is_an_error():
    rules = parse_rule_set(TWO, "two")
    languages = pa.nulls(1)
    with pytest.raises(RuleError, match="rule hashes: unknown signal 'hash_ratio'"):
        judge(rules, {"word_count": pa.array([1])}, languages)
    with pytest.raises(RuleError, match=r"rule hashes: 'hash_ratio' .* is string"):
        judge(rules, {"word_count": pa.array([1]), "hash_ratio": pa.array(["x"])}, languages)
