"""The matrices of the report, as frames and shaded tables."""

import pytest

from eurosift.pipeline.errors import QueryError


@pytest.mark.parametrize("kind", ["html-lang", "tld"])
def test_the_frame_is_that_of_the_report(crawl, kind):
    assert crawl.confusion(kind).frame.equals(crawl.report()[kind])


def test_pairs_add_up_to_the_documents_that_were_looked_at(crawl):
    found = crawl.confusion()
    total = found.frame.filter(language="total")["documents"][0]
    inactive = found.frame.filter(language="inactive")["documents"][0]
    own = found.pairs()["documents"].sum()
    other = found.frame.filter(language="other")["documents"][0]
    assert own + other + inactive == total
    assert found.pairs()["documents"].is_sorted(descending=True)


def test_shares_of_the_row_are_shaded(crawl):
    html = crawl.confusion()._repr_html_()
    assert '<td class="number" style="--share:1.000"><bdi class="">6</bdi></td>' in html
    assert '<span class="zero">0</span>' in html
    assert '<th scope="row"><bdi class="">deu_Latn</bdi></th>' in html
    assert "100.0%" in html
    assert "deu_Latn" in repr(crawl.confusion())


def test_other_evidence_there_is_none(crawl):
    with pytest.raises(QueryError, match="there are html-lang and tld"):
        crawl.confusion("title")
