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
        ({"splits": {"train": 0.1}}, "`train` cannot be a split"),
        ({"splits": {"../test": 0.1}}, "cannot be a split"),
        ({"splits": {"test": 0.0}}, "must be from"),
        ({"splits": {"test": 0.5, "validation": 0.5}}, "nothing is left for training"),
        ({"split_key": ""}, "at least 1 character"),
    ],
)
def test_mistakes_are_named(change, message):
    with pytest.raises(ValidationError, match=message):
        ReleaseConfig(**change)


def test_what_stands_on_the_card_alone_is_no_reason_to_write_data_again():
    told = {"title", "description", "license", "creator", "contact", "url", "published"}
    config = ReleaseConfig(published="2026-01-02")
    assert config.indirect() == told | {"release_version"}
    assert config.about()["published"] == "2026-01-02"
