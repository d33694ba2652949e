"""Values of rules and columns, against the layers and the report."""

import polars as pl
import pytest

from eurosift.pipeline.api import Run
from eurosift.pipeline.errors import QueryError


def test_at_the_threshold_of_now_as_many_are_kept_as_are_kept(crawl):
    """By every rule that has one threshold for a language."""
    kept = dict(
        crawl.rows("langid", "quality")
        .group_by("language")
        .agg((pl.col("kept") & pl.col("quality_reasons").is_not_null()).sum())
        .collect()
        .iter_rows()
    )
    for rule in ("gopher_short_doc", "top_4_gram", "line_punct_ratio", "gopher_too_many_bullets"):
        for panel in crawl.histogram(rule).panels.values():
            if len(panel.thresholds) == 1:
                documents, characters = panel.kept_if(panel.thresholds[0])
                assert documents == kept[panel.language], rule
                assert characters > 0 or not documents


def test_rejected_are_those_of_the_report(crawl):
    reasons = crawl.report()["reasons"]
    for rule in ("gopher_short_doc", "top_4_gram", "unsure"):
        told = dict(reasons.filter(reason=rule).select("language", "documents").iter_rows())
        panels = crawl.histogram(rule).panels
        assert {k: int(p.rejected.sum()) for k, p in panels.items() if p.rejected.any()} == told


def test_a_rule_that_asks_for_little_keeps_more_when_it_asks_for_less(crawl):
    """Whether a threshold is the least or the most that passes is known of each rule."""
    for rule, easier in (("gopher_short_doc", 0.0), ("top_4_gram", 1.0), ("unsure", 0.0)):
        found = crawl.histogram(rule, "eng")
        own = found.panels["eng_Latn"]
        assert own.kept_if(easier)[0] >= own.kept_if(own.thresholds[0])[0]
        assert own.kept_if(easier)[0] == own.others.sum()


def test_a_column_is_that_of_the_documents(crawl):
    own = crawl.histogram("word_count", "en").panels["eng_Latn"]
    rows = (
        crawl.rows().filter(language="eng_Latn").select("word_count", "kept", "n_chars").collect()
    )
    counted = rows.drop_nulls("word_count")
    assert sorted(own.values.tolist()) == sorted(counted["word_count"].to_list())
    kept = counted.filter("kept")
    assert own.kept_if(0) == (kept.height, kept["n_chars"].sum())
    middle = kept["word_count"].median()
    assert own.kept_if(middle)[0] == (kept["word_count"] >= middle).sum()


def test_thresholds_by_language_are_each_their_own(project):
    project.write(
        {
            "label": None,
            "length": None,
            "short": {"min_chars": 20, "per_language": {"mlt_Latn": {"min_chars": 27}}},
        }
    )
    project.perform()
    found = Run(project.recipe).histogram("too_short")
    assert {k: p.thresholds for k, p in found.panels.items()} == {
        "ekk_Latn": [20],
        "mlt_Latn": [27],
        "swe_Latn": [20],
    }
    assert found.kept_if(13).filter(language="mlt_Latn")["documents"][0] == 3
    assert found.kept_if(28).filter(language="mlt_Latn")["documents"][0] == 1


def test_what_has_no_numbers_is_told(crawl):
    with pytest.raises(QueryError, match="did you mean `word_count`"):
        crawl.histogram("word_cout")
    with pytest.raises(QueryError, match="column `url` holds no numbers"):
        crawl.histogram("url")
    with pytest.raises(QueryError, match="in these languages"):
        crawl.histogram("word_count", "rus_Cyrl")
