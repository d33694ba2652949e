from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.stages.extract.times import capture_time


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-01-31T23:59:58Z", datetime(2024, 1, 31, 23, 59, 58, tzinfo=UTC)),
        ("2024-01-31T23:59:58.5Z", datetime(2024, 1, 31, 23, 59, 58, tzinfo=UTC)),
        ("20080430204826", datetime(2008, 4, 30, 20, 48, 26, tzinfo=UTC)),
        ("2024-13-31T23:59:58Z", None),
        ("yesterday", None),
        (None, None),
    ],
)
def test_capture_time_is_utc_to_the_second(value, expected):
    assert capture_time(value) == expected


@given(
    t=st.datetimes(min_value=datetime(1, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
)
def test_capture_time_undoes_iso_format(t):
    t = t.replace(microsecond=0)
    assert capture_time(t.strftime("%Y").zfill(4) + t.strftime("-%m-%dT%H:%M:%SZ")) == t
