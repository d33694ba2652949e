"""The helpers of the kernel that counts what tokens hold."""

import numpy as np

from eurosift.filters.stopwords import build_table
from eurosift.filters.token_counts import find_stop_word, hash_word


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
