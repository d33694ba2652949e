"""Sixty-four bytes at a time is the same as one at a time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.filters.kernel import Intrinsic, kernel

MODULE = "eurosift.filters.vectors"
fold_letters = Intrinsic(MODULE, "fold_letters")
mask_characters = Intrinsic(MODULE, "mask_characters")
mask_nonzero = Intrinsic(MODULE, "mask_nonzero")
count_bits = Intrinsic(MODULE, "count_bits")
lower_minima = Intrinsic(MODULE, "lower_minima")
BLOCK = st.binary(min_size=70, max_size=70)
PLACES = st.integers(0, 6)


@kernel
def folded(text, start, out, place):
    return fold_letters(text, start, out, place)


@kernel
def masks(text, start):
    return mask_characters(text, start), mask_nonzero(text, start)


@kernel
def counted(mask):
    return count_bits(mask)


@kernel
def lowered(minima, first, multipliers, increments, values, n):
    lower_minima(minima, first, multipliers, increments, values, n)


def mask_of(bits):
    return sum(1 << place for place, bit in enumerate(bits) if bit)


@given(BLOCK, PLACES, PLACES)
def test_letters_are_folded_and_what_else_is_no_separator_is_told(content, start, place):
    out = np.full(72, 7, np.uint8)
    found = folded(np.frombuffer(content, np.uint8), start, out, place)
    block = content[start : start + 64]
    lower = [
        ord(chr(byte).lower()) if chr(byte).isascii() and chr(byte).isalpha() else 0
        for byte in block
    ]
    assert out.tolist() == [*[7] * place, *lower, *[7] * (8 - place)]
    assert found == mask_of(chr(byte) in "0123456789" or byte >= 0xC0 for byte in block)


@given(BLOCK, PLACES)
def test_masks_tell_characters_and_zeros(content, start):
    characters, nonzero = masks(np.frombuffer(content, np.uint8), start)
    block = content[start : start + 64]
    assert characters == mask_of(not 0x80 <= byte < 0xC0 for byte in block)
    assert nonzero == mask_of(byte != 0 for byte in block)


@given(st.integers(0, 2**64 - 1))
def test_bits_are_counted(mask):
    assert counted(np.uint64(mask)) == mask.bit_count()


@pytest.mark.parametrize("dtype", [np.uint32, np.uint64])
@pytest.mark.parametrize("n", [0, 4, 12])
def test_minima_are_lowered_in_64_bytes_alone(dtype, n):
    rng = np.random.default_rng(3)
    most = np.iinfo(dtype).max
    minima, multipliers, increments = rng.integers(0, most, (3, 40), dtype)
    values = rng.integers(0, most, n, dtype)
    mapped = multipliers[:, None] * values + increments[:, None]
    expected = minima.copy()
    chosen = slice(3, 3 + 64 // minima.itemsize)
    expected[chosen] = np.column_stack([minima, mapped]).min(axis=1)[chosen]
    lowered(minima, 3, multipliers, increments, values, n)
    assert (minima == expected).all()
