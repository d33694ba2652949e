"""The helpers of the token kernel."""

import numpy as np
import pyarrow as pa
import pytest

from eurosift.filters.boundaries import ends_in_ellipsis
from eurosift.filters.signals import measure
from eurosift.filters.stopwords import build_table, load_stop_words
from eurosift.filters.tokens import find_stop_word, hash_word


def encoded(text):
    """Bytes of a text, and eight more, which the kernels may read."""
    return np.frombuffer(text.encode() + bytes(8), np.uint8)


def test_stop_words_are_found_by_their_hash_and_case_matters():
    table = build_table({"eng_Latn": ("the", "of")})
    row = table.languages.index("eng_Latn") + 1
    found = [
        find_stop_word(
            table.keys[row],
            table.numbers[row],
            np.uint64(hash_word(encoded(word), 0, len(word.encode()))),
        )
        for word in ("the", "of", "The", "a")
    ]
    assert found == [0, 1, -1, -1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a...", True), ("a…", True), ("...", True), ("a..", False), ("..", False), ("…a", False)],
)
def test_ellipses(text, expected):
    assert ends_in_ellipsis(encoded(text), 0, len(text.encode())) is expected


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
