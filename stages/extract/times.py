"""Times of captures, as crawls write them, and dates, as pages do."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from email.utils import parsedate

_TIME = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)[Tt ]?(\d\d):?(\d\d):?(\d\d)?")

_DATE = re.compile(r"\s*(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_COMPACT = re.compile(r"\s*(\d{4})(\d\d)(\d\d)(?:$|[T\s]|\d{4,6}Z?$)")
_DAY_FIRST = re.compile(r"\s*(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})(?!\d)")
_YEARS = range(1990, 2100)


def capture_time(value: str | None) -> datetime | None:
    """Parse a WARC-Date or an ARC date as UTC, to the second; None if it is none.

    Examples
    --------
    >>> capture_time("2024-01-31T23:59:58.123Z").isoformat()
    '2024-01-31T23:59:58+00:00'
    """
    match = _TIME.match((value or "").strip())
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None


def date_of(value: str) -> date | None:
    """Read a date, with or without a time, as the page's own clock gives it.

    ISO 8601 and its like, ``31.12.2024``, and the form of e-mail headers; what is ambiguous
    (``1/2/2024``) is not read. Only years from 1990 to 2099 are taken: others are fillers.

    Examples
    --------
    >>> date_of("2024-05-06T23:59:00-07:00"), date_of("6.5.2024"), date_of("0001-01-01")
    (datetime.date(2024, 5, 6), datetime.date(2024, 5, 6), None)
    """
    value = value[:64]
    if match := _DATE.match(value) or _COMPACT.match(value):
        year, month, day = map(int, match.groups())
    elif match := _DAY_FIRST.match(value):
        day, month, year = map(int, match.groups())
    else:
        try:
            parts = parsedate(value)
        except (ValueError, IndexError, OverflowError, TypeError):  # of odd parts
            parts = None
        if parts is None:
            return None
        year, month, day = parts[:3]
    try:
        return date(year, month, day) if year in _YEARS else None
    except ValueError:
        return None
