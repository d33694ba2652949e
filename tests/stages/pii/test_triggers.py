from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from eurosift.stages.pii.shapes import TRIGGER, byte_classes
from eurosift.stages.pii.triggers import is_trigger, next_trigger

CLASSES = byte_classes()


def test_triggers_are_those_of_the_table():
    found = [bool(is_trigger(byte)) for byte in np.arange(256, dtype=np.uint8)]
    assert found == (CLASSES & TRIGGER != 0).tolist()


@given(st.binary(max_size=90), st.integers(0, 200), st.sampled_from(b"7@\xef"), st.integers(0, 40))
def test_the_next_trigger_is_found_in_blocks_of_any_length(noise, gap, trigger, begin):
    text = noise + b"x" * gap + bytes([trigger]) + b"y" * 70
    data = np.frombuffer(text, np.uint8)
    places = np.flatnonzero(CLASSES[data] & TRIGGER)
    behind = places[places >= begin]
    expected = int(behind[0]) if len(behind) else max(len(text), begin)
    assert next_trigger(data, begin, len(text), CLASSES) == expected
