"""The run as a stage sees it: columns of several layers, aligned row by row."""

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from eurosift.pipeline.errors import AlignmentError, IncompleteError
from eurosift.pipeline.workspace import layer_columns
from eurosift.stages.base import ROW


@pytest.fixture
def workspace(project):
    """The finished run as one of its stages sees it."""
    project.perform()

    def look(name="upper"):
        run = project.open()
        return run.workspace(run.dag.nodes[name])

    return look


def read(workspace, shard, columns, **more):
    rows = list(workspace.rows(shard, columns, **more))
    batches = [r.batch for r in rows]
    return (
        {c: [v for b in batches for v in b.column(c).to_pylist()] for c in columns},
        [v for r in rows for v in r.active.to_pylist()],
    )


def test_text_is_the_newest_that_there_is(workspace):
    """`scrub` wrote it for one row; for the others it stands in the input."""
    found, _ = read(workspace(), "00000", ["text"])
    assert found["text"] == [
        "mlt_Latn one two three four",
        "mlt_Latn tiny",
        "ekk_Latn a ****** is a ****** for ever",
    ]


def test_a_stage_before_the_scrubber_sees_the_text_as_it_was(workspace):
    found, _ = read(workspace("short"), "00000", ["text"])
    assert found["text"][2] == "ekk_Latn a secret is a secret for ever"


def test_rows_that_anything_before_rejected_are_not_active(workspace):
    """For lack of text, of a language, or of length."""
    assert read(workspace(), "00000", ["id"])[1] == [True, False, True]
    assert read(workspace(), "00001", ["id"])[1] == [False, False, True]
    assert read(workspace("label"), "00001", ["id"])[1] == [True, False, True]
    assert read(workspace("short"), "00001", ["id"])[1] == [False, False, True]


def test_a_stage_on_all_texts_sees_what_others_rejected(workspace):
    assert read(workspace(), "00001", ["id"], text_only=True)[1] == [True, False, True]


def test_columns_that_no_layer_has_are_null(workspace):
    found, _ = read(workspace(), "00000", ["n_words", "id"])
    assert found["n_words"] == [None, None, None]
    (rows,) = workspace().rows("00000", ["n_words"])
    assert pa.types.is_null(rows.batch.column("n_words").type)
    assert not workspace().has("n_words")


def test_the_number_of_the_row_is_a_column(workspace):
    found, _ = read(workspace(), "00001", [ROW, "id"])
    assert found == {ROW: [0, 1, 2], "id": ["d1-0", "d1-1", "d1-2"]}


def test_columns_come_in_the_order_asked_for(workspace):
    (rows,) = workspace().rows("00000", ["n_chars", "id", "language"])
    assert rows.batch.schema.names == ["n_chars", "id", "language"]


def test_rows_are_numbered_through_all_batches(project):
    project.inputs([f"mlt_Latn text number {i} of a long file" for i in range(3000)])
    project.write({"length": None})
    project.perform()
    run = project.open()
    rows = list(run.workspace(run.dag.nodes["length"]).rows("00000", [ROW, "text"]))
    assert len(rows) > 1
    numbers = [n for r in rows for n in r.batch.column(0).to_pylist()]
    assert numbers == list(range(3000))
    texts = [t for r in rows for t in r.batch.column(1).to_pylist()]
    assert texts[2999] == "mlt_Latn text number 2999 of a long file"


def test_layers_of_different_length_are_an_error_that_names_both(workspace, project):
    """Here by exchanging one shard for that of another number of rows."""
    project.input("part-2.jsonl", ["mlt_Latn one text more"] * 5)
    found = workspace()
    layer = project.run_folder / "label"
    (layer / "00002.parquet").replace(layer / "00000.parquet")
    with pytest.raises(
        AlignmentError, match=r"label/00000.parquet ends after 2 rows, but \S+ goes"
    ):
        list(found.rows("00000", ["text"]))


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
