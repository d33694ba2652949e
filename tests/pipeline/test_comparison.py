"""Two runs compared by content: other bytes are no difference, other values are."""

import shutil

import pyarrow.parquet as pq
import pytest

from eurosift.pipeline.comparison import compare
from eurosift.pipeline.footers import read_footer
from eurosift.pipeline.shards import ShardWriter


@pytest.fixture
def twins(finished, make_project, tmp_path_factory):
    folder = tmp_path_factory.mktemp("twin")
    shutil.copytree(finished.folder, folder, dirs_exist_ok=True)
    return finished, make_project(folder)


def test_the_same_content_in_other_bytes_is_no_difference(twins):
    first, second = twins
    path = second.run_folder / "upper" / "00000.parquet"
    before, footer, table = path.read_bytes(), read_footer(path), pq.read_table(path)
    writer = ShardWriter(path, table.schema.remove_metadata())
    for batch in table.replace_schema_metadata(None).to_batches(max_chunksize=1):
        writer.write(batch)
        writer.end_row_group()
    writer.commit(footer)
    assert path.read_bytes() != before
    result = compare(first.open(), second.open())
    assert (result.differences, result.files) == ([], 18)
    assert result.columns > result.files


def test_what_differs_is_named_with_column_and_files(twins):
    first, second = twins
    stages = {"label": None, "length": None, "short": {"min_chars": 5}}
    second.write(stages | {"scrub": None, "upper": None})
    shutil.rmtree(second.run_folder)
    second.perform()
    lines = compare(first.open(), second.open()).differences
    assert lines[0] == (
        "short/00000.parquet, short/00002.parquet: content of `short_reasons` differs"
    )


def test_a_stage_that_only_one_run_has_is_named(twins):
    first, second = twins
    second.write({"label": None})
    lines = compare(first.open(), second.open()).differences
    assert lines == [
        f"{name}: only {first.run_folder} has this stage"
        for name in ("length", "short", "scrub", "upper")
    ]


def test_a_file_that_only_one_run_has_is_named(twins):
    first, second = twins
    (second.run_folder / "upper" / "00001.parquet").unlink()
    lines = compare(first.open(), second.open()).differences
    assert lines == ["upper/00001.parquet: is in the first run only"]


def test_the_command_says_what_it_compared(twins, eurosift):
    first, second = twins
    done = eurosift("verify", first.recipe, "--content", second.recipe)
    assert (done.code, done.out) == (0, "")
    assert "same content: 18 files" in done.err
    (second.run_folder / "upper" / "00001.parquet").unlink()
    done = eurosift("verify", first.recipe, "--content", second.recipe)
    assert done.code == 4
    assert "upper/00001.parquet: is in the first run only" in done.err
