"""A file is read as it is, whatever its item was meant to be."""

import hashlib

import pyarrow.parquet as pq
import pytest

from eurosift.pipeline import reread
from eurosift.pipeline.errors import InvariantError
from eurosift.pipeline.reread import Reread


def first(project, stage):
    run = project.open()
    task = run.tasks(run.dag.nodes[stage], None)[0]
    return run.files.folder / task.path, task


def test_all_rows_come_in_pieces_of_bounded_size(finished, monkeypatch):
    path, task = first(finished, "upper")
    monkeypatch.setattr(reread, "BATCH_BYTES", 1)
    batches = list(Reread(path, task).batches())
    assert [batch.num_rows for batch in batches] == [1, 1, 1]
    assert [b.to_pylist()[0] for b in batches] == pq.read_table(path).to_pylist()


def test_bytes_are_hashed_on_the_way(finished):
    path, task = first(finished, "upper")
    digest = hashlib.sha256()
    Reread(path, task, digest)
    assert digest.hexdigest() == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_byte_that_was_changed_is_found_before_anything_is_read(finished):
    path, task = first(finished, "upper")
    content = bytearray(path.read_bytes())
    content[30] ^= 1
    path.write_bytes(content)
    with pytest.raises(InvariantError, match="a byte is not what was written"):
        Reread(path, task)
