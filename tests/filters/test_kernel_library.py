"""Kernels that only kernels call are linked; machine code is made of the others."""

import numpy as np
import pytest

from eurosift.filters import kernel_cache
from eurosift.filters.kernel import apart, kernel
from eurosift.filters.kernel_library import InnerLibrary, OuterLibrary

STEPS = (2, 3, 5)


@pytest.fixture(autouse=True)
def _empty_cache(monkeypatch, tmp_path):
    monkeypatch.setattr(kernel_cache, "cache_folder", lambda: tmp_path)


def looked_up(data, x):
    return data[x] if x in STEPS else np.int64(-1)


def caller(name, source, **scope):
    """A kernel from one line of source, which stands in this file for the cache."""
    exec(f"def {name}(data):\n    return {source}", scope)
    function = type(looked_up)(scope[name].__code__.replace(co_filename=__file__), scope, name)
    function.__qualname__ = name
    return kernel(function)


def library(dispatcher):
    (result,) = dispatcher.overloads.values()
    return result.library


def test_machine_code_is_made_of_what_python_calls_alone():
    callee = kernel(looked_up)
    outer = caller("outer", "callee(data, 2) + callee(data, 4)", callee=callee)
    assert outer(np.arange(10)) == 1
    assert isinstance(library(outer.dispatcher), OuterLibrary)
    inner = library(callee.inner)
    assert isinstance(inner, InnerLibrary)
    assert inner._compiled_object is None


def test_a_kernel_that_only_kernels_call_is_kept_and_linked_again():
    first, second = kernel(looked_up), kernel(looked_up)  # as two processes have them
    assert caller("one", "callee(data, 2)", callee=first)(np.arange(10)) == 2
    assert caller("other", "callee(data, 3) * 2", callee=second)(np.arange(10)) == 6
    assert sum(first.inner.stats.cache_misses.values()) == 1
    assert sum(second.inner.stats.cache_hits.values()) == 1
    assert not second.inner.stats.cache_misses


def counted(data):
    n = 0
    for i in range(data.size):
        n += data[i] > 0
    return n


@pytest.mark.parametrize("is_apart", [False, True])
def test_a_kernel_that_is_apart_is_not_copied_into_others(is_apart):
    function = type(counted)(counted.__code__, {})
    callee = kernel(apart(function) if is_apart else function)
    outer = caller("outer", "callee(data) + 1", callee=callee)
    assert outer(np.arange(4)) == 4
    functions = library(outer.dispatcher)._final_module.functions
    names = [each.name for each in functions if not each.is_declaration]
    assert any("outer" in name for name in names)
    assert any("counted" in name for name in names) == is_apart
