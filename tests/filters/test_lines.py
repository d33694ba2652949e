"""The helpers of the line kernels."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from eurosift.filters.lines import table_size, was_there


@given(st.lists(st.integers(1, 40)))
def test_a_key_is_there_the_second_time(keys):
    size = table_size(len(keys))
    table = np.zeros(size, np.uint64)
    found = [was_there(table, size, np.uint64(key)) for key in keys]
    assert found == [key in keys[:i] for i, key in enumerate(keys)]


@given(st.integers(0, 10_000))
def test_tables_are_never_full(n):
    size = table_size(n)
    assert size & (size - 1) == 0
    assert size >= 1.5 * n
