"""Phrases are found wherever they stand, in the spellings that are promised, and nowhere else."""

import json
import re

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.filters import phrases
from eurosift.filters.signals import measure

LISTS = json.loads(phrases.shipped())


def found(text, table=None):
    """Pairs of a position in an occurrence, and its kind."""
    content = text.encode()
    padded = np.frombuffer(content + bytes(16), np.uint8)
    places = np.empty(len(content) + 1, np.int32)
    kinds = np.empty(len(content) + 1, np.uint8)
    n = phrases.find_phrases(padded, len(content), table or phrases.phrase_table(), places, kinds)
    return list(zip(places[:n].tolist(), kinds[:n].tolist(), strict=True))


def test_there_are_phrases_in_24_languages():
    assert len(LISTS["cookie"]) == len(LISTS["policy"]) == 24
    assert set(LISTS) == set(phrases.KINDS)
    assert LISTS["c4_policy"]["eng_Latn"] == [
        "terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies",
        "use cookies",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", LISTS)
def test_every_phrase_is_found_at_every_place_in_every_case(kind):
    for listed in LISTS[kind].values():
        for phrase in listed:
            for cased in (phrase, phrase.upper(), phrase.title(), phrase.replace("'", "’")):
                for before in ("", "x", "ab", "é", "abcd"):
                    hits = found(f"{before}{cased} z")
                    assert any(bits & phrases.KINDS[kind] for _, bits in hits), (before, cased)


@given(
    st.lists(st.sampled_from(["cookie", "abcdefghij", "cdefghi", "abc", " ", "COOKIE policy"])).map(
        "".join
    )
)
def test_what_is_found_is_what_is_there(text):
    kinds = {b"cookie policy": 1, b"abcdefghij": 2}
    hits = found(text, phrases.build_table(kinds))
    expected = {
        (match.start(), kind)
        for phrase, kind in kinds.items()
        for match in re.finditer(f"(?={phrase.decode()})", text.lower())
    }
    assert len(hits) == len({start for start, _ in expected})
    assert sorted(kind for _, kind in hits) == sorted(kind for _, kind in expected)
    assert all(any(start <= place < start + 13 for start, _ in expected) for place, _ in hits)


def test_short_phrases_are_refused():
    with pytest.raises(ValueError, match="'cookies': shorter than 9 bytes"):
        phrases.build_table({b"cookies": 4})


def test_lines_are_counted_once(stop_table):
    text = "We use cookies and use cookies.\nIl sito utilizza i cookie\nNothing\n\nÓ: javascript"
    row = measure(pa.array([text]), stop_words=stop_table).to_pylist()[0]
    assert row["cookie_line_ratio"] == pytest.approx(2 / 4)
    assert row["javascript_line_ratio"] == pytest.approx(1 / 4)
    assert row["policy_line_ratio"] == row["lorem_ipsum_line_ratio"] == 0
