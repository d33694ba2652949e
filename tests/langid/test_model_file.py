"""Model files are read as they are written; broken ones are refused, and never crash a kernel."""

import struct

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eurosift.langid.classifier import Classifier
from eurosift.langid.errors import ModelError
from eurosift.langid.model_file import MAGIC, read_model


@pytest.fixture(scope="module")
def content(model_path):
    return model_path.read_bytes()


def test_a_model_tells_its_size_and_labels(model_path):
    model = read_model(model_path)
    assert model.dim == 48
    assert "__label__mlt_Latn" in model.labels
    assert len(model.starts) == model.n_words + len(model.labels)
    assert model.input.codes.shape == (model.n_words + len(model.pruned), 24)


@settings(max_examples=15, deadline=None)
@given(share=st.floats(0, 1, exclude_max=True))
def test_a_model_cut_anywhere_is_refused(content, tmp_path_factory, share):
    cut = tmp_path_factory.mktemp("cut") / "model.ftz"
    cut.write_bytes(content[: int(share * len(content))])
    with pytest.raises(ModelError, match=r"truncated|not a fastText model"):
        read_model(cut)


def test_bytes_after_the_end_are_noticed(content, tmp_path):
    longer = tmp_path / "model.ftz"
    longer.write_bytes(content + b"\0")
    with pytest.raises(ModelError, match="1 bytes after the end"):
        read_model(longer)


@pytest.mark.parametrize("data", [b"", b"PAR1", b"PK\x03\x04" * 100, b"<html>not found</html>"])
def test_another_kind_of_file_is_no_model(tmp_path, data):
    path = tmp_path / "model.bin"
    path.write_bytes(data)
    with pytest.raises(ModelError, match=r"model\.bin: not a fastText model"):
        read_model(path)


def test_a_folder_is_no_model(tmp_path):
    with pytest.raises(ModelError, match="cannot read"):
        read_model(tmp_path)


def test_word_vectors_are_no_classifier(tmp_path):
    path = tmp_path / "vectors.bin"
    skipgram = 2
    arguments = (100, 5, 5, 5, 5, 1, 2, skipgram, 0, 3, 6, 100)
    path.write_bytes(struct.pack("<ii12id", MAGIC, 12, *arguments, 1e-4))
    with pytest.raises(ModelError, match="word vectors without labels"):
        read_model(path)


HEAD = 8  # magic, version
FIRST_COUNT = HEAD + 12 * 4 + 8  # after the arguments: entries, words, labels
SHAPES = [
    {},
    {"loss": 1, "word_n": 2},
    {"dsub": 2, "kept": 20, "norms": True, "output": True},
    {"dsub": 9},
]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_small_model_cut_anywhere_is_refused(make_model, tmp_path, shape):
    content = make_model(**shape).read_bytes()
    cut = tmp_path / "cut.bin"
    for size in range(0, len(content), 7):
        cut.write_bytes(content[:size])
        with pytest.raises(ModelError, match=r"truncated|not a fastText model"):
            read_model(cut)


@settings(max_examples=300, deadline=None)
@given(data=st.data(), shape=st.sampled_from(SHAPES))
def test_a_model_damaged_anywhere_is_refused_or_harmless(make_model, tmp_path_factory, data, shape):
    """Headers stand at the beginning of each part; kernels check no index."""
    content = bytearray(make_model(**shape).read_bytes())
    places = st.integers(HEAD, len(content) - 8)
    for _ in range(data.draw(st.integers(1, 2))):
        at = data.draw(st.integers(HEAD, 140) | places)
        new = data.draw(st.binary(min_size=1, max_size=8) | st.sampled_from(EXTREMES))
        content[at : at + len(new)] = new
    path = tmp_path_factory.mktemp("damaged") / "model.bin"
    path.write_bytes(content)
    try:
        classifier = Classifier(path)
    except ModelError as error:
        assert str(path) in str(error)  # noqa: PT017 - either outcome will do
        return
    found, scores = classifier.classify(pa.array(["the slovo język a x", "", "\0"]), 3)
    assert ((found >= -1) & (found < len(classifier.labels))).all()
    assert not np.isnan(scores).any()


EXTREMES = [struct.pack(form, n) for form in ("<i", "<q") for n in (-1, 0, 2**31 - 1, -(2**31))]
EXTREMES += [struct.pack("<q", 2**62), struct.pack("<f", float("nan"))]


def changed(path, at, form, value):
    content = bytearray(path.read_bytes())
    struct.pack_into(form, content, at, value)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("at", "value", "message"),
    [
        (4, 13, "version 13 of fastText's format; only 11 and 12 can be read"),
        (HEAD, 0, "vectors of length 0"),
        (HEAD, 6, "a matrix of 5 columns for vectors of length 6"),
        (HEAD + 20, 1_000_000, "n-grams of 1000000"),
        (HEAD + 24, 7, "unknown loss 7; give a model with softmax"),
        (HEAD + 28, 1, "word vectors without labels; give a classifier"),
        (HEAD + 32, 0, "0 buckets of n-grams"),
        (HEAD + 32, 51, "61 vectors for 62 words and n-grams"),
        (HEAD + 40, 1_000_000, "n-grams of 1000000"),
        (FIRST_COUNT, 14, "numbers of entries"),
    ],
)
def test_what_contradicts_itself_is_refused(make_model, at, value, message):
    with pytest.raises(ModelError, match=message):
        read_model(changed(make_model(), at, "<i", value))


def test_a_label_among_the_words_is_refused(make_model):
    path = make_model()
    at = path.read_bytes().index(b"the\0") + 12
    with pytest.raises(ModelError, match="labels among the words"):
        read_model(changed(path, at, "<b", 1))


def test_a_weight_that_is_no_number_is_refused(make_model):
    path = make_model()
    with pytest.raises(ModelError, match="a weight is not finite; fetch it again"):
        read_model(changed(path, path.stat().st_size - 4, "<f", float("inf")))


def test_counts_of_labels_that_make_no_tree_are_refused(make_model):
    path = make_model(loss=1)
    at = path.read_bytes().index(b"__label__mt\0") + 12
    with pytest.raises(ModelError, match="counts of labels"):
        read_model(changed(path, at, "<q", 10**15))


def test_counts_of_labels_matter_to_a_tree_only(make_model):
    path = make_model()
    at = path.read_bytes().index(b"__label__mt\0") + 12
    classifier = Classifier(changed(path, at, "<q", 2**62))
    assert len(classifier.labels) == 4


def test_a_kept_ngram_beyond_the_matrix_is_refused(make_model):
    path = make_model(dsub=2, kept=3)
    at = path.read_bytes().index(b"__label__pl\0") + 12 + 9 + 4
    with pytest.raises(ModelError, match="14 vectors for 21 words and n-grams"):
        read_model(changed(path, at, "<i", 9))


def test_a_pruned_model_is_a_quantised_one(make_model):
    with pytest.raises(ModelError, match="a pruned dictionary with a matrix that is not quantised"):
        read_model(make_model(kept=3))


def test_without_labels_there_is_no_classifier(make_model):
    with pytest.raises(ModelError, match="numbers of entries"):
        read_model(make_model(labels=[]))
