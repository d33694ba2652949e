"""One document: what is known of it, and what can be asked about it."""

import polars as pl
import pytest


@pytest.fixture(scope="module")
def scrubbed(crawl):
    found = crawl.rows().filter(pl.col("pii").list.len() > 1).select("id").head(1).collect()
    return crawl.document(found["id"][0])


def test_a_document_is_found_by_its_id(crawl):
    row = crawl.rows().filter(kept=False).head(1).collect().to_dicts()[0]
    document = crawl.document(row["id"])
    for name in ("id", "url", "language", "text", "kept", "reasons"):
        assert getattr(document, name) == row[name]
    assert document.place.rows() == [(row["shard"], row["row"])]


def test_marks_are_where_surrogates_are(scrubbed):
    html = scrubbed._repr_html_()
    assert scrubbed.kept
    assert scrubbed.scrubbed
    for span in scrubbed.spans:
        written = scrubbed.text[span["start"] : span["end"]]
        assert f'<mark title="{span["type"]}">{written}</mark>' in html
    assert "not scrubbed" not in html


def test_a_document_on_its_own_is_shown_whole(scrubbed):
    assert "more characters" not in scrubbed._repr_html_()
    assert scrubbed.text.splitlines()[0] in repr(scrubbed)


def test_a_page_without_text_is_shown_without(crawl):
    document = crawl.document(
        crawl.rows().filter(pl.col("text").is_null()).select("id").head(1).collect()["id"][0]
    )
    assert document.text is None
    assert "no text" in document._repr_html_()
    assert document.why().fates["langid"] == "not reached"
    assert document.scrubbing().frame.is_empty()
    assert "no text" in document.scrubbing()._repr_html_()
