"""What pages declare as their language."""

import doctest

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.langid import declared as module
from eurosift.langid.declared import UNKNOWN, declared_languages
from eurosift.langid.languages import LANGUAGES


def declared(*values):
    return declared_languages(pa.array(values, pa.string())).to_pylist()


def test_every_style_of_code_is_understood():
    found = declared("mt", "MT", "mt-MT", "ga_IE", " et ", "lav", "English", "sr-Latn", "zh-Hant")
    assert found == [
        "mlt_Latn", "mlt_Latn", "mlt_Latn", "gle_Latn", "ekk_Latn", "lvs_Latn", "eng_Latn",
        "srp_Latn", "cmn_Hani",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "junk",
    [
        "xx",
        "<?=lang?>",
        "de-DE, en",
        "x-default",
        "qaa",
        "und",
        "zxx",
        "en-Cyrl",
        "{{ lang }}",
        "a" * 9999,
    ],
)
def test_what_names_no_language_of_the_table_is_unknown(junk):
    assert declared(junk) == [UNKNOWN]


def test_nothing_is_declared_where_there_is_nothing():
    assert declared(None, "", " \t") == [None, None, None]
    assert declared_languages(pa.nulls(2)).to_pylist() == [None, None]


@given(st.lists(st.none() | st.text() | st.sampled_from(["mt", "ga", "Gaeilge", "und"])))
def test_whatever_is_declared_the_values_are_few(values):
    found = declared(*values)
    assert len(found) == len(values)
    assert set(found) <= {*LANGUAGES, UNKNOWN, None}


def test_bytes_that_are_no_utf8_name_no_language_and_do_no_harm():
    values = pa.array([b"m\xfft", b"\xed\xa0\x80", b"mt", None], pa.binary()).view(pa.string())
    assert declared_languages(values).to_pylist() == [UNKNOWN, UNKNOWN, "mlt_Latn", None]


def test_slices_are_read_at_their_offset():
    values = pa.array(["mt", "ga", None, "en"])
    assert declared_languages(values.slice(1, 2)).to_pylist() == ["gle_Latn", None]


def test_the_example_in_the_docstring_runs():
    assert doctest.testmod(module) == (0, 1)
