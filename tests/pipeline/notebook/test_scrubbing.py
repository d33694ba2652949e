"""Before and after scrubbing: what was found, and what stands there now."""

import polars as pl
import pytest

from eurosift.pipeline.errors import QueryError


@pytest.fixture(scope="module")
def scrubbed(crawl):
    found = crawl.rows().filter(pl.col("pii").list.len() > 1).select("id").head(1).collect()
    return crawl.document(found["id"][0])


def test_both_texts_are_those_of_the_layers(crawl, scrubbed):
    found = scrubbed.scrubbing()
    where = pl.col("id") == scrubbed.id
    own = crawl.layer("extract").filter(where).select("text").collect()["text"][0]
    assert found.before == own
    assert found.after == scrubbed.text
    assert list(found.written) == list(scrubbed.spans)
    assert found.reached


def test_outside_of_the_spans_nothing_differs(crawl):
    for document in crawl.sample(n=100, verdict="kept"):
        found = document.scrubbing()
        if found.after is None:
            assert not found.found
            continue
        rest = [_without(found.before, found.found), _without(found.after, found.written)]
        assert rest[0] == rest[1]


def _without(text, spans):
    parts, at = [], 0
    for span in spans:
        parts.append(text[at : span["start"]])
        at = span["end"]
    return [*parts, text[at:]]


def test_identifiers_and_surrogates_are_marked_side_by_side(scrubbed):
    found = scrubbed.scrubbing()
    before, after = found._repr_html_().split("<b>after</b>")
    assert before.count("<mark") == len(found.found) > 1
    assert after.count("<mark") == len(found.written) == len(found.found)
    for row in found.frame.iter_rows(named=True):
        side = before if row["side"] == "before" else after
        assert f'<mark title="{row["type"]}">{row["written"]}</mark>' in side
        assert row["written"] in repr(found)


def test_no_secret_key_is_needed(crawl, scrubbed, tmp_path):
    """Whoever looks need not be one who may make surrogates."""
    import shutil

    from eurosift.pipeline.api import Run

    shutil.copytree(crawl.folder.parents[1], tmp_path / "demo")
    (tmp_path / "demo" / "secrets" / "pii.key").unlink()
    document = Run(tmp_path / "demo" / "recipe.yaml").document(scrubbed.id)
    assert document.scrubbing().frame.equals(scrubbed.scrubbing().frame)


@pytest.mark.xdist_group("browser")
def test_a_rejected_document_was_not_scrubbed(attacked):
    document = attacked.sample(n=1, rejected_by="near_duplicate")[0]
    found = document.scrubbing()
    assert not found.reached
    assert found.after is None
    assert len(found.found) == 1
    assert "has not scrubbed this document" in repr(found)
    assert "<b>after</b>" not in found._repr_html_()


def test_a_run_that_does_not_scrub_says_so(finished):
    from eurosift.pipeline.api import Run

    document = Run(finished.run_folder).sample(n=1)[0]
    with pytest.raises(QueryError, match="no stage of this run scrubs"):
        document.scrubbing()
    with pytest.raises(QueryError, match="no stage of this run finds duplicates"):
        document.cluster()
