"""Broken model files are refused before fastText sees them."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eurosift.langid.errors import ModelError
from eurosift.langid.model_file import MAGIC, read_layout


@pytest.fixture(scope="module")
def content(model_path):
    return model_path.read_bytes()


def test_the_layout_names_size_and_labels(model_path):
    layout = read_layout(model_path)
    assert layout.dim == 48
    assert "__label__mlt_Latn" in layout.labels
    assert layout.n_words > 0


@settings(max_examples=15, deadline=None)
@given(share=st.floats(0, 1, exclude_max=True))
def test_a_model_cut_anywhere_is_refused(content, tmp_path_factory, share):
    cut = tmp_path_factory.mktemp("cut") / "model.ftz"
    cut.write_bytes(content[: int(share * len(content))])
    with pytest.raises(ModelError, match=r"truncated|not a fastText model"):
        read_layout(cut)


def test_bytes_after_the_end_are_noticed(content, tmp_path):
    longer = tmp_path / "model.ftz"
    longer.write_bytes(content + b"\0")
    with pytest.raises(ModelError, match="1 bytes after the end"):
        read_layout(longer)


@pytest.mark.parametrize("data", [b"", b"PAR1", b"PK\x03\x04" * 100, b"<html>not found</html>"])
def test_another_kind_of_file_is_no_model(tmp_path, data):
    path = tmp_path / "model.bin"
    path.write_bytes(data)
    with pytest.raises(ModelError, match=r"model\.bin: not a fastText model"):
        read_layout(path)


def test_a_folder_is_no_model(tmp_path):
    with pytest.raises(ModelError, match="cannot read"):
        read_layout(tmp_path)


def test_word_vectors_are_no_classifier(tmp_path):
    path = tmp_path / "vectors.bin"
    skipgram = 2
    arguments = (100, 5, 5, 5, 5, 1, 2, skipgram, 0, 3, 6, 100)
    path.write_bytes(struct.pack("<ii12id", MAGIC, 12, *arguments, 1e-4))
    with pytest.raises(ModelError, match="word vectors without labels"):
        read_layout(path)
