"""Rule sets say what they must, and errors name file and rule."""

import math

import pytest

from eurosift.filters.errors import RuleError
from eurosift.filters.rule_files import (
    SHIPPED,
    load_rule_set,
    parse_rule_set,
    shipped_digest,
)
from eurosift.filters.signals import SCHEMA
from eurosift.filters.stopwords import load_stop_words
from eurosift.langid.languages import canonical

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


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_sets_speak_of_signals_that_exist(name):
    rules = load_rule_set(name)
    rules.check_signals(dict.fromkeys((*SCHEMA.names, "quality_score", "bad_word_count")))
    assert rules.name == name
    assert all(rule.citation and rule.description for rule in rules.rules)
    assert len(shipped_digest(name)) == 32


def test_fineweb2_has_thresholds_for_each_language():
    """Spot checks against the configurations of FineWeb-2."""
    rules = load_rule_set("fineweb2")
    languages = set(load_stop_words())
    for rule in rules.rules:
        if len(rule.by_language) > 1:
            assert set(rule.by_language) == languages
    assert rules.find("list_ratio").threshold_for("mlt_Latn") == 0.162
    assert rules.find("top_2_gram").threshold_for("mlt_Latn") == 0.949
    assert rules.find("duplicated_10_n_grams").threshold_for("ell_Grek") == 0.119
    assert rules.find("gopher_above_avg_threshold").threshold_for("deu_Latn") == 15
    assert rules.find("char_dup_ratio").threshold_for("swe_Latn") == 0.1
    assert rules.find("char_dup_ratio").threshold_for("eng_Latn") == 0.01


def test_zero_disables_a_rule_for_its_language():
    rules = load_rule_set("fineweb2")
    assert math.isnan(rules.find("line_punct_ratio").threshold_for("deu_Latn"))
    assert math.isnan(rules.find("dup_para_frac").threshold_for("mlt_Latn"))
    assert rules.find("dup_para_frac").threshold_for("eng_Latn") == 0.3


def test_unknown_languages_take_the_general_threshold():
    rule = load_rule_set("fineweb2").find("dup_line_frac")
    assert rule.threshold_for("xxx_Latn") == rule.threshold_for(None) == 0.3


def test_english_in_fineweb2_is_fineweb():
    ours, english = load_rule_set("fineweb2"), load_rule_set("fineweb")
    for rule in english.rules:
        assert ours.find(rule.name).threshold_for("eng_Latn") == rule.threshold


def test_own_sets_are_loaded_from_a_path(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(HEAD + RULE)
    assert [rule.name for rule in load_rule_set(path).rules] == ["short"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD + RULE.replace("50", "fifty"), "own.yaml:10:5: rule short: threshold: .*number"),
        (HEAD + RULE.replace("50", ".nan"), "rule short: .*no threshold"),
        (HEAD + RULE.replace("50", "1e39"), "rule short: .*no threshold"),
        (HEAD + RULE.replace("50", "true"), "rule short: threshold"),
        (HEAD + RULE.replace("< threshold", "< 50"), "own.yaml:5:5: rule short: .*give one"),
        (
            HEAD + RULE.replace("version: 1", "vers: 1"),
            "rule short: vers: unknown key; did you mean 'version'",
        ),
        (
            HEAD + RULE.replace("< threshold", "<"),
            "own.yaml:9:5: rule short: reject_if: .*no cond",
        ),
        (HEAD + RULE + "    by_language: {mt: 3}\n", "rule short: .*unknown language 'mt'"),
        (HEAD + RULE + "    threshold: 60\n", "own.yaml:11:5: `threshold` is given twice"),
        (HEAD + RULE + RULE, "rule short is there twice"),
        (HEAD + "\n  - 3\n", "rule number 1: should be a mapping$"),
        (HEAD + " []\n", "rules"),
        ("name: own\nrules: []\nsource: x\n", "version"),
        ("- a", "rule set: should be a mapping$"),
        ("a: [", "own.yaml:2:1: "),
        ("? [a]\n: 1\n", "own.yaml:1:3: a key must be a plain word"),
    ],
)
def test_errors_name_file_and_rule(text, message):
    with pytest.raises(RuleError, match=message) as caught:
        parse(text)
    assert "own.yaml" in str(caught.value)


def test_all_errors_of_a_file_are_told_with_their_lines():
    text = HEAD + RULE.replace("50", "fifty") + RULE.replace("< threshold", "<")
    with pytest.raises(RuleError) as caught:
        parse(text.replace("source: me\n", ""))
    assert [line[: line.index(": ")] for line in str(caught.value).splitlines()] == [
        "own.yaml:1:1",
        "own.yaml:9:5",
        "own.yaml:15:5",
    ]
    with pytest.raises(RuleError) as caught:
        parse(HEAD + RULE * 3)
    assert str(caught.value).splitlines() == [
        "own.yaml:12:5: rule short is there twice",
        "own.yaml:19:5: rule short is there twice",
    ]


def test_numbers_are_those_of_yaml_1_2():
    """YAML 1.1 has `1e-3` as text, and `12:30:00` as 45000."""
    assert parse(HEAD + RULE.replace("50", "1e-3")).find("short").threshold == 0.001
    with pytest.raises(RuleError, match=r"rule short: threshold: .*number"):
        parse(HEAD + RULE.replace("50", "12:30:00"))


def test_a_language_under_two_names_is_an_error():
    text = HEAD + RULE + "    by_language: {et: 3, ekk_Latn: 4}\n"
    with pytest.raises(RuleError, match=r"rule short: .*ekk_Latn has a threshold already"):
        parse_rule_set(text.encode(), "own.yaml", canonical)


def test_a_rule_set_that_is_no_utf_8_is_an_error():
    with pytest.raises(RuleError, match=r"own\.yaml: is no UTF-8"):
        parse_rule_set(b"name: \xff", "own.yaml")


def test_a_missing_set_names_the_shipped_ones():
    with pytest.raises(
        RuleError,
        match=r"finewebb: no such rule set; did you mean `fineweb`\? Shipped are fineweb2",
    ):
        load_rule_set("finewebb")
