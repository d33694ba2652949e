"""The hash table by which the kernels know what came before."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from eurosift.filters.repeats import ROOMY, clear_table, first_place, table_size

ALIKE = st.integers(0, 3).map(lambda n: n << 62)  # many of them fall into the same slots
KEYS = st.lists(st.one_of(st.integers(0, 40), ALIKE, st.integers(0, 2**64 - 1)))


@given(KEYS)
def test_each_key_is_found_where_it_stands_for_the_first_time(keys):
    size = table_size(len(keys))
    table = np.empty(size, np.int32)
    clear_table(table, size)
    array = np.array(keys, np.uint64)
    found = [int(first_place(array, place, table, size)) for place in range(len(keys))]
    assert found == [keys.index(key) for key in keys]


def test_nothing_is_seen_of_what_a_table_was_used_for_before():
    table = np.empty(16, np.int32)
    for _ in range(2):
        clear_table(table, 4)
        assert first_place(np.array([7], np.uint64), 0, table, 4) == 0


@given(st.integers(0, 10_000))
def test_tables_are_never_full(n):
    size = table_size(n)
    assert size & (size - 1) == 0
    assert size >= max(1, ROOMY * n)
