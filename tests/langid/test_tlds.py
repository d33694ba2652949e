"""Top-level domains, and the languages that are expected there."""

import doctest

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.langid import tlds as module
from eurosift.langid.languages import EU24, LANGUAGES
from eurosift.langid.tlds import EXPECTED, GENERIC, OTHER, tlds

STATES = [
    "at", "be", "bg", "cy", "cz", "de", "dk", "ee", "es", "fi", "fr", "gr", "hr", "hu", "ie", "it",
    "lt", "lu", "lv", "mt", "nl", "pl", "pt", "ro", "se", "si", "sk",
]  # fmt: skip


def tld(*urls):
    return tlds(pa.array(urls, pa.string())).to_pylist()


def test_the_states_of_the_union_expect_its_languages_and_all_of_them():
    assert len(STATES) == 27
    assert {code for state in STATES for code in EXPECTED[state]} >= set(EU24)
    assert EXPECTED["mt"] == ("mlt_Latn", "eng_Latn")
    assert EXPECTED["eu"] == ()


def test_the_table_speaks_of_known_languages_each_once():
    for codes in EXPECTED.values():
        assert set(codes) <= set(LANGUAGES)
        assert len(set(codes)) == len(codes)


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://www.example.mt/index.html?a=b.ie#c.fr", "mt"),
        ("http://EXAMPLE.IE:8080", "ie"),
        ("https://example.com.mt.", "mt"),
        ("//example.eu", "eu"),
        ("https://user:word@example.pl/", "pl"),
        ("http://www.example.gb/", "uk"),
        ("https://xn--hxajbheg2az3al.xn--qxam/", "gr"),
        ("https://пример.бг/а", "bg"),
        ("https://example.cat/", "cat"),
        ("https://example.jp/", OTHER),
        ("https://xn--fsqu00a.xn--0zwm56d/", OTHER),
        ("https://example.com/a.mt", GENERIC),
        ("https://example.museum", GENERIC),
        ("http://127.0.0.1/a.mt", None),
        ("http://[2001:db8::1]/a.mt", None),
        ("http://localhost:80/a.mt", None),
        ("file:///home/a.mt", None),
        ("example.mt/page", None),
        ("page.mt", None),
        ("", None),
        (None, None),
    ],
)
def test_the_domain_is_the_last_label_of_the_host(url, found):
    assert tld(url) == [found]


@given(st.lists(st.none() | st.text() | st.from_regex(r"https?://[a-z.]{1,20}/", fullmatch=True)))
def test_whatever_the_addresses_the_values_are_few(urls):
    found = tld(*urls)
    assert len(found) == len(urls)
    assert set(found) <= {*EXPECTED, GENERIC, OTHER, None}


def test_addresses_that_no_layer_has_have_no_domain():
    assert tlds(pa.nulls(2)).to_pylist() == [None, None]


def test_the_examples_in_the_docstrings_run():
    assert doctest.testmod(module) == (0, 2)
