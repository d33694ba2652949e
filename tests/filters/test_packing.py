"""The estimate is close to what the LZ4 library makes of the same text."""

import random

import numpy as np
import pyarrow as pa
import pytest

from eurosift.filters.characters import PADDING, SPACE
from eurosift.filters.packing import TABLE_SIZE, packed_size


def ratio(content):
    padded = np.frombuffer(content + bytes(PADDING), np.uint8)
    marks = np.zeros(padded.size, np.uint8)
    marks[padded == ord(" ")] = SPACE
    return packed_size(padded, len(content), marks, np.empty(TABLE_SIZE, np.int32)) / len(content)


def library(content):
    return len(pa.compress(content, "lz4_raw", asbytes=True)) / len(content)


def texts():
    rng = random.Random(3)
    words = ["".join(rng.choices("etaoinshrdlu", k=rng.randint(2, 9))) for _ in range(900)]
    yield " ".join(rng.choices(words, k=900)).encode(), 0.12
    yield ("the same sentence again. " * 200).encode(), 0.01
    yield rng.randbytes(4000), 0.01
    yield b"a" * 5000, 0.01


@pytest.mark.parametrize(("content", "tolerance"), list(texts()))
def test_it_is_near_to_the_library(content, tolerance):
    assert ratio(content) == pytest.approx(library(content), abs=tolerance)


def test_what_comes_again_far_away_does_not_count():
    rng = random.Random(5)
    far = rng.randbytes(66_000)
    assert ratio(far + far) > 1
    near = rng.randbytes(3_000)
    assert ratio(near + near) < 0.6
