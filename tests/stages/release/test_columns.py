"""Columns get the types of a release, or an error that says what to do."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest

from eurosift.stages.errors import StageError
from eurosift.stages.release.columns import KEPT, KNOWN, conform, in_order, rejected, schema_of


def test_columns_are_ordered_and_absent_ones_are_null_with_their_type():
    batch = pa.record_batch({"text": ["a"], "id": ["1"], "not_released": [1]})
    found = conform(batch, KEPT.schema)
    assert found.schema.equals(KEPT.schema)
    assert found.select(["id", "text", "n_words"]).to_pylist() == [
        {"id": "1", "text": "a", "n_words": None}
    ]


def test_types_that_differ_in_width_are_converted():
    time = dt.datetime(2024, 5, 6, 7, 8, 9, tzinfo=dt.UTC)
    batch = pa.record_batch(
        {
            "language_score": pa.array([0.1], pa.float64()),
            "cluster_size": pa.array([3], pa.int64()),
            "date": pa.array([time], pa.timestamp("s", "UTC")),
        }
    )
    found = conform(batch, schema_of(("date", "language_score", "cluster_size"))).to_pylist()
    assert found == [{"date": time, "language_score": pytest.approx(0.1), "cluster_size": 3}]


def test_a_value_that_would_be_lost_is_an_error_that_names_the_column():
    batch = pa.record_batch({"n_words": ["many"]})
    with pytest.raises(StageError, match=r"`n_words` is string .* leave it out of `columns`"):
        conform(batch, schema_of(("n_words",)))


def test_rejected_rows_have_text_only_on_request():
    assert "text" not in rejected(text=False).columns
    assert rejected(text=True).columns[-1] == "text"


def test_the_path_of_a_file_follows_from_its_key():
    assert KEPT.path("mlt_Latn-00000-of-00002") == "data/mlt_Latn/train-00000-of-00002.parquet"
    assert (
        rejected(text=False).path("und-00000-of-00001")
        == "rejected/und/rejected-00000-of-00001.parquet"
    )


def test_columns_that_nobody_scrubs_and_that_may_name_people_are_not_released_by_themselves():
    assert {"published", "site_name", "canonical_url"} <= set(KEPT.columns)
    assert "author" in KNOWN
    assert "author" not in KEPT.columns
    assert not {"rights", "markdown"} & set(KNOWN)


def test_tokens_of_further_tokenizers_stand_behind_the_others():
    columns = in_order(["n_tokens_b", "text", "n_tokens_a", "n_tokens", "id"])
    assert columns == ("id", "text", "n_tokens", "n_tokens_a", "n_tokens_b")
    assert schema_of(columns).field("n_tokens_a").type == pa.int32()


def test_scores_of_classifiers_stand_behind_all_others():
    columns = in_order(["edu_score", "n_tokens_a", "id", "quality_score", "a_score"])
    assert columns == ("id", "quality_score", "n_tokens_a", "a_score", "edu_score")
    assert schema_of(columns).field("edu_score").type == pa.float32()
    assert "edu_score" not in KEPT.columns
