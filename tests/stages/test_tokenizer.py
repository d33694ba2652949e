"""Tokenizers that count."""

import pyarrow as pa
import pytest
import tokenizers
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import models, pre_tokenizers

from eurosift.stages import tokenizer
from eurosift.stages.errors import AssetError
from eurosift.stages.tokenizer import load_tokenizer, tokens_of


@pytest.fixture
def words(tmp_path, monkeypatch):
    monkeypatch.setenv("TOKENIZERS_PARALLELISM", "false")
    monkeypatch.setenv("RAYON_NUM_THREADS", "1")
    made = tokenizers.Tokenizer(models.WordLevel({"[UNK]": 0}, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    made.save(str(tmp_path / "words.json"))
    return tmp_path / "words.json"


def by_length(texts):
    return [len(text) for text in texts]


@given(st.lists(st.none() | st.text(max_size=20), max_size=30), st.integers(1, 40))
def test_tokens_do_not_depend_on_how_texts_are_cut(texts, size):
    chunks = []

    def count(some):
        chunks.append(some)
        return by_length(some)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tokenizer, "CHUNK_BYTES", size)
        found = tokens_of(pa.array(texts, pa.string()), count)
    assert found.to_pylist() == [None if text is None else len(text) for text in texts]
    for chunk in chunks:
        assert len(chunk) == 1 or sum(len(text.encode()) for text in chunk) <= size


def test_a_slice_of_an_array_is_what_it_shows():
    texts = pa.array(["one", "four", None, "x"]).slice(1)
    assert tokens_of(texts, by_length).to_pylist() == [4, None, 1]


def test_several_threads_count_the_same(words):
    texts = ["a b c", "", "d e"] * 50
    assert load_tokenizer(words, threads=2)(texts) == load_tokenizer(words)(texts) == [3, 0, 2] * 50


def test_a_file_that_is_missing_is_named(tmp_path):
    with pytest.raises(AssetError, match=r"cannot read the tokenizer .*none\.json"):
        load_tokenizer(tmp_path / "none.json")
