"""The documents nearest to a threshold."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from eurosift.pipeline.nearest import least


@given(
    st.lists(st.tuples(st.integers(0, 4).map(float), st.booleans()), max_size=12),
    st.integers(0, 5),
)
def test_the_least_are_those_of_a_sort(pairs, n):
    values = np.array([value for value, _ in pairs])
    mask = np.array([chosen for _, chosen in pairs], bool)
    expected = sorted((v, i) for i, (v, m) in enumerate(pairs) if m)[:n]
    assert least(values, mask, n).tolist() == [i for _, i in expected]
