"""A hit is always the word that was asked for."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from eurosift.langid.word_cache import KEY_BYTES, KEY_WORDS, WAYS, build_cache, find_word

WORDS = st.binary(min_size=1, max_size=KEY_BYTES).filter(lambda word: 0 not in word)


def find(cache, word):
    data = np.frombuffer(word, np.uint8)
    return find_word(cache, data, 0, len(word), np.zeros(KEY_WORDS, np.uint64))


def test_a_word_that_was_asked_for_is_there():
    cache = build_cache(3, 10_000)
    slot, known = find(cache, b"slovo")
    assert not known
    assert find(cache, b"slovo") == (slot, True)
    assert find(cache, b"slov")[1] is False


@given(st.lists(WORDS, max_size=60), st.sampled_from([1, 2000, 100_000]))
def test_a_slot_belongs_to_the_word_that_was_last_put_there(words, n_bytes):
    cache = build_cache(2, n_bytes)
    owners = {}
    for word in words:
        slot, known = find(cache, word)
        assert 0 <= slot < len(cache.sums)
        assert known == (owners.get(slot) == word)
        owners[slot] = word


def test_words_asked_for_stay_while_others_come_and_go():
    cache = build_cache(2, 1)
    assert len(cache.sums) == WAYS
    find(cache, b"often")
    hits = []
    for i in range(50):
        find(cache, b"word%d" % i)
        hits.append(find(cache, b"often")[1])
    assert sum(hits) > 30


def test_the_bound_on_memory_is_kept():
    for n_bytes in (5_000, 1 << 20):
        cache = build_cache(48, n_bytes)
        assert n_bytes / 2 < sum(array.nbytes for array in cache) <= n_bytes
