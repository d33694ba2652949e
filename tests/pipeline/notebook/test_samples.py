"""Samples: the documents that were asked for, read when they are looked at."""

import polars as pl
import pytest

from eurosift.pipeline.errors import QueryError
from eurosift.pipeline.notebook.samples import Sample
from eurosift.pipeline.sampling import Query
from eurosift.pipeline.view import View


def test_nothing_is_drawn_before_it_is_looked_at(crawl, monkeypatch):
    sample = crawl.sample("eng_Latn", 3)
    lazy = sample.rows

    def fail(*_arguments):
        raise AssertionError("rows were read")

    with monkeypatch.context() as patch:
        patch.setattr(View, "batches", fail)
        crawl.sample("eng_Latn", 3).rejected("gopher_short_doc")
        assert isinstance(lazy, pl.LazyFrame)
    assert len(sample) == 3


def test_a_sample_is_drawn_from_all_its_rows(crawl):
    sample = crawl.sample("eng_Latn", 100, rejected_by="gopher_short_doc")
    rows = sample.rows.collect()
    assert sorted(sample.frame["id"]) == sorted(rows["id"])
    assert rows["quality_reasons"].list.contains("gopher_short_doc").all()
    assert set(rows["language"]) == {"eng_Latn"}


def test_other_columns_may_be_asked_for(crawl):
    sample = crawl.sample(n=4)
    found = sample.select("id", "word_count")
    assert found["id"].equals(sample.frame["id"])
    with pytest.raises(QueryError, match="did you mean `word_count`"):
        sample.select("word_cont")


def test_it_is_a_sequence_of_documents(crawl):
    sample = crawl.sample("deu", 3)
    assert [d.id for d in sample] == sample.frame["id"].to_list()
    assert [d.id for d in sample[1:]] == sample.frame["id"].to_list()[1:]
    assert sample[0].language == "deu_Latn"


def test_it_is_shown_with_verdict_reason_and_text(crawl):
    sample = crawl.sample("eng_Latn", 20, rejected_by="gopher_short_doc")
    html = sample._repr_html_()
    assert html.count("<article>") == len(sample) == 2
    assert html.count("quality:gopher_short_doc") == 2
    assert "2 documents: there are no more" in html
    assert html.count("not scrubbed") == 2
    assert html.count('lang="en" dir="auto"') == 2
    assert "rejected: quality:gopher_short_doc" in repr(sample)
    assert repr(crawl.sample("mt", rejected_by="gopher_short_doc")) == "no such documents\n"


def test_near_a_threshold_the_distance_is_shown(crawl):
    sample = crawl.sample("eng_Latn", 2).near("gopher_short_doc")
    assert "36 for a threshold of 50 (-28.0%)" in sample._repr_html_()
    assert sample.frame["distance"].abs().is_sorted()


def test_surrogates_are_marked_whatever_stage_is_asked_about(crawl):
    """The layers behind that stage have scrubbed the text all the same."""
    for stage in (None, "quality"):
        query = Query("eng_Latn", stage, verdict="kept")
        found = [d for d in Sample(crawl.runtime, query, 20) if d.scrubbed and d.spans]
        assert found
        for document in found:
            assert document._repr_html_().count("<mark") == len(document.spans)
