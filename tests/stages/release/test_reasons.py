"""Reasons of all stages come together, in the order of the stages."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from eurosift.stages.release.reasons import gather

LISTS = pa.list_(pa.string())
REASON = st.none() | st.lists(st.sampled_from(["a", "b"]), max_size=3)


@settings(max_examples=100, deadline=None)
@given(rows=st.lists(st.tuples(REASON, REASON), max_size=8), skip=st.integers(0, 3))
def test_every_reason_is_there_with_its_stage(rows, skip):
    batch = pa.record_batch(
        {
            "x_reasons": pa.array([x for x, _ in rows], LISTS),
            "y_reasons": pa.array([y for _, y in rows], LISTS),
        }
    ).slice(skip)
    rejected_by, reasons = gather(batch, {"y": "y_reasons", "x": "x_reasons"})
    for (x, y), stages, found in zip(
        rows[skip:], rejected_by.to_pylist(), reasons.to_pylist(), strict=True
    ):
        assert stages == [stage for stage, why in (("y", y), ("x", x)) if why]
        assert found == [f"y:{why}" for why in y or []] + [f"x:{why}" for why in x or []]
    assert rejected_by.type == reasons.type == LISTS


def test_a_run_in_which_nothing_decides_has_no_reasons():
    rejected_by, reasons = gather(pa.record_batch({"id": ["a", "b"]}), {})
    assert rejected_by.to_pylist() == reasons.to_pylist() == [[], []]
