"""Signatures estimate Jaccard similarity, whatever the batches."""

from __future__ import annotations

import itertools

import numpy as np
import pyarrow as pa
import pytest
import xxhash
from datatrove.utils.word_tokenizers import WordTokenizer
from hypothesis import given
from hypothesis import strategies as st

from eurosift.dedup.match import match
from eurosift.dedup.shingle import BASE, shingles, word_hashes
from eurosift.dedup.sign import MinHash, Signatures
from eurosift.filters.words import finish

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


def test_recall_of_similar_documents_is_that_of_theory(edited_pair):
    """With 8,000 pairs the standard error is 0.002."""
    rng = np.random.default_rng(11)
    minhash = MinHash()
    texts = [edited_pair(rng, rate) for rate in np.linspace(0.0, 0.025, 8_000)]
    signed = signatures_of(minhash, texts)
    sides = [minhash.shingles(pa.array(side)) for side in zip(*texts, strict=True)]
    common = [
        len(np.intersect1d(a.values.to_numpy(), b.values.to_numpy(), assume_unique=True))
        for a, b in zip(*sides, strict=True)
    ]
    sizes = [len(a) + len(b) for a, b in zip(*sides, strict=True)]
    truth = np.array(common) / (np.array(sizes) - common)
    chosen = truth >= 0.8
    assert chosen.sum() > 4_000
    a, b = (minhash.keys(side) for side in signed)
    recall = (a == b).any(axis=1)[chosen].mean()
    assert abs(recall - minhash.probability(truth[chosen]).mean()) < 0.01


@pytest.mark.parametrize("precision", [32, 64])
def test_datasketch_finds_the_same_pairs_in_our_signatures(pairs, precision):
    from datasketch import MinHashLSH

    texts, _ = pairs
    minhash = MinHash(precision=precision)
    signed = minhash.sign(pa.array([text for pair in texts for text in pair]))
    sketches = [minhash.to_datasketch(row) for row in signed.minima]
    lsh = MinHashLSH(num_perm=minhash.bands * minhash.rows, params=(minhash.bands, minhash.rows))
    for number, sketch in enumerate(sketches):
        lsh.insert(number, sketch)
    theirs = {
        (number, other)
        for number, sketch in enumerate(sketches)
        for other in lsh.query(sketch)
        if number < other
    }
    assert theirs == candidates(minhash.keys(signed))
    estimate = sketches[0].jaccard(sketches[1])
    assert estimate == pytest.approx((signed.minima[0] == signed.minima[1]).mean())


def candidates(keys):
    """All pairs of rows that share a band."""
    groups = {}
    for row, bands in enumerate(keys.tolist()):
        for band, key in enumerate(bands):
            groups.setdefault((band, key), []).append(row)
    return {pair for group in groups.values() for pair in itertools.combinations(group, 2)}


def test_datatrove_finds_the_same_pairs_in_its_own_signatures(pairs, tmp_path):
    """Its signatures of its shingles, cut into bands and matched by us and by itself."""
    from datatrove.data import Document
    from datatrove.pipeline.dedup import MinhashDedupBuckets, MinhashDedupSignature

    class Split(WordTokenizer):
        def word_tokenize(self, text):
            return text.split()

        def sent_tokenize(self, text):
            raise NotImplementedError

        def span_tokenize(self, text):
            raise NotImplementedError

    texts = [text for pair in pairs[0][:200] for text in pair]
    step = MinhashDedupSignature(str(tmp_path / "signatures"), language=Split())
    step.run((Document(text, str(i)) for i, text in enumerate(texts)), 0, 1)
    buckets = MinhashDedupBuckets(str(tmp_path / "signatures"), str(tmp_path / "buckets"))
    for rank in range(14):
        buckets.run(None, rank, 14)
    edges = np.concatenate(
        [np.fromfile(path, "<u4").reshape(-1, 4) for path in (tmp_path / "buckets").glob("*.dups")]
    )
    theirs = {tuple(sorted(edge)) for edge in edges[:, [1, 3]].tolist()}
    minima = np.array(
        [np.concatenate(step.get_signature(step.get_shingles(text))) for text in texts], np.uint64
    )
    minhash = MinHash(precision=64)
    keys = minhash.keys(Signatures(minima, np.ones(len(texts), np.bool_)))
    ours = set()
    for band in keys.T:
        found = match(np.ascontiguousarray(band))
        ours |= set(zip(found.a.tolist(), found.b.tolist(), strict=True))
    assert len(ours) > 100
    assert closure(theirs) == closure(ours)
    assert theirs <= candidates(keys)


def closure(edges):
    """Clusters, as sets."""
    clusters = {}
    for a, b in edges:
        joined = clusters.get(a, {a}) | clusters.get(b, {b})
        clusters |= dict.fromkeys(joined, joined)
    return {frozenset(cluster) for cluster in clusters.values()}


def test_shingles_of_texts_are_those_of_each(pairs):
    texts = ["zu kurz", *pairs[0][0], None, "", "a b c d e a b c d e"]
    found = MinHash().shingles(pa.array(texts)).to_pylist()
    expected = [list(shingles(text or "").tolist()) or None for text in texts]
    assert found == expected


@pytest.mark.parametrize("precision", [32, 64])
@pytest.mark.parametrize("bands", [2, 14, 17])
def test_minima_are_the_smallest_values_of_the_permutations(precision, bands):
    """However many there are: they are looked at 64 bytes at a time."""
    minhash = MinHash(n_grams=2, bands=bands, rows=3, precision=precision)
    words = word_hashes("one two three four one two three four five")
    with np.errstate(over="ignore"):
        pairs_of_words = words[:-1] * BASE + words[1:]
    hashes = [int(finish(value)) >> (64 - precision) for value in pairs_of_words]
    a, b = minhash.permutations()
    expected = [
        min((int(x) * h + int(y)) % 2**precision for h in hashes) for x, y in zip(a, b, strict=True)
    ]
    signed = minhash.sign(pa.array(["one two three four one two three four five"]))
    assert signed.minima[0].tolist() == expected
    assert signed.minima.dtype.itemsize * 8 == precision


def test_signatures_are_those_of_this_format():
    """If this digest changes, raise `FORMAT` of the sign phase."""
    minhash = MinHash()
    texts = ["Ängste über 12,5 Grad – η οδός, 漢字, права", "a b c d e " * 300]
    signed = minhash.sign(pa.array(texts))
    digest = xxhash.xxh3_64(signed.minima.astype("<u4").tobytes())
    digest.update(minhash.keys(signed).astype("<u8").tobytes())
    assert digest.hexdigest() == "adff566c2e6d8d2c"
