"""`Run` for notebooks: what the commands print, as data frames."""

import json

import polars as pl
import pytest

from eurosift.pipeline.api import Run
from eurosift.pipeline.errors import IncompleteError, QueryError, RunFolderError


def test_a_run_is_opened_by_folder_recipe_or_folder_of_the_recipe(finished):
    for target in (finished.run_folder, str(finished.recipe), finished.folder):
        run = Run(target)
        assert run.folder == finished.run_folder
        assert run.stages == ("extract", "label", "length", "short", "scrub", "upper")
    assert repr(run) == f"Run({str(finished.run_folder)!r})"


def test_what_is_no_run_is_told(project):
    with pytest.raises(IncompleteError, match="nothing has been run yet"):
        Run(project.recipe)
    with pytest.raises(RunFolderError, match="is no run folder"):
        Run(project.folder / "in")


def test_nothing_is_written(finished):
    before = {p: p.stat().st_mtime_ns for p in finished.folder.rglob("*")}
    run = Run(finished.run_folder)
    run.report(), run.status(), run.failures(), run.rows().collect(), run.sample(n=3).frame
    assert {p: p.stat().st_mtime_ns for p in finished.folder.rglob("*")} == before


def test_the_report_is_that_of_the_command(finished, eurosift):
    printed = json.loads(eurosift("report", finished.run_folder, "--format", "json").out)
    frames = Run(finished.run_folder).report()
    assert set(frames) == set(printed) - {"schema_version"}
    for name, frame in frames.items():
        rows = [{key: row.get(key) for key in frame.columns} for row in printed[name]]
        assert frame.to_dicts() == rows
    assert frames["languages"].schema["tokens_estimated"] == pl.Int64


def test_status_and_failures_are_those_of_the_command(project, eurosift):
    project.perform("+label")
    run = Run(project.recipe)
    assert run.status().select("stage", "done").rows()[:3] == [
        ("extract", 3),
        ("label", 3),
        ("length", 0),
    ]
    assert run.unfinished() == ["length", "short", "scrub", "upper"]
    assert run.failures().is_empty()


def test_a_layer_is_the_columns_of_its_stage_in_the_order_of_the_documents(finished):
    run = Run(finished.run_folder)
    frame = run.layer("label")
    assert isinstance(frame, pl.LazyFrame)
    assert frame.collect_schema().names() == ["language", "label_reasons"]
    assert frame.collect().to_arrow().num_rows == 8
    assert (
        frame.collect()["language"].to_list() == run.rows("label").collect()["language"].to_list()
    )


def test_a_layer_that_is_not_there_is_told(finished):
    run = Run(finished.run_folder)
    with pytest.raises(QueryError, match="no stage `x`"):
        run.layer("x")
    (finished.run_folder / "label" / "00002.parquet").unlink()
    with pytest.raises(IncompleteError, match="label: made for 2 of 3 shards"):
        run.layer("label")
    assert run.layer("label", partial=True).collect().height == 6
    for path in (finished.run_folder / "label").glob("*"):
        path.unlink()
    empty = run.layer("label", partial=True).collect()
    assert (empty.height, empty.columns) == (0, ["language", "label_reasons"])


def test_a_stage_without_columns_has_no_layer(project):
    project.write({"upper": None, "manifest": None})
    project.perform()
    run = Run(project.recipe)
    for look in (run.layer, run.rows):
        with pytest.raises(QueryError, match="stage `manifest` adds no columns"):
            look("manifest")
    assert len(run.sample(n=3, stage="manifest")) == 3


def test_documents_have_their_text_and_rows_the_columns_of_stages(finished):
    run = Run(finished.run_folder)
    assert run.documents().select("text").collect()["text"].str.contains("secret").sum() == 0
    frame = run.rows("length").filter(pl.col("n_chars") > 40).select("id", "n_chars")
    assert frame.collect().rows() == [("d1-2", 41), ("d2-1", 52)]


def test_a_sample_can_be_drawn_again(finished):
    run = Run(finished.run_folder)
    again = Run(finished.recipe).sample(n=3, seed=5)
    assert run.sample(n=3, seed=5).frame.equals(again.frame)
    assert len(run.sample(n=100)) == 8
    assert run.sample("et", 2, verdict="kept").frame["id"].to_list() == ["d0-2"]


def test_a_sample_near_a_threshold_is_that_of_the_command(finished, eurosift):
    found = eurosift("sample", finished.recipe, "--near", "too_short", "-n", 3, "--format", "jsonl")
    rows = [json.loads(line) for line in found.out.splitlines()]
    assert Run(finished.recipe).sample(n=3, near="too_short").frame.to_dicts() == rows


def test_a_sample_of_a_stage_needs_that_stage_and_those_before_only(project):
    project.perform("+short")
    run = Run(project.recipe)
    assert run.sample(n=9, stage="short", verdict="rejected").select("id").height == 2
    with pytest.raises(IncompleteError, match="scrub"):
        run.sample(n=3, stage="scrub")
    assert len(run.sample(n=3, stage="scrub", partial=True)) == 0


def test_a_sample_is_asked_for_by_language_number_and_reason(finished):
    """The reason may be named with its stage, as `reasons` shows it."""
    run = Run(finished.run_folder)
    short = run.sample("mlt_Latn", 5, rejected_by="too_short")
    assert short.frame["reasons"].to_list() == [["short:too_short"]]
    assert run.sample("mt", rejected_by="short:too_short").frame.equals(short.frame)
    assert run.sample("mt").rejected("short:too_short").frame.equals(short.frame)
    assert run.sample("mt").rejected().frame.equals(short.frame)
    assert run.sample("mt").kept().frame["kept"].all()


def test_what_cannot_be_drawn_is_told_at_once(finished):
    run = Run(finished.run_folder)
    with pytest.raises(QueryError, match="did you mean `too_short`"):
        run.sample(rejected_by="to_short")
    with pytest.raises(QueryError, match="leave out one of the two"):
        run.sample(verdict="kept", rejected_by="too_short")
    with pytest.raises(QueryError, match="'10'"):
        run.sample(10)
    with pytest.raises(QueryError, match="no document 'nobody'"):
        run.document("nobody")
