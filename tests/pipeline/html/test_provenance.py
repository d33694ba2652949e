"""Where a run comes from, as its footers say."""

from importlib.metadata import version

from eurosift.pipeline.footers import read_footer
from eurosift.pipeline.html.provenance import provenance


def test_stages_with_their_versions_and_fingerprints(small):
    rows = {row["stage"]: row for row in provenance(small).stages.rows}
    assert list(rows) == ["extract", "label", "length", "short", "scrub", "upper"]
    for stage, row in rows.items():
        footer = read_footer(small.files.layer(stage, "00000"))
        assert (row["version"], row["fingerprint"]) == (footer.version, footer.fingerprint)


def test_parameters_are_those_that_shaped_the_data(small):
    grids = {grid.name: grid.rows for grid in provenance(small).parameters}
    assert {"name": "min_chars", "value": "20"} in grids["parameters-short"]


def test_content_of_files_stands_as_a_digest(tiny, project):
    words = project.folder / "words.txt"
    words.write_text("some words")
    run = tiny([[{"text": "mlt_Latn one"}]], {"label": None, "upper": {"words": "words.txt"}})
    grids = {grid.name: dict(map(dict.values, grid.rows)) for grid in provenance(run).parameters}
    assert grids["parameters-upper"]["words"].startswith("sha256:")
    assert str(project.folder) not in str(provenance(run))


def test_the_recipe_and_who_made_the_files(small):
    found = provenance(small)
    assert "min_chars: 20" in found.recipe
    assert found.facts["report made by"] == f"eurosift {version('eurosift')}"
    assert found.facts["inputs"].startswith("3 files, ")
    assert "parquet" in found.facts["files written by"]


def test_stages_that_have_not_run_are_left_out(project):
    project.perform("+label")
    found = provenance(project.open())
    assert [row["stage"] for row in found.stages.rows] == ["extract", "label"]
