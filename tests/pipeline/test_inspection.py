"""What Parquet files hold, whoever wrote them."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from eurosift.pipeline import inspection
from eurosift.pipeline.errors import InvariantError, RunFolderError
from eurosift.pipeline.inspection import ParquetInfo


def as_dict(table):
    return {row["what"]: row["value"] for row in table.rows}


@pytest.fixture
def info(finished):
    """A shard of the stage that rejects short texts."""
    return ParquetInfo.read(finished.run_folder / "short" / "00000.parquet")


def test_the_footer_is_told_in_words(info):
    found = as_dict(inspection.facts(info))
    assert (found["stage"], found["phase"], found["item"]) == ("short", "layer", "00000")
    assert (found["rows"], found["row groups"], found["stage version"]) == (3, 1, 1)
    assert found["parameter min_chars"] == "20"
    assert {"made from length.n_chars", "made from mask.label", "made from rows"} < set(found)
    assert found["bytes"] == info.path.stat().st_size


def test_columns_row_groups_and_counts_are_those_of_the_file(info):
    (column,) = inspection.columns(info).rows
    assert (column["column"], column["digest"]) == (
        "short_reasons",
        info.footer.columns["short_reasons"],
    )
    assert column["type"].startswith("list<")
    (group,) = inspection.row_groups(info).rows
    assert group["rows"] == 3
    assert 0 < column["bytes"] == group["bytes"]
    counts = {r["language"]: (r["kept"], r["rejected"]) for r in inspection.counts(info).rows}
    assert counts == {"mlt_Latn": (1, 1), "ekk_Latn": (1, 0)}
    assert inspection.reasons(info).rows == [{"reason": "too_short", "documents": 1}]


def test_the_first_rows_are_shown_and_long_values_cut(finished):
    info = ParquetInfo.read(finished.run_folder / "upper" / "00000.parquet")
    assert inspection.head(info, 1, 12).rows == [
        {"row": 0, "column": "upper", "value": "MLT_LATN ONE…"}
    ]
    assert [r["value"] for r in inspection.head(info, 9, 0).rows][1] is None
    assert len(inspection.head(info, 2, 0).rows) == 2
    assert inspection.head(info, 0, 0).rows == []


def test_long_parameters_are_cut_for_people(info):
    assert as_dict(inspection.facts(info, 8))["made from rows"].endswith("…")
    assert "…" not in str(inspection.facts(info).rows)


def test_many_inputs_are_counted_not_listed(finished):
    path = finished.run_folder / "short" / "00000.parquet"
    info = ParquetInfo.read(path)
    many = info.footer.model_copy(update={"inputs": {f"sign/{i:05d}": "x" for i in range(5000)}})
    found = as_dict(inspection.facts(ParquetInfo(path, info.metadata, many)))
    assert found["made from"] == "4940 more"
    assert len(found) < 100


def test_files_of_others_have_no_footer_of_ours(tmp_path):
    pq.write_table(pa.table({"a": [1, 2]}), tmp_path / "x.parquet")
    info = ParquetInfo.read(tmp_path / "x.parquet")
    assert info.made_by == "not eurosift"
    assert as_dict(inspection.facts(info))["rows"] == 2
    assert inspection.counts(info).rows == inspection.reasons(info).rows == []
    assert inspection.head(info, 5, 0).rows[1] == {"row": 1, "column": "a", "value": 2}


@pytest.mark.parametrize("content", [b"", b"no Parquet at all", b"PAR1" + b"x" * 40 + b"PAR1"])
def test_a_damaged_file_is_named(tmp_path, content):
    path = tmp_path / "x.parquet"
    path.write_bytes(content)
    with pytest.raises(InvariantError, match=r"x\.parquet: is damaged, or no Parquet"):
        ParquetInfo.read(path)


def test_a_folder_is_summed_by_folder_and_maker(finished):
    (finished.run_folder / "label" / "00001.parquet").write_bytes(b"")
    (finished.run_folder / "label" / ".00001.parquet.host-1-00000000.tmp").write_bytes(b"")
    table, problems = inspection.folders(finished.run_folder)
    found = {row["folder"]: row for row in table.rows}
    assert set(found) == {"extract", "label", "length", "short", "scrub", "upper"}
    assert (found["short"]["files"], found["short"]["rows"], found["short"]["made_by"]) == (
        3,
        8,
        "short 1",
    )
    assert found["label"]["files"] == 2
    assert [p for p in problems if "label/00001.parquet" in p] == problems
    assert len(problems) == 1


def test_different_schemas_in_a_folder_are_counted(tmp_path):
    pq.write_table(pa.table({"a": [1]}), tmp_path / "1.parquet")
    pq.write_table(pa.table({"a": ["x"]}), tmp_path / "2.parquet")
    (row,) = inspection.folders(tmp_path)[0].rows
    assert (row["folder"], row["files"], row["schemas"]) == (".", 2, 2)


def test_a_folder_without_parquet_is_told(tmp_path):
    with pytest.raises(RunFolderError, match="holds no Parquet file"):
        inspection.folders(tmp_path)
