"""Documents with a known amount in common."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import settings

settings.register_profile("kernels", deadline=None)  # the first example may have to compile
settings.load_profile("kernels")

Pair = tuple[str, str]


@pytest.fixture(scope="session")
def edited_pair() -> Callable[[np.random.Generator, float], Pair]:
    """Make a text and a copy of it in which each word was replaced with a given probability."""

    def make(rng: np.random.Generator, rate: float) -> Pair:
        words = [f"w{number}x" for number in rng.integers(0, 10**6, 200)]
        letters = [chr(97 + number) for number in rng.integers(0, 26, 400)]
        words = [
            word + a + b for word, a, b in zip(words, letters[::2], letters[1::2], strict=True)
        ]
        other = [
            word[::-1] if change else word
            for word, change in zip(words, rng.random(len(words)) < rate, strict=True)
        ]
        return " ".join(words), " ".join(other)

    return make
