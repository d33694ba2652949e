"""Estimates without a tokenizer."""

import pytest

from eurosift.langid.languages import EU24
from eurosift.pipeline.counts import estimate


def test_the_table_has_all_languages_and_says_where_it_is_from():
    table = estimate.table()
    assert sorted(table["languages"]) == sorted(EU24)
    assert table["tokenizer"]
    assert table["source"]
    # Published counts lie between these; four characters a token is wrong for most languages.
    assert all(2.3 < ratio < 4.5 for ratio in table["languages"].values())


@pytest.mark.parametrize("label", ["lvs_Latn", "lvs_Latn_near"])
def test_an_estimate_is_marked_and_has_no_digest(label):
    found = estimate.estimate(label, 2_386_000)
    assert (found.count, found.method, found.sha256) == (1_000_000, "estimated", None)
    assert found.tokenizer.startswith("estimate")


def test_what_is_not_in_the_table_is_not_guessed():
    assert estimate.estimate("cat_Latn", 1_000).count is None
