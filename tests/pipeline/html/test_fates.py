"""What became of documents: every one has one fate."""

import pytest
from lxml import etree

from eurosift.pipeline.html.fates import Fate, Series, pivot, records, steps
from eurosift.pipeline.html.grid import label_column
from eurosift.pipeline.totals import LayerTotal, layer_totals
from eurosift.stages.footer import Tally


def layer(stage, *, decides=True, **tallies):
    return LayerTotal(stage, decides, planned=1, shards=1, tallies=tallies)


def test_every_document_of_a_run_has_one_fate(small):
    fate = Series(layer_totals(small)).fate()
    assert (fate.found, fate.kept, fate.unseen) == (8, 4, 0)
    assert fate.rejected == {"extract": 1, "label": 1, "short": 2}


def test_documents_that_no_stage_has_judged_yet_are_told_apart(project):
    project.perform("+label")
    fate = Series(layer_totals(project.open())).fate()
    assert (fate.kept, fate.unseen) == (6, 0)
    half = Series([layer("extract", und=Tally(kept=8)), layer("quality", und=Tally(kept=3))]).fate()
    assert (half.found, half.kept, half.unseen) == (8, 3, 5)


def test_fates_of_a_language_are_those_of_its_tallies(small):
    series = Series(layer_totals(small))
    fate = series.fate(["mlt_Latn"], found=3)
    assert (fate.found, fate.kept, fate.rejected["short"]) == (3, 2, 1)


def test_a_bar_is_as_long_as_the_documents_are_many():
    chart = Fate({"a": 25, "b": 0}, kept=75, found=100).chart({"a": "r0", "b": "r1"})
    widths = {r.get("class"): r.get("width") for r in etree.fromstring(str(chart))}
    assert widths == {"kept": "750", "r0": "247"}


def test_stages_that_reject_the_same_documents_have_no_bar():
    assert Fate({"a": 80, "b": 80}, kept=10, found=100).chart({"a": "r0", "b": "r1"}) is None


def test_steps_are_the_stages_that_reject(small):
    rows = steps(Series(layer_totals(small))).rows
    assert [(r["stage"], r["in"], r["rejected"], r["out"]) for r in rows] == [
        ("extract", 8, 1, 7),
        ("label", 7, 1, 6),
        ("short", 6, 2, 4),
    ]
    assert all(row["in"] == row["rejected"] + row["out"] for row in rows)


def test_reasons_stand_by_language_with_the_most_frequent_first():
    tallies = {
        "mlt_Latn": Tally(kept=5, rejected=3, reasons={"short": 2, "long": 1, "odd": 1}),
        "gle_Latn": Tally(kept=1, rejected=2, reasons={"long": 2}),
        "fra_Latn": Tally(inactive=9),
    }
    found = pivot(layer("quality", **tallies))
    mlt, gle = (label_column(x).key for x in ("mlt_Latn", "gle_Latn"))
    assert [(r["reason"], r["all"], r[mlt], r[gle]) for r in found.table.rows] == [
        ("long", 3, 1, 2),
        ("short", 2, 2, 0),
        ("odd", 1, 1, 0),
        ("rejected", 5, 3, 2),
        ("kept", 6, 5, 1),
        ("in", 11, 8, 3),
    ]
    assert found.summary == "5 rejected: long 3, short 2, odd 1"
    assert [c.title for c in found.table.columns] == ["reason", "all", "gle_Latn", "mlt_Latn"]


def test_what_was_found_beside_documents_has_a_table(small):
    series = Series(layer_totals(small))
    assert records(series) is None
    series.layers[0].skipped["image"] = 3
    assert records(series).rows == [{"reason": "image", "what": "skipped record", "count": 3}]


@pytest.mark.parametrize("totals", [[], [LayerTotal("extract", decides=True, planned=3)]])
def test_a_run_without_shards_has_no_documents(totals):
    series = Series(totals)
    assert (series.fate().found, series.rows) == (0, 0)
    assert series.fate().chart({}) is not None
    assert records(series) is None
