"""Durations in both styles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.pipeline.durations import in_slurm, minutes_of


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("90m", 90),
        ("90 min", 90),
        ("36h", 2160),
        ("2d", 2880),
        ("12:30", 750),
        ("12:30:00", 750),
        ("12:30:01", 751),
        ("1-12:00:00", 2160),
    ],
)
def test_what_people_write(text, minutes):
    assert minutes_of(text) == minutes


@pytest.mark.parametrize("text", ["", "90", 90, "1h30", "an hour", "-1h", "1:2:3:4"])
def test_anything_else_is_refused(text):
    """A bare number would be minutes to SLURM, and seconds or hours to others."""
    with pytest.raises(ValueError, match="is no duration; write 12:00:00"):
        minutes_of(text)


@given(st.integers(1, 100_000))
def test_slurm_is_told_the_same(minutes):
    assert minutes_of(in_slurm(minutes)) == minutes
