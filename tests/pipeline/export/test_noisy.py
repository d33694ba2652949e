"""Noisy is what the rules of quality reject, and nobody else."""

from __future__ import annotations

import orjson
import pyarrow as pa
import pytest
import zstandard

from eurosift.pipeline.export.noisy import LABEL, REASONS, noisy_rows, rejected_only_by
from eurosift.pipeline.export.openeurollm import Source, export


@pytest.mark.parametrize(
    ("rejected_by", "noisy"),
    [
        ([], False),
        (None, False),
        (["quality"], True),
        (["quality", "gopher"], True),
        (["langid"], False),
        (["quality", "urls"], False),
    ],
)
def test_the_verdict_of_others_counts(rejected_by, noisy):
    column = pa.array([rejected_by, ["quality"], []], pa.list_(pa.string()))
    found = rejected_only_by(column, ["quality", "gopher"]).to_pylist()
    assert found == [noisy, True, False]


@pytest.fixture
def run(project):
    """One short document of each language, and one without any."""
    project.inputs(["mlt_Latn tiny", "no language"], ["ekk_Latn tiny as well", "   "])
    stages = {"label": None, "signals": None, "quality": None, "count": {}}
    columns = ["id", "text", "language", "n_words"]
    project.write({**stages, "release": {"columns": columns}}, languages=["mt", "et"])
    project.perform()
    return project.open()


def test_rows_have_the_columns_of_the_release_and_are_counted(run):
    node = run.dag.nodes["release"]
    (first, second) = noisy_rows(run, node, ["id", "text", "n_words"], ["quality"])
    rows = [*first.to_pylist(), *second.to_pylist()]
    assert [list(row) for row in rows] == [["id", "text", "n_words", LABEL, REASONS]] * 2
    assert [row["id"] for row in rows] == ["d0-0", "d1-0"]
    assert [row[LABEL] for row in rows] == ["mlt_Latn", "ekk_Latn"]
    assert [row["n_words"] for row in rows] == [3, 5]  # the code is two
    assert all("quality:gopher_short_doc" in row[REASONS] for row in rows)


def test_an_export_leaves_out_what_the_release_leaves_out(run, tmp_path):
    to = tmp_path / "out"
    export(Source(run.files.folder / "release", run, run.dag.nodes["release"]), to)
    (path,) = (to / "noisy/mlt_Latn").iterdir()
    record = orjson.loads(zstandard.ZstdDecompressor().stream_reader(path.read_bytes()).read())
    assert set(record) == {"id", "text", "filter", "noise"}
