"""Code points are those of `bytes.decode`, windows those of `sample`."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from eurosift.filters.buffers import string_buffers
from eurosift.filters.unicode import character_classes
from eurosift.langid.normalise import sample
from eurosift.langid.points import (
    advance,
    count_characters,
    encode,
    read_points,
    sample_points,
    spans,
)

WORDS = st.lists(st.sampled_from(["a", "žluť", "  ", "\n", "東京", "🙂", "x" * 30, "\u2003"]))


def decoded(data):
    points = np.empty(len(data) + 1, np.int32)
    n = read_points(np.frombuffer(data, np.uint8), 0, len(data), points, 0)
    return "".join(map(chr, points[:n]))


def sampled(text, window, windows):
    data = np.frombuffer(text.encode(), np.uint8)
    points = np.empty(data.size + windows, np.int32)
    n = sample_points(data, 0, data.size, window, windows, character_classes(), points)
    return "".join(map(chr, points[:n]))


@given(st.text())
def test_text_is_decoded_and_encoded_again(text):
    assert decoded(text.encode()) == text
    out = np.zeros(4 * len(text) + 1, np.uint8)
    end = 0
    for character in text:
        end = encode(ord(character), out, end)
    assert out[:end].tobytes() == text.encode()


@given(st.lists(st.binary(max_size=4) | st.text(max_size=3).map(str.encode)).map(b"".join))
def test_bytes_that_are_no_utf8_are_replaced_and_those_that_are_stay(data):
    def parts(text):
        return [part for part in text.split("\ufffd") if part]

    assert parts(decoded(data)) == parts(data.decode("utf-8", "replace"))


@given(st.text(), st.integers(0, 200))
def test_characters_are_counted_and_passed_over(text, n):
    data = np.frombuffer((text * 20).encode(), np.uint8)
    assert count_characters(data, 0, data.size) == 20 * len(text)
    assert advance(data, 0, data.size, n) == len((text * 20)[:n].encode())


@given(WORDS.map("".join) | st.text(max_size=400), st.integers(1, 40), st.integers(1, 5))
def test_windows_are_those_of_a_sample_but_for_white_space(text, window, windows):
    assert sampled(text, window, windows).split() == sample(text, window, windows).split()


def test_null_rows_are_empty_spans_whatever_they_span():
    rows = spans(string_buffers(pa.array(["ab", None, "c"])))
    assert (rows.ends - rows.begins).tolist() == [2, 0, 1]
    wanted = rows.where(np.array([False, True, True]))
    assert [
        wanted.data[begin:end].tobytes()
        for begin, end in zip(wanted.begins, wanted.ends, strict=True)
    ] == [b"", b"c"]
