"""Signatures estimate Jaccard similarity, whatever the batches."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.dedup.shingle import shingles
from eurosift.dedup.sign import MinHash

TEXTS = ["a b c d e f", "a b c d e g", "too short", "", None, "ž ł ő ħ ș ț", "f e d c b a " * 9]


def similarity(pair):
    a, b = (set(shingles(text).tolist()) for text in pair)
    return len(a & b) / len(a | b)


@pytest.fixture(scope="module")
def pairs(edited_pair):
    """600 pairs of all similarities, with their true Jaccard similarity."""
    rng = np.random.default_rng(7)
    texts = [edited_pair(rng, rate) for rate in np.linspace(0.0, 0.12, 600)]
    return texts, np.array([similarity(pair) for pair in texts])


def signatures_of(minhash, texts):
    return [minhash.sign(pa.array(side)) for side in zip(*texts, strict=True)]


def test_signatures_estimate_jaccard_without_bias(pairs):
    """The standard error of one estimate is at most 0.048, of the mean of 600 it is 0.002."""
    texts, truth = pairs
    a, b = signatures_of(MinHash(), texts)
    estimate = (a.minima == b.minima).mean(axis=1)
    assert abs((estimate - truth).mean()) < 0.01
    assert np.abs(estimate - truth).max() < 0.2


def test_bands_find_similar_documents_as_often_as_theory_says(pairs):
    texts, truth = pairs
    minhash = MinHash()
    a, b = (minhash.keys(signed) for signed in signatures_of(minhash, texts))
    found = (a == b).any(axis=1)
    for low, high in ((0.4, 0.6), (0.6, 0.8), (0.8, 1.01)):
        chosen = (truth >= low) & (truth < high)
        assert chosen.sum() > 50
        expected = minhash.probability(truth[chosen]).mean()
        assert abs(found[chosen].mean() - expected) < 0.12
    assert found[truth >= 0.8].mean() > 0.93


def test_other_seeds_give_other_permutations():
    a, b = (MinHash(seed=seed).sign(pa.array(TEXTS)).minima for seed in (1, 2))
    assert (a[0] != b[0]).all()


@given(st.lists(st.sampled_from(TEXTS), max_size=12), st.data())
def test_a_signature_does_not_depend_on_the_batch(texts, data):
    cut = data.draw(st.integers(0, len(texts)))
    minhash = MinHash(bands=3, rows=2)
    array = pa.array(texts, pa.string())
    whole = minhash.keys(minhash.sign(array))
    parts = [array.slice(0, cut), array.slice(cut).cast(pa.large_string())]
    keys = [minhash.keys(minhash.sign(part)) for part in parts]
    assert (np.concatenate(keys) == whole).all()


def test_texts_with_fewer_words_than_a_shingle_are_not_signed():
    signed = MinHash(n_grams=5).sign(pa.array(["a b c d", "a b c d e", "", None, "1.5 2 3 4 5"]))
    assert signed.signed.tolist() == [False, True, False, False, True]
    assert MinHash(n_grams=1).sign(pa.array(["a", "", "..."])).signed.tolist() == [
        True,
        False,
        False,
    ]


def test_bands_with_equal_minima_have_equal_keys_only_in_the_same_place():
    minhash = MinHash(bands=2, rows=2)
    minima = np.array([[1, 2, 1, 2], [1, 2, 2, 1]], np.uint32)
    keys = minhash.keys(type(minhash.sign(pa.array([""])))(minima, np.ones(2, np.bool_)))
    assert keys[0, 0] == keys[1, 0]
    assert len(np.unique(keys)) == 3


def test_no_texts_give_no_signatures():
    minhash = MinHash()
    signed = minhash.sign(pa.array([], pa.string()))
    assert signed.minima.shape == (0, 112)
    assert minhash.keys(signed).shape == (0, 14)


def test_probability_is_that_of_the_default_of_the_field():
    assert MinHash().probability([0.5, 0.8, 0.9]).round(3).tolist() == [0.053, 0.924, 1.0]
