"""``eurosift inspect`` of files and folders."""

import json

import pytest


def test_a_file_is_shown_with_schema_footer_counts_and_rows(finished, eurosift):
    found = eurosift("inspect", finished.run_folder / "short" / "00000.parquet", "--format", "json")
    assert (found.code, found.err) == (0, "")
    body = json.loads(found.out)
    names = {"file", "columns", "row_groups", "counts", "reasons", "head"}
    assert set(body) == {"schema_version"} | names
    assert len(body["head"]) == 3


def test_rows_are_as_many_as_asked_for(finished, eurosift):
    path = finished.run_folder / "upper" / "00000.parquet"
    assert "MLT_LATN ONE TWO" in eurosift("inspect", path, "-n", "1").out
    assert "MLT_LATN ONE TWO" not in eurosift("inspect", path, "-n", "0").out


def test_text_is_shown_with_a_warning(finished, eurosift):
    path = finished.run_folder / "scrub" / "00000.parquet"
    found = eurosift("inspect", path)
    assert "a ****** is" in found.out
    assert found.err == f"{path}: text is shown as it is there, and may hold personal data\n"
    assert eurosift("inspect", path, "-n", "0").err == ""


def test_a_run_folder_is_one_table(finished, eurosift):
    found = eurosift("inspect", finished.run_folder)
    assert (found.code, found.err) == (0, "")
    assert len(found.out.splitlines()) == 2 + 6


def test_a_folder_of_one_kind_is_shown_with_its_first_file(finished, eurosift):
    found = eurosift("inspect", finished.run_folder / "label")
    assert "language_reasons" not in found.out
    assert "label_reasons" in found.out
    assert "label/00000.parquet" in found.out


def test_a_damaged_file_is_exit_code_4_after_the_others_were_shown(finished, eurosift):
    (finished.run_folder / "label" / "00002.parquet").write_bytes(b"x")
    found = eurosift("inspect", finished.run_folder)
    assert found.code == 4
    assert "upper" in found.out
    assert "label/00002.parquet: is damaged" in found.err
    assert eurosift("inspect", finished.run_folder / "label" / "00002.parquet").code == 4


@pytest.mark.parametrize("name", ["nothing", "in"])
def test_what_is_not_there_or_has_no_parquet_is_exit_code_2(project, eurosift, name):
    found = eurosift("inspect", project.folder / name)
    assert (found.code, found.out) == (2, "")
