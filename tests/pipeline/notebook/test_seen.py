"""Documents as a stage read them."""

import polars as pl

from eurosift.pipeline.api import Run
from eurosift.pipeline.notebook.seen import seen


def test_text_is_that_before_the_stage_in_the_order_that_was_asked(finished):
    run = Run(finished.run_folder).runtime
    places = pl.DataFrame({"shard": ["00002", "00000", "00000"], "row": [1, 2, 0]})
    before = seen(run, run.dag.nodes["scrub"], places, ["id", "text", "absent"])
    assert before["id"].to_list() == ["d2-1", "d0-2", "d0-0"]
    assert before["text"][1] == "ekk_Latn a secret is a secret for ever"
    assert before["absent"].null_count() == 3
    behind = seen(run, run.dag.nodes["upper"], places, ["text"])
    assert behind["text"][1] == "ekk_Latn a ****** is a ****** for ever"
