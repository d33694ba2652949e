"""What is planted is as similar as is asked for."""

from __future__ import annotations

import numpy as np
import pytest

from eurosift.dedup.plant import TOLERANCE, plant, words_needed
from eurosift.dedup.shingle import shingles
from eurosift.dedup.sign import MinHash


@pytest.fixture(scope="module")
def texts(edited_pair):
    rng = np.random.default_rng(3)
    return [edited_pair(rng, 0.0)[0] for _ in range(8)]


def test_copies_are_as_similar_as_is_asked_for(texts):
    found = plant(texts, MinHash(), (0.5, 0.8))
    assert len(found.copies) == 16
    assert (np.abs(found.similarity - found.wanted) <= TOLERANCE).all()
    for original, copy, similarity in zip(
        found.originals, found.copies, found.similarity, strict=True
    ):
        a, b = set(shingles(original).tolist()), set(shingles(copy).tolist())
        assert len(a & b) / len(a | b) == pytest.approx(similarity)


def test_the_same_texts_give_the_same_copies_and_another_seed_others(texts):
    first, again, other = (plant(texts, MinHash(), (0.8,), seed).copies for seed in (0, 0, 1))
    assert first == again
    assert not set(first) & set(other)


def test_what_is_between_words_stays():
    text = "\n".join(f"Zeile {chr(97 + i % 26) * (i // 26 + 2)}, mit - Zeichen!" for i in range(40))
    (copy,) = plant([text], MinHash(), (0.7,)).copies
    assert copy.count("!\nZ") + copy.count("!\n") > 30
    assert copy.count("\n") == text.count("\n")


@pytest.mark.parametrize("texts", [[], [""], ["..."], ["viel zu kurz"]])
def test_short_texts_have_no_copies(texts):
    assert plant(texts, MinHash(), (0.9,)).copies == []


@pytest.mark.parametrize("n_grams", [3, 5])
@pytest.mark.parametrize("similarity", [0.5, 0.8, 0.95])
def test_as_many_words_are_needed_as_is_said(n_grams, similarity):
    """About: words at either end of a text change fewer shingles."""
    minhash = MinHash(n_grams=n_grams)
    needed = words_needed(similarity, minhash)

    def planted(n):
        rng = np.random.default_rng(n)
        letters = np.array([*"abcdefghijklmnopqrstuvwxyz"])
        words = ["".join(word) for word in rng.choice(letters, (100 * n, 8))]
        texts = [" ".join(words[k * n : (k + 1) * n]) for k in range(100)]
        return len(plant(texts, minhash, (similarity,)).copies)

    assert planted(needed) > 50
    assert planted(needed // 2) < 50
