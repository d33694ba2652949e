"""Languages and their buckets, however a user names them."""

import doctest

import pytest

from eurosift.langid.languages import EU24
from eurosift.pipeline import labels
from eurosift.pipeline.errors import QueryError


def test_the_examples_are_true():
    assert doctest.testmod(labels).failed == 0


@pytest.mark.parametrize("written", ["mt", "Maltese", "mlt_Latn", "__label__mlt_Latn"])
@pytest.mark.parametrize("bucket", ["main", "near", "salvaged"])
def test_a_bucket_stands_behind_a_language_in_any_style(written, bucket):
    assert labels.label_of(written) == ("mlt_Latn", None)
    assert labels.label_of(f"{written}_{bucket}") == ("mlt_Latn", bucket)


@pytest.mark.parametrize("written", ["mlt_Latn_far", "gr_near", "near", "_near"])
def test_what_is_no_language_is_refused(written):
    with pytest.raises(QueryError):
        labels.label_of(written)


def test_all_languages_are_offered_and_buckets_only_behind_one():
    assert tuple(labels.beginning_with("")) == EU24
    assert set(labels.beginning_with("mlt_Latn_n")) == {"mlt_Latn_near"}
    assert labels.beginning_with("x") == {}
