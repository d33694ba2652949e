"""Noisy is what the rules of quality reject, and nobody else."""

from __future__ import annotations

import pyarrow as pa
import pytest

from eurosift.pipeline.export.noisy import rejected_only_by


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
