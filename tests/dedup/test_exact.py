"""Exact hashes are those of xxhash, of the text or of its normalised words."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import xxhash
from hypothesis import given
from hypothesis import strategies as st

from eurosift.dedup.exact import hash_keys, hash_normalised, hash_texts


@given(st.lists(st.none() | st.text(max_size=20), max_size=8), st.integers(0, 8))
def test_hashes_are_xxh3_128_of_the_bytes(texts, start):
    expected = [text if text is None else xxhash.xxh3_128_digest(text.encode()) for text in texts]
    array = pa.array(texts, pa.string()).slice(start)
    assert hash_texts(array).to_pylist() == expected[start:]


def test_normalised_hashes_disregard_what_shingles_disregard():
    a, b, c = hash_normalised(pa.array(["Ist das 12 - schön?", "ist das 7 SCHON", "ist das schön"]))
    assert a == b
    assert a != c


def test_normalised_hashes_do_not_depend_on_the_neighbours():
    texts = pa.array(["one two", None, "", "three", "one two"])
    whole = hash_normalised(texts)
    assert whole[1].as_py() is None
    assert whole == pa.concat_arrays([hash_normalised(texts.slice(i, 1)) for i in range(5)])


@given(st.lists(st.binary(min_size=16, max_size=16), max_size=6), st.integers(0, 6))
def test_keys_are_equal_where_hashes_are(hashes, start):
    keys = hash_keys(pa.array(hashes, pa.binary(16)).slice(start))
    assert keys.dtype == np.uint64
    assert [tuple(key) for key in keys.T.tolist()] == [
        (int.from_bytes(value[:8]), int.from_bytes(value[8:])) for value in hashes[start:]
    ]
