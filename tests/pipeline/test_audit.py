"""Ledgers are counted from what is read once; where sizes are in doubt, from the texts."""

import pytest

from eurosift.pipeline import audit
from eurosift.pipeline.audit import ShardAudit
from eurosift.pipeline.verify import verify


def problems(project):
    return verify(project.open()).problems


@pytest.fixture
def counted(monkeypatch):
    """Items whose ledger was counted from the texts."""
    found = []

    def recount(run, node, task, footer):
        found.append(task.label)
        return original(run, node, task, footer)

    original = audit.recount
    monkeypatch.setattr(audit, "recount", recount)
    return found


def test_texts_of_the_input_are_not_read_where_a_layer_knows_their_length(project, counted):
    project.write({"langid": None, "signals": None})
    project.perform()
    run = project.open()
    run.dag.source.step.texts = lambda _: pytest.fail("the input is read")
    assert (verify(run).problems, counted) == ([], [])


def test_texts_are_counted_where_no_layer_knows_their_length(project, counted):
    sentence = "Here is a sentence of which everybody can tell that it is English."
    project.inputs([sentence], [sentence, "   "], [sentence])
    project.write({"langid": None})
    project.perform()
    assert problems(project) == []
    assert counted == ["langid/00000", "langid/00001", "langid/00002"]


def test_a_shard_without_documents_is_fine(project):
    project.input("part-3.jsonl", [])
    project.perform()
    assert problems(project) == []


def test_a_changed_input_is_named_where_texts_stay_in_it(project):
    project.perform()
    project.input("part-1.jsonl", ["mlt_Latn something else"])
    (line,) = problems(project)
    assert line.startswith("input part-1.jsonl has changed since it was planned")


def test_a_layer_is_not_blamed_for_one_before_it(finished):
    path = finished.run_folder / "length" / "00000.parquet"
    content = bytearray(path.read_bytes())
    content[content.find(b"PAR1") + 40] ^= 1
    path.write_bytes(content)
    assert problems(finished) == [f"{path}: is damaged: a byte is not what was written"]


def test_each_layer_says_which_rows_it_works_on(finished):
    run = finished.open()
    shard = ShardAudit(run, "00000")
    for name in ("extract", "label", "length", "short"):
        node = run.dag.nodes[name]
        assert shard.knows(node)
        shard.read(node, run.tasks(node, None)[0], current=True)
    assert shard.active(run.dag.nodes["scrub"], 3).to_pylist() == [True, False, True]
    assert len(shard.ids) == 3
    assert not shard.knows(run.dag.nodes["upper"])
