"""The configuration refuses what no release can be made of."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from eurosift.stages.release import ReleaseConfig


def test_columns_take_the_order_of_the_schema():
    config = ReleaseConfig(columns=("n_words", "language", "text", "id"))
    assert config.columns == ("id", "text", "language", "n_words")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"columns": ("id", "text", "language", "n_word")}, "did you mean `n_words`"),
        ({"columns": ("id", "language")}, "cannot do without text"),
        ({"target_bytes": 0}, "greater than 0"),
        ({"target_size": 1}, "Extra inputs"),
    ],
)
def test_mistakes_are_named(change, message):
    with pytest.raises(ValidationError, match=message):
        ReleaseConfig(**change)
