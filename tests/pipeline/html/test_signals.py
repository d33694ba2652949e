"""Distributions: shapes of what was counted, shares of the footers."""

import doctest

import pytest

from eurosift.pipeline.html import signals
from eurosift.pipeline.html.signals import counters, distributions
from eurosift.pipeline.html.survey import Survey
from eurosift.pipeline.totals import layer_totals


@pytest.fixture
def found(small):
    survey = Survey.of(small, None)
    counted = counters(survey)
    survey.run(counted)
    layers = {layer.stage: layer for layer in layer_totals(small)}
    return {each.rule: each for each in distributions(counted, layers)}


def test_examples():
    assert doctest.testmod(signals).failed == 0


def test_every_rule_with_a_threshold_has_a_distribution_by_language(found):
    assert set(found) == {"too_short", "too_long"}
    short = found["too_short"]
    assert (short.stage, short.signal, short.rejected) == ("short", "n_chars", 2)
    assert [(p.title, p.documents, p.share) for p in short.languages] == [
        ("ekk_Latn", 2, "50.0%"),
        ("mlt_Latn", 3, "66.7%"),
        ("swe_Latn", 1, "100%"),
    ]
    assert (short.whole.documents, short.whole.threshold, short.whole.share) == (6, "20", "66.7%")


def test_rules_that_reject_most_come_first(found):
    assert list(found) == ["too_short", "too_long"]


def test_scores_have_a_distribution_without_a_threshold(identified):
    survey = Survey.of(identified, None)
    counted = counters(survey)
    survey.run(counted)
    layers = {layer.stage: layer for layer in layer_totals(identified)}
    scores = {d.signal: d for d in distributions(counted, layers)}
    score = scores["language_score"]
    assert (score.rule, score.whole.threshold, score.whole.share) == ("", "", "100%")
    assert score.whole.documents == 4


def test_a_chart_says_in_words_what_it_shows(found):
    chart = str(found["too_short"].whole.chart)
    assert 'role="img"' in chart
    assert "all languages: histogram of 6 documents" in chart
    assert "threshold 20, 66.7% pass" in chart
    assert 'class="mark"' in chart
    assert 'class="gone"' in chart


def test_thresholds_that_differ_by_language_are_told_from_the_least_to_the_largest(tiny):
    stages = {
        "label": None,
        "length": None,
        "short": {"min_chars": 20, "per_language": {"mlt_Latn": {"min_chars": 9}}},
    }
    run = tiny([[{"text": "mlt_Latn one"}, {"text": "ekk_Latn one"}]], stages)
    survey = Survey.of(run, None)
    counted = counters(survey)
    survey.run(counted)
    layers = {layer.stage: layer for layer in layer_totals(run)}
    short = next(d for d in distributions(counted, layers) if d.rule == "too_short")
    assert short.whole.threshold == "9 to 20"
    assert [p.threshold for p in short.languages] == ["20", "9"]


def test_nothing_was_counted_nothing_is_shown(small):
    counted = counters(Survey.of(small, None))
    assert distributions(counted, {}) == []


def test_text_is_never_read_for_it(small):
    assert all("text" not in each.columns for each in counters(Survey.of(small, None)))
