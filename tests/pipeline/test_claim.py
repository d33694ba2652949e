"""Who was taken over from writes nothing more, even if he wakes in the middle of a shard."""

from __future__ import annotations

import pytest

from eurosift.pipeline import shards
from eurosift.pipeline.claim import Claim
from eurosift.pipeline.errors import SupersededError, exit_code
from eurosift.pipeline.work import perform


def test_who_comes_last_holds(tmp_path):
    first = Claim.take(tmp_path / "claim")
    assert first.held
    second = Claim.take(tmp_path / "claim")
    assert (first.held, second.held) == (False, True)
    with pytest.raises(SupersededError, match="another process has taken over") as found:
        first.check()
    assert exit_code(found.value) == 75


def test_what_was_put_away_is_held_by_nobody(tmp_path):
    claim = Claim.take(tmp_path / "claim")
    claim.path.unlink()
    assert not claim.held


def test_a_file_that_cannot_be_read_takes_nothing_away(tmp_path):
    claim = Claim.take(tmp_path / "claim")
    claim.path.write_text("{")
    assert claim.held


@pytest.mark.parametrize("stage", ["label", "manifest"])
def test_a_shard_that_was_given_to_another_in_its_middle_stays_as_the_other_left_it(project, stage):
    project.write({"label": None, "manifest": None})
    project.perform()
    run = project.open()
    node = run.dag.nodes[stage]
    phase = node.phases[0] if node.phases else None
    task = run.tasks(node, phase)[0]
    path = run.files.folder / task.path
    before = path.stat()
    claim = Claim.take(project.folder / "claim")
    Claim.take(project.folder / "claim")
    with pytest.raises(SupersededError):
        perform(run, task, run.workspace(node), claim)
    after = path.stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)
    assert list(run.files.folder.rglob(".*.tmp")) == []


def test_two_writers_of_a_shard_leave_one_whole_file(project, monkeypatch):
    """Neither knows of the other, and the second begins and ends while the first is at it."""
    project.write({"label": None})
    project.perform()
    expected = project.hashes()
    run = project.open()
    node = run.dag.nodes["label"]
    task = run.tasks(node, None)[0]
    commit, inner = shards.ShardWriter.commit, []

    def meanwhile(writer, footer):
        if not inner:
            inner.append(True)
            perform(run, task, run.workspace(node))
        commit(writer, footer)

    monkeypatch.setattr(shards.ShardWriter, "commit", meanwhile)
    perform(run, task, run.workspace(node))
    assert project.hashes() == expected
    assert list(run.files.folder.rglob(".*.tmp")) == []
