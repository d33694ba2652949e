"""The levels leave nothing out: counts are those of counting every n-gram."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from eurosift.filters.counts import DUPLICATE_5, N_COUNTS, TOP_2
from eurosift.filters.ngrams import count_ngrams
from eurosift.filters.repeats import table_size
from eurosift.filters.words import finish

TOKENS = st.one_of(
    st.lists(st.integers(0, 2), max_size=80),
    st.lists(st.sampled_from([[1, 2, 3, 4, 5], [6], [7, 8], [1, 2, 3]]), max_size=20).map(
        lambda parts: [token for part in parts for token in part]
    ),
)


def count(tokens):
    n = len(tokens)
    lengths = np.array([token + 1 for token in tokens], np.int32)
    hashes = np.array([finish(np.uint64(token + 5)) for token in tokens] or [0], np.uint64)
    before = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    counts = np.zeros(N_COUNTS, np.int64)
    per_token = (np.empty(n + 2, kind) for kind in (np.uint64, np.int32, np.int32, np.int32))
    count_ngrams(hashes, n, before, *per_token, np.empty(table_size(n), np.int32), counts)
    return counts


def grams(tokens, n):
    return [tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1)]


@given(TOKENS)
def test_the_most_frequent_ngram_is_the_first_of_the_most_frequent(tokens):
    counts = count(tokens)
    for n in (2, 3, 4):
        best = Counter(grams(tokens, n)).most_common(1)
        expected = sum((sum(g) + n + n - 1) * times for g, times in best)
        assert counts[TOP_2 + n - 2] == expected, n


@given(TOKENS)
def test_duplicate_ngrams_are_skipped_as_a_whole(tokens):
    counts = count(tokens)
    for n in range(5, 11):
        seen, chars, i = set(), 0, 0
        all_grams = grams(tokens, n)
        while i < len(all_grams):
            if all_grams[i] in seen:
                chars += sum(all_grams[i]) + n
                i += n
            else:
                seen.add(all_grams[i])
                i += 1
        assert counts[DUPLICATE_5 + n - 5] == chars, n
