"""The helpers of the line kernels."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from eurosift.filters.lines import hash_line


def hash_of(line, before=b"", behind=b"\0" * 7):
    text = np.frombuffer(before + line + behind, np.uint8)
    return int(hash_line(text, len(before), len(before) + len(line)))


LINES = st.binary(min_size=1, max_size=100)


@given(LINES, LINES, st.binary(min_size=7, max_size=7))
def test_the_hash_of_a_line_is_that_of_its_bytes_alone(line, before, behind):
    assert hash_of(line) == hash_of(line, before, behind) != 0


@given(LINES, st.data())
def test_a_line_with_another_byte_or_in_another_order_has_another_hash(line, data):
    place = data.draw(st.integers(0, len(line) - 1))
    other = bytearray(line)
    other[place] ^= data.draw(st.integers(1, 255))
    assert hash_of(bytes(other)) != hash_of(line)
    turned = line[8:16] + line[:8] + line[16:]
    if turned != line:
        assert hash_of(turned) != hash_of(line)


def test_many_lines_have_different_hashes():
    lines = {f"{'x' * (i % 60)}{i}{'y' * (i % 31)}".encode() for i in range(20_000)}
    assert len({hash_of(line) for line in lines}) == len(lines)
