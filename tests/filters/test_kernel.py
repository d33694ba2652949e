"""Kernels are functions like others, of which numba makes something when they are called."""

import gc
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numba import TypingError

from eurosift.filters.bits import first_selected, trailing_zeros
from eurosift.filters.kernel import kernel

STEP = 3


@kernel
def stepped(x):
    """One step on."""
    return x + STEP


@kernel
def twice(x):
    return stepped(stepped(x))


@kernel
def factorial(n):
    return 1 if n < 2 else n * factorial(n - 1)


def test_kernels_call_kernels_and_themselves():
    assert twice(1) == 1 + 2 * STEP
    assert factorial(5) == 120


def test_a_kernel_has_the_name_and_the_words_of_its_function():
    assert (stepped.__name__, stepped.__doc__) == ("stepped", "One step on.")


def test_what_numba_has_is_for_kernels_alone():
    assert first_selected(1 << 16) == 2
    with pytest.raises(TypeError, match="trailing_zeros is for kernels alone"):
        trailing_zeros(1)


def test_threads_that_call_a_new_kernel_together_share_one():
    def another(x):
        return x * STEP

    made = kernel(another)
    with ThreadPoolExecutor(4) as pool:
        found = {id(dispatcher) for dispatcher in pool.map(lambda _: made.dispatcher, range(4))}
    assert len(found) == 1
    assert made(2) == 6


def test_numba_is_imported_by_the_first_call():
    code = (
        "import sys\n"
        "from eurosift.filters.bits import first_bytes\n"
        "before = 'numba' in sys.modules\n"
        "first_bytes(2)\n"
        "print(before, 'numba' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]


@kernel
def filled(n):
    made = np.empty(n, np.int64)
    made[:] = STEP
    return made


@kernel
def filled_twice(n):
    return filled(n)[: n // 2]


def test_only_kernels_that_make_arrays_count_references():
    """Else arrays that are made would never be freed, or others freed too early."""
    assert [each.allocates for each in (stepped, factorial, filled, filled_twice)] == [
        False,
        False,
        True,
        True,
    ]
    assert filled_twice(6).tolist() == [STEP] * 3


def test_a_kernel_is_not_compiled_anew_for_a_number_that_stands_in_another():
    def other(x):
        return x - STEP

    inner = kernel(other)
    scope = {"inner": inner, "kernel": kernel}
    exec("def outer(x):\n    return inner(x) + inner(1) + inner(2)", scope)
    assert kernel(scope["outer"])(7) == 10 - 3 * STEP
    assert len(inner.inner.signatures) == 1


def test_what_only_kernels_call_has_no_entry_for_python():
    assert twice(1) == 1 + 2 * STEP
    assert stepped.inner is not stepped.dispatcher
    assert stepped(1) == 1 + STEP


@pytest.mark.parametrize("is_on", [True, False])
def test_the_garbage_collector_is_as_it_was_when_a_kernel_is_compiled_or_cannot_be(is_on):
    try:
        if not is_on:
            gc.disable()
        assert kernel(lambda x: x + 4)(1) == 5
        assert gc.isenabled() == is_on
        with pytest.raises(TypingError):
            kernel(lambda x: x.nothing)(1)
        assert gc.isenabled() == is_on
    finally:
        gc.enable()
