"""Buckets and the labels under which their texts are counted and filed."""

import doctest

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.langid import buckets
from eurosift.langid.buckets import APART, MAIN, join, labels, name, split
from eurosift.langid.languages import LANGUAGES, UnknownLanguageError

LANGUAGE = st.none() | st.sampled_from(["mlt_Latn", "gle_Latn", "und"])
BUCKET = st.none() | st.sampled_from([MAIN, *APART])


@given(st.lists(st.tuples(LANGUAGE, BUCKET)))
def test_only_what_is_kept_apart_has_a_label_of_its_own(rows):
    language, bucket = ([row[i] for row in rows] for i in (0, 1))
    found = labels(pa.array(language, pa.string()), pa.array(bucket, pa.string())).to_pylist()
    assert found == [code and (f"{code}_{b}" if b in APART else code) for code, b in rows]


def test_without_buckets_labels_are_the_languages():
    language = pa.array(["mlt_Latn", None])
    assert labels(language, None) is language
    assert labels(language, pa.nulls(2)) is language


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_label_leads_back_to_language_and_bucket(language):
    for bucket in (MAIN, *APART):
        assert split(join(language, bucket)) == (language, bucket)


def test_a_label_of_no_language_has_no_name():
    with pytest.raises(UnknownLanguageError):
        name("nothing at all_near")


def test_the_examples_in_the_docstrings_run():
    assert doctest.testmod(buckets) == (0, 4)
