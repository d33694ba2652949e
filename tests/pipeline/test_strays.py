"""Files that belong to no item; what becomes of them after a run is in test_execute.py."""

import os

from eurosift.pipeline.strays import strays


def test_files_that_belong_to_no_item_are_found(finished):
    run = finished.open()
    extra = finished.run_folder / "length" / "00007.parquet"
    os.link(finished.run_folder / "length" / "00000.parquet", extra)
    assert strays(run, run.dag.nodes["length"]) == [extra]
    assert strays(run, run.dag.nodes["short"]) == []
