"""Why a document was rejected: as it was recorded, with the distance to each threshold."""

import pytest

from eurosift.pipeline.api import Run


@pytest.fixture(scope="module")
def short(crawl):
    return crawl.sample("eng_Latn", stage="quality").rejected("gopher_short_doc")[0]


def test_failed_rules_are_those_that_were_recorded(crawl, short):
    row = crawl.rows().filter(id=short.id).select("quality_failed").collect().to_dicts()[0]
    failed = short.why().frame.filter("fails", stage="quality")
    assert failed.select("rule", "value", "threshold").to_dicts() == row["quality_failed"]


def test_distances_are_relative_to_the_threshold(short):
    row = short.why().frame.filter(rule="gopher_short_doc").to_dicts()[0]
    assert row["value"] == 36
    assert row["threshold"] == 50
    assert row["distance"] == pytest.approx(-0.28)
    assert row["detail"] == "word_count < threshold"


def test_rules_that_it_passed_come_nearest_first(short):
    why = short.why(nearest=2)
    passed = why.frame.filter(~why.frame["fails"], stage="quality")
    assert passed["distance"].abs().is_sorted()
    assert passed.height > 2
    shown = [c.rule for c in why.near() if c.stage == "quality" and not c.fails]
    assert shown == passed["rule"].to_list()[:2]


def test_stages_behind_the_one_that_rejected_were_not_reached(short):
    assert short.why().fates == {
        "extract": "kept",
        "langid": "kept",
        "quality": "rejected",
        "dedup": "not reached",
    }
    assert set(short.why().frame["stage"]) == {"langid", "quality"}


def test_a_duplicate_names_the_document_that_is_kept(crawl):
    document = crawl.sample(n=1, rejected_by="near_duplicate")[0]
    row = crawl.rows().filter(id=document.id).select("duplicate_of").collect()
    failed = document.why().frame.filter("fails").to_dicts()
    assert [each["detail"] for each in failed] == [f"duplicate of {row['duplicate_of'][0]}"]
    assert failed[0]["threshold"] is None


def test_rules_of_any_stage_are_told_and_stages_that_were_not_run(project):
    project.perform("+short")
    document = Run(project.recipe).document("d0-1")
    assert document.reasons == ["short:too_short"]
    why = document.why()
    assert why.fates == {"extract": "kept", "label": "kept", "short": "rejected"}
    compared = why.frame.select("rule", "fails", "value", "threshold", "distance").rows()
    assert compared == [
        ("too_short", True, 13, 20, pytest.approx(-0.35)),
        ("too_long", False, 13, 1000, pytest.approx(-0.987)),
    ]
    (project.run_folder / "short" / "00001.parquet").unlink()
    assert document.why().fates["short"] == "not run yet"


def test_it_is_a_table(short):
    html = short.why()._repr_html_()
    assert '<b class="gone">fails</b>' in html
    assert '<td class="number"><bdi class="">-28.0%</bdi></td>' in html
    assert "word_count &lt; threshold" in html
    assert "fails   quality:gopher_short_doc  36  50  -28.0%" in repr(short.why())
