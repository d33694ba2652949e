"""All layers as one table: aligned, scrubbed where something scrubs, read only where asked for."""

import polars as pl
import pytest

from eurosift.pipeline.errors import AlignmentError, IncompleteError, QueryError
from eurosift.pipeline.view import View

SECRET = "ekk_Latn a ****** is a ****** for ever"


def rows(run, *stages, **options):
    return View(run, stages, **options).lazy().collect()


def test_every_document_is_one_row_with_the_columns_of_every_stage(finished):
    found = rows(finished.open())
    assert found["id"].to_list() == ["d0-0", "d0-1", "d0-2", "d1-0", "d1-1", "d1-2", "d2-0", "d2-1"]
    assert found.select("shard", "row").rows()[2:5] == [("00000", 2), ("00001", 0), ("00001", 1)]
    assert {"extract_reasons", "language", "n_chars", "short_reasons", "upper"} < set(found.columns)
    assert found["n_chars"].to_list() == [27, 13, 38, 23, None, 41, 14, 52]


def test_kept_and_reasons_are_those_of_all_stages_together(finished):
    found = {r["id"]: (r["kept"], r["reasons"]) for r in rows(finished.open()).to_dicts()}
    assert found["d0-0"] == (True, [])
    assert found["d0-1"] == (False, ["short:too_short"])
    assert found["d1-1"][0] is False
    assert found["d1-1"][1][0].startswith("extract:")


def test_what_a_later_stage_decides_is_not_seen_by_an_earlier_one(finished):
    found = rows(finished.open(), "label").filter(pl.col("id") == "d0-1")
    assert found.select("kept", "reasons").row(0) == (True, [])
    assert "short_reasons" not in found.columns


@pytest.mark.parametrize("stages", [(), ("label",), ("scrub",), ("extract",)])
def test_text_is_scrubbed_where_it_was_whichever_stages_are_shown(finished, stages):
    """Text of an input that is read in place is no layer's, and is there all the same."""
    found = rows(finished.open(), *stages).select("id", "text", "text_from")
    by_id = {row[0]: row[1:] for row in found.rows()}
    assert by_id["d0-2"] == (SECRET, "scrub")
    assert by_id["d0-0"] == ("mlt_Latn one two three four", "scrub")
    assert by_id["d0-1"] == ("mlt_Latn tiny", "extract"), "rejected rows are not scrubbed"


def test_text_can_be_had_as_a_stage_has_read_it(finished):
    run = finished.open()
    found = rows(run, "label", text_for=run.dag.nodes["scrub"]).select("id", "text", "text_from")
    by_id = {row[0]: row[1:] for row in found.rows()}
    assert by_id["d0-2"][1] == "extract"
    assert "*" not in by_id["d0-2"][0]


def test_filters_and_choices_of_columns_give_the_same_as_the_whole_table(finished):
    view = View(finished.open())
    whole = view.lazy().collect()
    few = view.lazy().filter(pl.col("n_chars") > 20).select("id", "kept").collect()
    assert few.equals(whole.filter(pl.col("n_chars") > 20).select("id", "kept"))
    assert view.lazy().head(4).collect().equals(whole.head(4))
    assert view.lazy().select("shard").collect()["shard"].to_list() == whole["shard"].to_list()
    assert view.lazy().select(pl.len()).collect().item() == 8
    assert whole.schema == view.schema


def test_only_the_layers_that_are_asked_for_are_read(finished):
    """A damaged layer that nobody looks at stands in nobody's way."""
    for path in (finished.run_folder / "upper").glob("*.parquet"):
        path.write_bytes(b"")
    assert View(finished.open()).lazy().select("id", "kept", "text").collect().height == 8


def test_layers_of_other_rows_are_refused_naming_both(finished):
    folder = finished.run_folder / "label"
    (folder / "00001.parquet").write_bytes((folder / "00000.parquet").read_bytes())
    with pytest.raises(AlignmentError, match=r"label/00001\.parquet .* extract/00001\.parquet"):
        rows(finished.open(), "label")


def test_unknown_stages_are_told_with_what_was_meant(finished):
    with pytest.raises(QueryError, match="no stage `lable` in this run; did you mean `label`"):
        rows(finished.open(), "lable")


def test_an_unfinished_stage_is_refused_unless_a_part_will_do(finished):
    (finished.run_folder / "short" / "00001.parquet").unlink()
    run = finished.open()
    with pytest.raises(IncompleteError, match="short: made for 2 of 3 shards"):
        View(run, ["upper"])
    part = View(run, ["upper"], partial=True)
    assert part.shards == ["00000", "00002"]
    assert part.lazy().collect()["id"].to_list() == ["d0-0", "d0-1", "d0-2", "d2-0", "d2-1"]


def test_without_names_unfinished_stages_are_left_out(project):
    project.perform("+label")
    found = rows(project.open())
    assert found.columns[-4:] == ["label_reasons", "kept", "reasons", "text_from"]
    assert set(found["text_from"]) == {"extract"}


def test_a_run_without_any_stage_that_decides_keeps_all(project):
    project.write({"upper": None})
    project.perform()
    kept = rows(project.open(), "upper").filter(pl.col("extract_reasons").list.len() == 0)
    assert kept["kept"].all()
