"""Words and their n-grams have hashes that tell them apart."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.dedup.fold import folded_words
from eurosift.dedup.shingle import (
    BASE,
    TOGETHER,
    hash_shingles,
    shingles,
    word_hashes,
)
from eurosift.filters.words import PRIME, finish

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def hashed(text):
    return word_hashes(text).tolist()


def hash_of(word):
    """As documented: eight bytes at a time, at least two times."""
    state = 0
    parts = [word[i : i + 8] for i in range(0, max(len(word), 9), 8)]
    for part in parts:
        state = (state ^ int.from_bytes(part, "little")) * int(PRIME) % 2**64
        state ^= state >> 32
    return int(finish(np.uint64(state)))


@given(st.lists(st.text("abcéß", max_size=40), max_size=40))
def test_a_hash_takes_in_eight_bytes_at_a_time(words):
    text = " ".join(words)
    assert hashed(text) == [hash_of(word) for word in folded_words(text)]


def test_words_of_all_lengths_have_their_hash():
    words = ["x" * n for n in range(1, 200)]
    assert hashed(" ".join(words)) == [hash_of(word.encode()) for word in words]


@given(st.lists(st.text(max_size=12), max_size=8))
def test_hashes_do_not_depend_on_what_stands_around_a_word(parts):
    assert hashed(" ".join(parts)) == [word for part in parts for word in hashed(part)]


@given(st.text(max_size=200))
def test_any_text_can_be_read(text):
    assert len(hashed(text)) == len(folded_words(text)) <= len(text.encode()) // 2 + 1


def test_different_words_have_different_hashes():
    """Half a million short ones, and long ones that differ in one place."""
    short = ["".join(word) for n in (1, 2, 3, 4) for word in itertools.product(LETTERS, repeat=n)]
    long = ["a" * i + "b" + "a" * (60 - i) for i in range(61)]
    found = word_hashes(" ".join([*short, *long]))
    assert len(np.unique(found)) == len(found) == len(short) + len(long)


@pytest.mark.parametrize("n", [5, 8, 9, 16, 17, 30])
def test_every_letter_of_a_word_decides_about_every_bit_of_its_hash(n):
    """Each bit changes in half of the words; chance alone leaves this once in 10,000 runs."""
    rng = np.random.default_rng(5)
    words = rng.integers(0, 26, (4_000, n), np.uint8)
    for place in {0, n // 2, n - 1}:
        others = words.copy()
        others[:, place] = (words[:, place] + rng.integers(1, 26, 4_000)) % 26
        a, b = (
            word_hashes("".join(f"{(word + 97).tobytes().decode()} " for word in side))
            for side in (words, others)
        )
        changed = np.unpackbits((a ^ b).view(np.uint8)).reshape(-1, 64)
        assert np.abs(changed.mean(axis=0) - 0.5).max() < 5 * 0.5 / 4_000**0.5


@given(st.text(alphabet="ab c", max_size=60), st.integers(1, 6))
def test_shingles_are_the_distinct_runs_of_words(text, n_grams):
    words = text.split()
    runs = {tuple(words[i : i + n_grams]) for i in range(len(words) - n_grams + 1)}
    assert len(shingles(text, n_grams)) == len(runs)


def test_different_runs_of_few_words_have_different_hashes():
    """Those of twelve words in half a million places; and all their bytes are evenly spread.

    Among 220,000 hashes of 64 bits two agree by chance once in 760,000 tests. Pearson's
    statistic has a mean of 255 and a standard deviation of 22.6.
    """
    rng = np.random.default_rng(9)
    numbers = rng.integers(0, 12, 500_000)
    words = word_hashes("the of and to in a is that for it was on")[numbers]
    found = np.empty(len(words), np.uint64)
    n = hash_shingles(words, len(words), 5, np.empty(TOGETHER, np.uint64), found)
    runs = np.unique(np.lib.stride_tricks.sliding_window_view(numbers, 5), axis=0)
    distinct = np.unique(found[:n])
    assert len(distinct) == len(runs)
    for shift in (0, 24, 32, 56):
        counts = np.bincount((distinct >> np.uint64(shift) & np.uint64(0xFF)).astype(np.int64))
        expected = len(distinct) / 256
        assert abs(((counts - expected) ** 2 / expected).sum() - 255) < 5 * 22.6


def test_a_shingle_is_a_polynomial_over_its_words():
    words = word_hashes("one two three")
    with np.errstate(over="ignore"):
        value = (words[0] * BASE + words[1]) * BASE + words[2]
    assert shingles("one two three", 3).tolist() == [int(finish(value)) >> 32]


def test_long_texts_have_the_shingles_of_their_parts():
    words = [
        f"w{chr(97 + i % 26)}{chr(97 + i // 26 % 26)}{chr(97 + i // 676)}"
        for i in range(3 * TOGETHER)
    ]
    whole = set(shingles(" ".join(words)).tolist())
    parts = [shingles(" ".join(words[i : i + 5])).tolist() for i in range(len(words) - 4)]
    assert whole == {value for part in parts for value in part}
