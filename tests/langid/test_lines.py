"""Lines of a batch, and what their labels say of each text."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.filters.buffers import string_buffers
from eurosift.langid.lines import (
    LINE_WINDOW,
    MIN_LETTERS,
    NO_LABEL,
    related_numbers,
    share_lines,
    split_lines,
)
from eurosift.langid.points import spans

CODES = ["hrv_Latn", "bos_Latn", "slv_Latn", "deu_Latn", "eng_Latn"]


def split(texts):
    return split_lines(spans(string_buffers(pa.array(texts, pa.string()))))


@given(st.lists(st.none() | st.text(alphabet="až\n 1🙂", max_size=80), max_size=5))
def test_lines_are_those_between_line_feeds(texts):
    found = split(texts)
    expected = [line for text in texts for line in (text or "").split("\n")]
    counts = [len((text or "").split("\n")) for text in texts]
    assert found.offsets.tolist() == [0, *np.cumsum(counts)]
    lines = [
        found.rows.data[begin:end].tobytes().decode()
        for begin, end in zip(found.rows.begins, found.rows.ends, strict=True)
    ]
    assert lines == expected
    assert found.characters.tolist() == [len(line) for line in expected]
    letters = [sum(map(str.isalpha, line)) for line in expected]
    assert found.enough.tolist() == [n >= MIN_LETTERS for n in letters]


def test_letters_beyond_the_window_of_a_line_do_not_count():
    line = "1" * (LINE_WINDOW - MIN_LETTERS) + "ž" * MIN_LETTERS
    assert split([line, "1" + line]).enough.tolist() == [True, False]
    assert split(["1" + line]).characters.tolist() == [LINE_WINDOW + 1]


def test_bytes_that_are_no_utf8_are_characters_but_no_letters():
    data = b"\xff" * 30 + b"\n" + b"a" * 30 + b"\xe2"
    buffers = [None, pa.py_buffer(np.array([0, len(data)], np.int32)), pa.py_buffer(data)]
    found = split_lines(spans(string_buffers(pa.Array.from_buffers(pa.string(), 1, buffers))))
    assert found.enough.tolist() == [False, True]
    assert found.characters.tolist() == [30, 31]


def shares(main, lines):
    """Share and switching of one text; lines as (characters, label)."""
    numbers = {code: number for number, code in enumerate(CODES)} | {"und": NO_LABEL}
    characters = np.array([n for n, _ in lines], np.int32)
    labels = np.array([numbers[code] for _, code in lines], np.int32)
    offsets = np.array([0, len(lines)], np.int64)
    own = np.array([numbers[main]], np.int32)
    share, switching = share_lines(offsets, characters, labels, own, related_numbers(CODES))
    return share[0], bool(switching[0])


def test_code_switching_begins_at_a_fifth_of_the_labelled_characters():
    lines = [(80, "deu_Latn"), (20, "eng_Latn"), (500, "und")]
    assert shares("deu_Latn", lines) == (pytest.approx(0.8), True)
    lines[1] = (19, "eng_Latn")
    assert shares("deu_Latn", lines) == (pytest.approx(80 / 99), False)


def test_languages_that_are_hard_to_tell_apart_lower_the_share_but_are_no_code_switching():
    assert shares("hrv_Latn", [(50, "hrv_Latn"), (50, "bos_Latn")]) == (0.5, False)
    assert shares("hrv_Latn", [(50, "hrv_Latn"), (50, "slv_Latn")]) == (0.5, True)


def test_without_labelled_lines_there_is_no_share():
    share, switching = shares("deu_Latn", [(500, "und")])
    assert np.isnan(share)
    assert not switching
