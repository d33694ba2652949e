"""The helpers of the kernel that counts what tokens hold."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from eurosift.filters.characters import ALPHA, LATER, NUMBER, PADDING, QUIET, UPPER
from eurosift.filters.stopwords import build_table
from eurosift.filters.token_counts import (
    BLOCK,
    BLOCK_SIZE,
    IN_BLOCK,
    INFOS,
    KEYS,
    find_stop_word,
    gather_block,
    hash_word,
    measure_block,
    measure_long,
)

BYTES_OF_TOKENS = st.tuples(
    st.integers(0, 255), st.sampled_from([0, ALPHA, ALPHA | UPPER, NUMBER, QUIET, LATER | ALPHA])
)
TOKENS = st.lists(st.lists(BYTES_OF_TOKENS, min_size=1, max_size=20), min_size=1, max_size=BLOCK)


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


@given(TOKENS)
def test_tokens_of_a_block_are_measured_as_each_alone(tokens):
    pairs = np.array([pair for token in tokens for pair in token] + [(9, ALPHA)] * PADDING)
    text, marks = np.ascontiguousarray(pairs.T.astype(np.uint8))
    stops = np.cumsum([len(token) for token in tokens]).astype(np.int32)
    starts = np.concatenate([[0], stops[:-1]]).astype(np.int32)
    block, long = np.ones(BLOCK_SIZE, np.uint64), np.empty(BLOCK, np.int32)
    n_long = gather_block(text, marks, starts, stops, 0, len(tokens), block, long)
    assert long[:n_long].tolist() == [k for k, t in enumerate(tokens) if len(t) > IN_BLOCK]
    measure_block(block)
    for k, token in enumerate(tokens):
        key, info = measure_long(text, marks, starts[k], stops[k])
        letters = [mark for _, mark in token if mark & ALPHA and not mark & LATER]
        upper = len(letters) > 1 and all(m & UPPER for _, m in token if m & ALPHA)
        is_alpha = any(mark & ALPHA for _, mark in token)
        is_word = is_alpha or any(mark & NUMBER for _, mark in token)
        n_chars = sum(not mark & LATER for _, mark in token)
        assert info == n_chars << 3 | upper << 2 | is_alpha << 1 | is_word
        if len(token) <= IN_BLOCK:
            assert (block[int(KEYS) + k], block[int(INFOS) + k]) == (key, info)
