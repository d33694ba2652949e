"""Labels and probabilities are fastText's, whatever the batch and whatever the cache holds."""

# Texts in other scripts look like Latin by nature.

import fasttext
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eurosift.langid.classifier import Classifier
from eurosift.langid.normalise import normalise

TEXTS = [
    "the language of il język Ελλάδα",
    "",
    "   ",
    "\t a  b\vc\fd\re ",
    "slovo</s> </s> slovo slovo",
    "</s>",
    "__label__mt __label__unknown the",
    "nul\0between the words",
    "🙂🙂 👩‍👩‍👧 \u200d",
    "مرحبا بكم في لغة العالم",
    "мова " * 50,
    "x" * 33 + " " + "y" * 31 + " " + "z" * 32 + " " + "x" * 40,
    "а" * 700,
    "i",
]
KINDS = {
    "dense": {},
    "words only": {"max_n": 0, "bucket": 0},
    "word n-grams": {"word_n": 3},
    "word n-grams without subwords": {"word_n": 2, "max_n": 0},
    "single characters": {"min_n": 1, "max_n": 6},
    "odd dimension": {"dim": 7},
    "quantised": {"dsub": 2},
    "quantised with norms": {"dsub": 3, "norms": True, "dim": 8},
    "one part": {"dsub": 9, "dim": 4},
    "quantised output": {"dsub": 2, "norms": True, "output": True},
    "pruned": {"dsub": 2, "kept": 20, "word_n": 2},
    "pruned of all n-grams": {"dsub": 2, "kept": 0},
    "without an end of line": {"words": ["the", "slovo"]},
    "one label": {"labels": ["__label__mt"]},
    "version 11": {"version": 11},
    "a label without prefix": {"labels": ["__label__mt", "slovo2", "the-label"]},
}
LOSSES = {"hierarchical softmax": 1, "negative sampling": 2, "softmax": 3, "one-vs-all": 4}


def theirs(path, texts, k):
    predict = fasttext.load_model(str(path)).f.predict
    return [[(label, p) for p, label in predict(text + "\n", k, 0.0, "strict")] for text in texts]


def ours(classifier, texts, k):
    found = classifier.classify(pa.array(texts, pa.large_string()), k)
    return [
        [(classifier.labels[i], p) for i, p in zip(labels, scores, strict=True) if i >= 0]
        for labels, scores in zip(found[0].tolist(), found[1].tolist(), strict=True)
    ]


def assert_same(found, expected, tolerance):
    """Same labels but where two are equally likely, same probabilities."""
    assert len(found) == len(expected)
    for mine, peer in zip(found, expected, strict=True):
        assert [p for _, p in mine] == pytest.approx([p for _, p in peer], abs=tolerance, rel=0)
        by_label = dict(peer)
        for label, p in mine:
            assert by_label.get(label, peer[-1][1]) == pytest.approx(p, abs=tolerance, rel=0)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("kind", KINDS)
def test_labels_and_probabilities_are_those_of_fasttext(make_model, kind, loss):
    path = make_model(loss=LOSSES[loss], **KINDS[kind])
    # A sigmoid from a table is a stair: at the edge of a step the next one is right, too.
    tolerance = 1e-5 if loss in ("softmax", "hierarchical softmax") else 1 / 128
    assert_same(ours(Classifier(path), TEXTS, 4), theirs(path, TEXTS, 4), tolerance)


@settings(max_examples=100, deadline=None)
@given(
    texts=st.lists(st.text() | st.lists(st.sampled_from(TEXTS)).map(" ".join), max_size=5),
    k=st.integers(1, 6),
    seed=st.integers(0, 9),
)
def test_any_text_gets_what_fasttext_gives_it(make_model, texts, k, seed):
    texts = [text.encode("utf-8", "replace").decode() for text in texts]
    path = make_model(seed=seed, dsub=2, kept=30, word_n=2, norms=True)
    assert_same(ours(Classifier(path), texts, k), theirs(path, texts, k), 1e-5)


def test_the_embedded_model_answers_as_in_fasttext(model_path, samples):
    texts = [normalise(text) for text in samples.values()]
    texts += [" ".join(texts), texts[0] * 30, *(text[: len(text) // 3] for text in texts)]
    found, expected = ours(Classifier(model_path), texts, 5), theirs(model_path, texts, 5)
    assert_same(found, expected, 1e-5)
    assert [row[0][0] for row in found] == [row[0][0] for row in expected]


def test_a_published_model_answers_as_in_fasttext(lid176, samples):
    texts = [*samples.values(), " ".join(samples.values()), "kraj", "北京的天气", "", "🙂"]
    found, expected = ours(Classifier(lid176), texts, 5), theirs(lid176, texts, 5)
    assert_same(found, expected, 1e-5)
    assert [row[0][0] for row in found if row] == [row[0][0] for row in expected if row]


@settings(max_examples=50, deadline=None)
@given(texts=st.lists(st.text(alphabet="ab ž\n", max_size=20), max_size=30), data=st.data())
def test_results_depend_on_the_row_alone(make_model, texts, data):
    """On no batch and no cache: one set of four slots is always full, no slot at all is not."""
    path = make_model(dsub=2, word_n=2)
    small, large = Classifier(path, cache_bytes=1), Classifier(path)
    cut = data.draw(st.integers(0, len(texts)))
    whole = large.classify(pa.array(texts, pa.string()), 3)
    parts = [small.classify(pa.array(part, pa.string()), 3) for part in (texts[cut:], texts[:cut])]
    for i in range(2):
        assert np.array_equal(whole[i], np.concatenate([parts[1][i], parts[0][i]]))
    again = [large.classify(pa.array([text], pa.large_string()), 3)[1][0] for text in texts]
    assert np.array_equal(whole[1], np.array(again, np.float32).reshape(len(texts), 3))


def test_a_row_ends_at_its_first_line_feed(make_model):
    classifier = Classifier(make_model())
    one, two = ours(classifier, ["the slovo", "the slovo\nEllada"], 3)
    assert one == two


def test_a_null_row_has_no_label_and_an_empty_one_that_of_an_end_of_line(make_model):
    found, _ = Classifier(make_model()).classify(pa.array([None, ""]), 2)
    assert found[0].tolist() == [-1, -1]
    assert (found[1] >= 0).all()


def test_slices_and_chunks_are_read_in_place(make_model):
    classifier = Classifier(make_model())
    texts = pa.array(TEXTS)
    whole = classifier.classify(texts, 2)[1]
    assert np.array_equal(classifier.classify(texts[3:9], 2)[1], whole[3:9])
    chunked = pa.chunked_array([texts[:5], texts[5:]])
    assert np.array_equal(classifier.classify(chunked, 2)[1], whole)


@pytest.mark.parametrize("data", [b"\xff\xfe\x80", b"\x80" * 50, b"\xc3", b"ab\xe2\x82 \xf0"])
def test_bytes_that_are_no_utf8_do_no_harm(make_model, data):
    classifier = Classifier(make_model(word_n=2))
    offsets = np.array([0, len(data)], np.int32)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(data)]
    found, scores = classifier.classify(pa.Array.from_buffers(pa.string(), 1, buffers), 2)
    assert (found >= 0).all()
    assert (scores > 0).all()


def test_a_megabyte_without_a_space_is_one_word(model_path):
    texts = ["donau" * 200_000, "ж" * 500_000]
    found, expected = ours(Classifier(model_path), texts, 3), theirs(model_path, texts, 3)
    assert [row[0][0] for row in found] == [row[0][0] for row in expected]


def test_labels_of_one_group_are_added_up(make_model):
    classifier = Classifier(make_model())
    apart = classifier.classify(pa.array(["the slovo"]), 4)
    classifier.merge([0, 1, 0, 1])
    labels, scores = classifier.classify(pa.array(["the slovo"]), 4)
    sums = np.zeros(2)
    for label, score in zip(apart[0][0], apart[1][0], strict=True):
        sums[label % 2] += score
    assert labels[0].tolist() == [int(sums.argmax()), int(sums.argmin()), -1, -1]
    assert scores[0, :2] == pytest.approx(sorted(sums, reverse=True), abs=1e-6)


@pytest.mark.parametrize("loss", LOSSES)
def test_scores_that_are_no_numbers_give_no_label(make_model, loss):
    classifier = Classifier(make_model(loss=LOSSES[loss]))
    classifier._weights.output[:] = np.float32(3e38)
    classifier._weights.dense[:] = np.float32(3e38)
    labels, scores = classifier.classify(pa.array(["the slovo"]), 2)
    assert np.isfinite(scores).all()
    assert set(labels[0].tolist()) <= {-1, 0, 1, 2, 3}
