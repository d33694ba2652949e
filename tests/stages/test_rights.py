"""Evidence of rights comes down to a closed list of signals; nothing else gets through."""

from __future__ import annotations

import doctest

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.stages import rights
from eurosift.stages.extract.rights import RIGHTS
from eurosift.stages.rights import MEANING, RESERVATIONS, signal, signals


@pytest.mark.parametrize(
    ("evidence", "wanted"),
    [
        (("http", "tdm-reservation", "1"), "tdm-reservation"),
        (("meta", "tdm-reservation", "0"), None),
        (("http", "content-usage", "train-ai=n, search=y"), "train-ai=n"),
        (("http", "content-usage", "train-ai=y"), None),
        (("http", "content-signal", "search=yes, ai-train=no"), "ai-train=no"),
        (("http", "x-robots-tag", "otherbot: noindex, nofollow"), "noindex"),
        (("meta", "robots", "index, follow"), None),
        (("meta", "robots", "NOAI, NOIMAGEAI"), "noai"),
        (("meta", "robots", "noimageai"), "noimageai"),
        (("json-ld", "NewsArticle.isAccessibleForFree", "false"), "not-free"),
        (("json-ld", "NewsArticle.isAccessibleForFree", "true"), None),
        (("json-ld", "ImageObject.license", "https://creativecommons.org/licenses/by/4.0/"), None),
        (("json-ld", "Article.license", "https://example.org/terms"), "other-licence"),
        (("a", "href", "https://creativecommons.org/licenses/by-nc-nd/3.0/deed.mt"), "cc-by-nc-nd"),
        (("footer a", "license", "http://creativecommons.org/publicdomain/zero/1.0/"), "cc0"),
        (("a", "href", "https://creativecommons.org/about"), None),
        (("a", "href", "https://www.etalab.gouv.fr/licence-ouverte-open-licence"), "open-licence"),
        (("meta", "copyright", "Maria Borg"), None),
        (("meta", "dc.rights.license", "all rights reserved"), "other-licence"),
    ],
)
def test_a_signal_is_what_the_evidence_says(evidence, wanted):
    assert signal(*evidence) == wanted
    assert wanted is None or wanted in MEANING


@given(st.lists(st.text(max_size=30), min_size=3, max_size=3))
def test_nothing_that_a_page_writes_gets_through(evidence):
    assert signal(*evidence) in {None, *MEANING}


def test_signals_are_listed_once_in_a_fixed_order_and_null_where_nothing_was_looked_at():
    said = [("a", "license", "x"), ("http", "tdm-reservation", "1"), ("meta", "license", "y")]
    rows = [[{"source": s, "name": n, "value": v} for s, n, v in said], [], None]
    found = signals(pa.array(rows, RIGHTS))
    assert found.to_pylist() == [["tdm-reservation", "other-licence"], [], None]
    assert signals(pa.nulls(2)).to_pylist() == [None, None]
    assert set(RESERVATIONS) <= set(MEANING)


def test_examples_hold():
    assert doctest.testmod(rights).failed == 0
