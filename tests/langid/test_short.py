"""Short texts: what is asked of them."""

import numpy as np
import pyarrow as pa

from eurosift.filters.buffers import string_buffers
from eurosift.langid.short import Short, characters_of


def test_each_class_of_lengths_has_its_score():
    short = Short((20, 30), (0.9, 0.6))
    lengths = np.array([0, 19, 20, 29, 30, 3000], np.int32)
    assert short.least(lengths).tolist() == [0.9, 0.9, 0.6, 0.6, 0, 0]


def test_without_classes_nothing_is_asked():
    assert Short().least(np.array([1, 100], np.int32)).tolist() == [0, 0]


def test_characters_are_counted_not_bytes():
    assert characters_of(string_buffers(pa.array(["żgħir", "", None]))).tolist() == [5, 0, 0]
