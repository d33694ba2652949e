"""From words to rows of the input matrix."""

import numpy as np
import pytest

from eurosift.langid.model_file import read_model
from eurosift.langid.vocabulary import (
    build_vocabulary,
    find_entry,
    find_subwords,
    hash_word,
    row_of_ngram,
)


def as_bytes(text):
    return np.frombuffer(text.encode(), np.uint8)


@pytest.mark.parametrize(
    ("text", "key"),
    [("", 0x811C9DC5), ("a", 0xE40C292C), ("foobar", 0xBF9CF968)],
)
def test_the_hash_of_ascii_is_fnv_1a(text, key):
    data = as_bytes(text)
    assert hash_word(data, 0, data.size) == key


def test_other_bytes_count_as_signed():
    key = 0x811C9DC5
    for byte in (0xC3 - 256, 0xA9 - 256):
        key = ((key ^ byte) & 0xFFFFFFFF) * 16777619 & 0xFFFFFFFF
    assert hash_word(as_bytes("é"), 0, 2) == key


def test_each_entry_is_found_and_nothing_else(make_model):
    words = build_vocabulary(read_model(make_model()))

    def find(text):
        data = as_bytes(text)
        return find_entry(words, data, 0, data.size, hash_word(data, 0, data.size))

    assert [find(text) for text in ("</s>", "the", "Ελλάδα", "__label__mt")] == [0, 1, 5, 11]
    assert [find(text) for text in ("", "th", "them", "Ελλάδ")] == [-1] * 4


def test_ngrams_that_were_not_kept_have_no_row(make_model):
    model = read_model(make_model(dsub=2, kept=20))
    words = build_vocabulary(model)
    kept = dict(model.pruned.tolist())
    assert [row_of_ngram(words, i) for i in range(50)] == [
        words.n_words + kept[i] if i in kept else -1 for i in range(50)
    ]


def ngrams(word, low, high):
    """Character n-grams as fastText's paper has them, without the marks alone."""
    marked = f"<{word}>"
    for i in range(len(marked)):
        for n in range(low, high + 1):
            if i + n <= len(marked) and not (n == 1 and i in (0, len(marked) - 1)):
                yield marked[i : i + n]


@pytest.mark.parametrize("room", [3, 4, 1000])
@pytest.mark.parametrize("low", [1, 2])
@pytest.mark.parametrize("word", ["a", "slovo", "żółć", "لغة", "🙂x"])
def test_subwords_are_of_characters_and_in_order(make_model, word, low, room):
    words = build_vocabulary(read_model(make_model(min_n=low, max_n=3)))
    marked = as_bytes(f"<{word}>")
    rows = np.zeros(room, np.int64)
    found, begin = [], 0
    while begin < marked.size:
        begin, n = find_subwords(words, marked, marked.size, begin, rows)
        found += rows[:n].tolist()
    expected = [as_bytes(ngram) for ngram in ngrams(word, low, 3)]
    assert found == [words.n_words + int(hash_word(x, 0, x.size)) % 50 for x in expected]
