"""The helpers of the token kernel."""

import numpy as np
import pyarrow as pa
import pytest

from eurosift.filters.signals import measure
from eurosift.filters.stopwords import build_table, load_stop_words
from eurosift.filters.tokens import ends_in_ellipsis, find_stop_word, hash_stop_word


def encoded(text):
    return np.frombuffer(text.encode(), np.uint8)


def test_stop_words_are_found_by_their_hash_and_case_matters():
    table = build_table({"eng_Latn": ("the", "of")})
    found = [
        find_stop_word(table.keys[1], table.numbers[1], np.uint64(hash_stop_word(encoded(word))))
        for word in ("the", "of", "The", "a")
    ]
    assert found == [0, 1, -1, -1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a...", True), ("a…", True), ("...", True), ("a..", False), ("..", False), ("…a", False)],
)
def test_ellipses(text, expected):
    data = encoded(text)
    assert ends_in_ellipsis(data, 0, data.size) is expected


def test_maltese_clitics_keep_their_mark():
    """`il-`, `ta'`: as in the tokens behind the thresholds and stop words of FineWeb-2."""
    texts = pa.array(["Il-kelb u l-qattus ta’ Marija marru fil-bejt."] * 2)
    measured = measure(
        texts, pa.array(["mlt_Latn", "eng_Latn"]), stop_words=build_table(load_stop_words())
    )
    # Il- kelb u l- qattus ta’ Marija marru fil- bejt .
    assert measured["token_count"].to_pylist() == [11, 15]
    assert measured["alpha_word_ratio"].to_pylist() == pytest.approx([10 / 11, 10 / 15])
    assert measured["stop_word_count"][0].as_py() == 4  # u, l-, ta', fil-
