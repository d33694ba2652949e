"""Doing one work item: reading, asking the stage, checking its answer, writing."""

import pytest

from eurosift.pipeline.footers import read_footer
from eurosift.pipeline.work import perform
from eurosift.stages.errors import ContractError, InputError


def footers(project, stage):
    paths = sorted((project.run_folder / stage).glob("*.parquet"))
    return [read_footer(path) for path in paths]


def test_a_shard_has_as_many_rows_as_the_documents_layer(project):
    project.perform()
    for stage in ("extract", "label", "length", "short", "scrub", "upper"):
        assert [f.rows for f in footers(project, stage)] == [3, 3, 2]


def test_the_ledger_of_a_shard_is_in_its_footer(project):
    project.perform()
    first, second, _ = (f.tallies for f in footers(project, "short"))
    assert first["mlt_Latn"].model_dump() == {
        "inactive": 0,
        "kept": 1,
        "rejected": 1,
        "reasons": {"too_short": 1},
        "measures": {"characters": 27},
    }
    assert second["und"].inactive == 2
    assert [f.total().rows for f in footers(project, "upper")] == [3, 3, 2]


def test_language_and_sizes_are_counted_at_every_stage_behind_the_one_that_finds_them(project):
    project.perform()
    before, after = footers(project, "label")[0], footers(project, "upper")[0]
    assert set(before.tallies) == {"mlt_Latn", "ekk_Latn"}
    assert after.tallies["ekk_Latn"].measures == {"characters": 38}
    assert footers(project, "extract")[0].tallies.keys() == {"und"}


def test_lost_input_is_in_the_footer_of_the_documents(project):
    path = project.folder / "in" / "part-0.jsonl"
    path.write_text(path.read_text() + "{broken\n")
    project.perform("extract")
    (loss,) = footers(project, "extract")[0].facts["losses"]
    assert (loss["reason"], loss["length"]) == ("bad_json", 8)
    assert footers(project, "extract")[0].rows == 3


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("rows", "broken/00000: 1 rows went in and 0 came out"),
        ("schema", "broken/00000: the stage gave columns 'good: bool', but promised 'fine: bool'"),
    ],
)
def test_a_stage_that_breaks_its_contract_is_told_and_leaves_nothing(project, how, says):
    project.inputs(["mlt_Latn poison"])
    project.write({"broken": {"how": how}})
    with pytest.raises(ContractError) as error:
        project.perform()
    assert str(error.value) == says
    assert list((project.run_folder / "broken").iterdir()) == []


def test_an_error_of_a_stage_leaves_nothing(project):
    project.inputs(["mlt_Latn poison"])
    project.write({"broken": None})
    with pytest.raises(ValueError, match="this text is poison"):
        project.perform()
    assert list((project.run_folder / "broken").iterdir()) == []


def test_an_input_that_is_gone_is_named(project):
    run = project.open()
    (project.folder / "in" / "part-1.jsonl").unlink()
    tasks = run.tasks(run.dag.source, None)
    workspace = run.workspace(run.dag.source)
    assert perform(run, tasks[0], workspace).rows == 3
    with pytest.raises(InputError, match=r"in/part-1\.jsonl: cannot be read"):
        perform(run, tasks[1], workspace)


def test_an_input_that_has_changed_since_it_was_planned_is_not_read(project):
    """Else rows of another file would pass for those of the planned one, once that is back."""
    run = project.open()
    path = project.folder / "in" / "part-1.jsonl"
    before = path.read_bytes()
    path.write_bytes(before + before.replace(b"d1-", b"e1-"))
    task = run.tasks(run.dag.source, None)[1]
    workspace = run.workspace(run.dag.source)
    with pytest.raises(InputError, match=r"part-1\.jsonl has changed since.*--replan"):
        perform(run, task, workspace)
    assert list((project.run_folder / "extract").iterdir()) == []
    path.write_bytes(before)
    assert perform(run, task, workspace).rows == 3


def test_an_input_that_changes_while_it_is_read_leaves_nothing(project, monkeypatch):
    run = project.open()
    path = project.folder / "in" / "part-1.jsonl"
    read = run.dag.source.step.read

    def disturbed(*arguments):
        yield from read(*arguments)
        path.write_bytes(path.read_bytes() + b"\n")

    monkeypatch.setattr(run.dag.source.step, "read", disturbed)
    with pytest.raises(InputError, match=r"part-1\.jsonl has changed since"):
        perform(run, run.tasks(run.dag.source, None)[1], run.workspace(run.dag.source))
    assert list((project.run_folder / "extract").iterdir()) == []


def test_text_read_in_place_is_of_the_file_that_was_planned(project):
    """Also in the stages after the first, which read it again from the input."""
    run = project.open()
    source, label = run.dag.source, run.dag.nodes["label"]
    for task in run.tasks(source, None):
        perform(run, task, run.workspace(source))
    path = project.folder / "in" / "part-1.jsonl"
    before = path.read_bytes()
    path.write_bytes(before.replace(b"no language", b"NO language"))
    task, workspace = run.tasks(label, None)[1], run.workspace(label)
    with pytest.raises(InputError, match=r"part-1\.jsonl has changed since"):
        perform(run, task, workspace)
    path.write_bytes(before)
    assert perform(run, task, workspace).rows == 3


def test_an_input_without_documents_gives_layers_without_rows(project):
    project.inputs([], ["  "], ["mlt_Latn a text that is long enough"])
    project.perform()
    assert [f.rows for f in footers(project, "upper")] == [0, 1, 1]
    assert footers(project, "upper")[0].tallies == {}
    assert footers(project, "extract")[1].total().reasons == {"no_text": 1}


def test_no_row_left_is_no_reason_to_stop(project):
    """Every document is rejected, and the stages behind write nulls."""
    project.write({"length": None, "short": {"min_chars": 10_000}, "upper": None})
    project.perform()
    assert project.table("upper").column("upper").to_pylist() == [None] * 8
    assert sum(f.total().inactive for f in footers(project, "upper")) == 8
