"""Rows with columns of several layers, joined row by row."""

import pyarrow as pa
import pytest

from eurosift.pipeline.errors import AlignmentError
from eurosift.pipeline.joined_rows import JoinedRows
from eurosift.stages.base import ROW


@pytest.fixture
def joined(project):
    """The rows of the finished run as one of its stages sees them."""
    project.perform()

    def look(name="upper"):
        run = project.open()
        return JoinedRows(run.dag, run.dag.nodes[name], run.plan, run.files)

    return look


def read(joined, shard, columns, **more):
    rows = list(joined.read(shard, columns, **more))
    batches = [r.batch for r in rows]
    return (
        {c: [v for b in batches for v in b.column(c).to_pylist()] for c in columns},
        [v for r in rows for v in r.active.to_pylist()],
    )


def test_text_is_the_newest_that_there_is(joined):
    """`scrub` wrote it for one row; for the others it stands in the input."""
    found, _ = read(joined(), "00000", ["text"])
    assert found["text"] == [
        "mlt_Latn one two three four",
        "mlt_Latn tiny",
        "ekk_Latn a ****** is a ****** for ever",
    ]


def test_a_stage_before_the_scrubber_sees_the_text_as_it_was(joined):
    found, _ = read(joined("short"), "00000", ["text"])
    assert found["text"][2] == "ekk_Latn a secret is a secret for ever"


def test_rows_that_anything_before_rejected_are_not_active(joined):
    """For lack of text, of a language, or of length."""
    assert read(joined(), "00000", ["id"])[1] == [True, False, True]
    assert read(joined(), "00001", ["id"])[1] == [False, False, True]
    assert read(joined("label"), "00001", ["id"])[1] == [True, False, True]
    assert read(joined("short"), "00001", ["id"])[1] == [False, False, True]


def test_a_stage_on_all_texts_sees_what_others_rejected(joined):
    assert read(joined(), "00001", ["id"], text_only=True)[1] == [True, False, True]


def test_columns_that_no_layer_has_are_null(joined):
    found, _ = read(joined(), "00000", ["n_words", "id"])
    assert found["n_words"] == [None, None, None]
    (rows,) = joined().read("00000", ["n_words"])
    assert pa.types.is_null(rows.batch.column("n_words").type)


def test_the_number_of_the_row_is_a_column(joined):
    found, _ = read(joined(), "00001", [ROW, "id"])
    assert found == {ROW: [0, 1, 2], "id": ["d1-0", "d1-1", "d1-2"]}


def test_columns_come_in_the_order_asked_for(joined):
    (rows,) = joined().read("00000", ["n_chars", "id", "language"])
    assert rows.batch.schema.names == ["n_chars", "id", "language"]


def test_rows_are_numbered_through_all_batches(project):
    project.inputs([f"mlt_Latn text number {i} of a long file" for i in range(3000)])
    project.write({"length": None})
    project.perform()
    run = project.open()
    rows = list(
        JoinedRows(run.dag, run.dag.nodes["length"], run.plan, run.files).read(
            "00000", [ROW, "text"]
        )
    )
    assert len(rows) > 1
    numbers = [n for r in rows for n in r.batch.column(0).to_pylist()]
    assert numbers == list(range(3000))
    texts = [t for r in rows for t in r.batch.column(1).to_pylist()]
    assert texts[2999] == "mlt_Latn text number 2999 of a long file"


def test_layers_of_different_length_are_an_error_that_names_both(joined, project):
    """Here by exchanging one shard for that of another number of rows."""
    project.input("part-2.jsonl", ["mlt_Latn one text more"] * 5)
    found = joined()
    layer = project.run_folder / "label"
    (layer / "00002.parquet").replace(layer / "00000.parquet")
    with pytest.raises(
        AlignmentError, match=r"label/00000.parquet ends after 2 rows, but \S+ goes"
    ):
        list(found.read("00000", ["text"]))
