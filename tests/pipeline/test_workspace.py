"""The run as a stage sees it: what layers before it and its own phases have left."""

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from eurosift.pipeline.errors import AlignmentError, IncompleteError
from eurosift.pipeline.workspace import layer_columns


@pytest.fixture
def workspace(project):
    """The finished run as one of its stages sees it."""
    project.perform()

    def look(name="upper"):
        run = project.open()
        return run.workspace(run.dag.nodes[name])

    return look


def test_two_shards_that_were_swapped_are_an_error_that_names_both(workspace, project):
    """They have as many rows each, but of other documents."""
    layer = project.run_folder / "length"
    (layer / "00000.parquet").rename(layer / "x")
    (layer / "00001.parquet").rename(layer / "00000.parquet")
    (layer / "x").rename(layer / "00001.parquet")
    with pytest.raises(AlignmentError) as error:
        workspace("short").digests("00000", ["n_chars"])
    assert "length/00000.parquet" in str(error.value)
    assert "extract/00000.parquet" in str(error.value)


def test_what_has_not_run_yet_is_named(project):
    project.perform("+label")
    run = project.open()
    with pytest.raises(IncompleteError, match=r"length/00000.parquet is not there yet: run stage"):
        run.workspace(run.dag.nodes["short"]).digests("00000", ["n_chars"])


def test_digests_name_what_was_read_and_who_rejects(workspace):
    found = workspace("upper").digests("00000", ["text"])
    assert set(found) == {
        "rows",
        "scrub.text",
        "extract.text",
        "mask.extract",
        "mask.label",
        "mask.short",
    }


def test_languages_with_rows_left_are_known(workspace):
    assert workspace("upper").tally_languages() == ["ekk_Latn", "mlt_Latn", "swe_Latn"]
    assert workspace("label").tally_languages() == ["und"]


def test_the_stages_that_reject_and_their_provenance_are_known(workspace):
    found = workspace("upper")
    assert found.reasons() == {
        "extract": "extract_reasons",
        "label": "label_reasons",
        "short": "short_reasons",
    }
    assert list(found.provenance()) == ["extract", "label", "length", "short", "scrub"]
    assert found.provenance()["short"] == {
        "version": 1,
        "config": {"min_chars": 20, "max_chars": 1000},
    }


def test_columns_that_no_layer_has_are_known(workspace):
    assert not workspace().has("n_words")


def test_the_type_of_a_column_is_known(workspace):
    assert workspace().column_type("n_chars") == pa.int32()
    assert workspace().column_type("text") == pa.string()
    assert workspace("label").column_type("text") == pa.string()


def test_a_layer_is_made_from_what_is_read_and_what_is_counted(project):
    run = project.open()
    assert layer_columns(run.dag, run.dag.nodes["short"]) == ["n_chars", "language"]
    assert layer_columns(run.dag, run.dag.nodes["upper"]) == ["text", "n_chars", "language"]


def test_the_layers_hold_nulls_for_rows_that_were_not_active(workspace, project):
    workspace()
    assert project.table("label").column("label_reasons").to_pylist() == [
        [],
        [],
        [],
        ["other"],
        None,
        [],
        [],
        [],
    ]
    assert project.table("short").column("short_reasons").to_pylist() == [
        [],
        ["too_short"],
        [],
        None,
        None,
        [],
        ["too_short"],
        [],
    ]
    assert pc.count(project.table("upper").column("upper"), mode="only_null").as_py() == 4
