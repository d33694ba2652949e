"""The helpers of the token kernel."""

import numpy as np
import pytest

from eurosift.filters.stopwords import build_table
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
