"""Eight bytes at a time is the same as one at a time."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from eurosift.filters.bits import (
    LOWEST,
    count_selected,
    first_bytes,
    first_changed,
    first_selected,
    load_word,
)

EIGHT = st.binary(min_size=8, max_size=8)


@given(EIGHT)
def test_words_and_selections(content):
    word = load_word(np.frombuffer(content, np.uint8), np.uint64(0))
    assert int(word) == int.from_bytes(content, "little")
    selected = [byte & 1 for byte in content]
    assert count_selected(np.uint64(int(word)) & LOWEST) == sum(selected)
    if any(selected):
        assert first_selected(np.uint64(int(word)) & LOWEST) == selected.index(1)
    if any(content):
        assert first_changed(np.uint64(int(word))) == [byte != 0 for byte in content].index(True)


def test_first_bytes():
    assert [hex(first_bytes(n)) for n in (1, 2, 8)] == ["0xff", "0xffff", "0x" + "ff" * 8]
