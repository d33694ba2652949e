"""What kernels are compiled to is what numba compiles, made with less."""

import numba
import numpy as np
import pytest

from eurosift.filters import kernel_cache
from eurosift.filters.kernel import kernel

STEPS = (2, 3, 5)
NUMBER = np.uint64(7)


@pytest.fixture(autouse=True)
def _empty_cache(monkeypatch, tmp_path):
    monkeypatch.setattr(kernel_cache, "cache_folder", lambda: tmp_path)


def arithmetic(x, y):
    return x + y, x - y, x * y, x // y, x % y, x / y, -x, ~x, x << 2, x >> 1, x & y | x ^ 3


def comparisons(x, y):
    return x < y, x <= y, x == y, x != y, not x, x and y, x or y, x in STEPS, x not in (1, y)


def unsigned(x, y):
    word = np.uint64(x) << NUMBER
    return word, word >> np.uint64(y), ~word, word * NUMBER, np.int64(word) - y


def loops(x, y):
    total = 0
    for step in STEPS:
        total += step * y
    for i in range(x, 0, -1):
        if i % 3 == 0:
            continue
        total += i
        if total > 1000:
            break
    else:
        total = -total
    while total > 50:
        total //= 2
    return total


def functions(x, y):
    return min(x, y, 4), max(x, y), abs(x - y), int(x / y), float(x), bool(x - y), round(x / y)


def arrays(x, y):
    made = np.zeros(max(x, y), np.int32)
    made[1:3] = y
    made[-1] += x
    made.sort()  # numba makes a function for it while it compiles
    first, last = made[0], made[made.size - 1]
    return first, last, made.sum(), len(made), made[np.uint64(1)]


@pytest.mark.parametrize("function", [arithmetic, comparisons, unsigned, loops, functions, arrays])
@pytest.mark.parametrize(("x", "y"), [(17, 5), (3, 4), (40, 9)])
def test_results_and_their_types_are_those_of_numba(function, x, y):
    expected = numba.njit(error_model="numpy")(function)
    made = kernel(function)
    assert made(x, y) == expected(x, y)
    assert [s.return_type for s in made.dispatcher.nopython_signatures] == [
        s.return_type for s in expected.nopython_signatures
    ]


def test_what_numba_compiles_on_the_way_changes_no_flags_of_kernels():
    """It compiles `in` as a function of its own, which needs no entry for Python."""
    assert kernel(comparisons)(3, 4) == comparisons(3, 4)
    assert kernel(unsigned)(3, 4)[0] == 3 << 7
