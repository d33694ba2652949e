from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.stages.extract.times import capture_time, date_of


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


@pytest.mark.parametrize(
    "value",
    [
        "2024-05-06",
        "2024-05-06T23:59:59-12:00",
        "2024/5/6",
        "2024.05.06.",
        "20240506",
        "20240506T070809",
        "20240506070809",
        "06.05.2024",
        "6. 5. 2024 07:08",
        "Mon, 06 May 2024 07:08:09 +0200",
    ],
)
def test_date_is_read_as_it_is_written(value):
    assert date_of(value) == date(2024, 5, 6)


@pytest.mark.parametrize(
    "value",
    ["", "5/6/2024", "2024-05", "2024-02-30", "0001-01-01", "1970-01-01", "2100-01-01", "yesterday",
     "20240506123", "2024-05-061", "99999-01-01"],
)  # fmt: skip
def test_what_is_ambiguous_or_a_filler_is_no_date(value):
    assert date_of(value) is None


@given(st.text())
def test_any_text_may_be_asked_for_its_date(text):
    found = date_of(text)
    assert found is None or 1990 <= found.year < 2100


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2099, 12, 31)))
def test_date_undoes_iso_format(day):
    assert date_of(day.isoformat()) == day
