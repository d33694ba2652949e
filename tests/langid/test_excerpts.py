"""Whole batches give what the definition gives of each text."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from eurosift.filters.buffers import string_buffers
from eurosift.langid.excerpts import excerpts
from eurosift.langid.normalise import normalise, sample
from eurosift.langid.points import WHOLE, spans

PIECES = [
    "ΟΔΟΣ",
    "Σ.",
    "www.x",
    "a@b",
    " ",
    "e\u0301",
    "žluť",
    "L\u2019",
    "-",
    "İ",
    "\n",
    "東京",
    "1",
]
TEXTS = st.text() | st.lists(st.sampled_from(PIECES), max_size=60).map("".join)


def lines_of(texts, *window, **options):
    """Lines as strings, None where there is none."""
    found = excerpts(spans(string_buffers(texts)), *window, **options)
    data = found.data.tobytes()
    return [
        data[begin:end].decode() if valid else None
        for begin, end, valid in zip(
            found.offsets[:-1], found.offsets[1:], found.valid, strict=True
        )
    ]


@settings(max_examples=300)
@given(st.lists(TEXTS, max_size=6))
@example(["e\u0301t", "", "plain", "e\u0301t" * 9_000])
def test_whole_texts_are_normalised_as_defined(texts):
    found = lines_of(pa.array(texts, pa.string()), WHOLE, 1)
    assert found == [normalise(text) or None for text in texts]


@settings(max_examples=300)
@given(st.lists(TEXTS, max_size=6), st.integers(1, 30), st.integers(1, 5))
def test_windows_of_long_texts_are_normalised_as_defined(texts, window, windows):
    found = lines_of(pa.array(texts, pa.large_string()), window, windows)
    assert found == [normalise(sample(text, window, windows)) or None for text in texts]


@given(st.lists(TEXTS, max_size=6))
def test_other_models_get_the_text_on_one_line(texts):
    found = lines_of(pa.array(texts, pa.string()), WHOLE, 1, normalised=False)
    assert found == [" ".join(text.replace("\0", " ").split()) or None for text in texts]


def test_null_rows_give_no_line():
    assert lines_of(pa.array(["a", None, "b"])) == ["a", None, "b"]


@pytest.mark.parametrize(
    "data",
    [b"ab\xff\xfe cd", b"caf\xe9 noir", b"\xc3", b"a\xe2\x82\nb", b"\xed\xa0\x80x", b"\xf0\x9f"],
)
@pytest.mark.parametrize("rest", ["", " e\u0301"])
def test_bytes_that_are_no_utf8_stand_for_no_letter(data, rest):
    data += rest.encode()
    buffers = [None, pa.py_buffer(np.array([0, len(data)], np.int32)), pa.py_buffer(data)]
    broken = pa.Array.from_buffers(pa.string(), 1, buffers)
    assert lines_of(broken) == [normalise(data.decode("utf-8", "replace")) or None]


def test_a_megabyte_without_a_space_is_read_in_part_or_whole():
    text = "ŽLUŤ" * 250_000
    assert lines_of(pa.array([text])) == [normalise(sample(text))]
    assert lines_of(pa.array([text]), WHOLE, 1) == [text.lower()]
